"""What waits for operators, and their decisions: `/operator/reviews`."""

from collections.abc import Mapping
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.forms import (
    Change,
    asked,
    attempt,
    given,
    in_path,
    named,
    new_key,
    nodes,
    page_of,
    show_form,
    text,
    wrong,
)
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response

KINDS: Final = {
    "API_KEY": "API keys",
    "WEBHOOK_SUBSCRIPTION": "Webhooks",
    "FREELANCER_PROFILE": "Profiles",
    "FREELANCER_CERTIFICATE": "Certificates",
    "CONTENT_REPORT": "Reported content",
    "ROOM_STORY": "Reported messages",
    "TIMESHEET_DISPUTE": "Disputes",
}
"""The kinds of reviews, in words."""
DECISIONS: Final = {
    "CONTENT_REPORT": (("take_down", "Take down"), ("dismiss", "Dismiss")),
    "ROOM_STORY": (("take_down", "Remove the message"), ("dismiss", "Dismiss")),
    "TIMESHEET_DISPUTE": (("resolve", "Decide"),),
}
"""What the buttons of a kind decide; of the others: approve and reject."""
_APPROVE: Final = (("approve", "Approve"), ("reject", "Reject"))
_PATH: Final = "/operator/reviews"


def show_reviews(visit: Visit) -> Response:
    """GET: show the queue, or what was decided."""
    kind, decided = asked(visit, "kind"), visit.query.get("show") == "decided"
    criteria = given(
        kind_eq=kind if kind in KINDS else None,
        decided_eq=decided,
        organizationId_eq=asked(visit, "organization"),
    )
    data = visit.ask("operator/reviews", filter=criteria, pagination=page_of(visit))
    rows = [one | {"path": path_of(one["id"])} for one in nodes(data["operatorReviews"])]
    return visit.render(
        "operator/reviews.html", reviews=rows, listed=data["operatorReviews"], kinds=KINDS, decided=decided, kind=kind
    )


def show_review(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show what to judge."""
    review = _review(visit, host=True)
    kind, is_open = review["kind"], review["state"] == "OPEN"
    return show_form(
        visit,
        "operator/review.html",
        error,
        review=review,
        kinds=KINDS,
        decisions=DECISIONS.get(kind, _APPROVE) if is_open else (),
        story=_story(visit, review) if kind == "ROOM_STORY" and is_open else None,
        weeks=_weeks(visit, review) if kind == "TIMESHEET_DISPUTE" and is_open else [],
        key=new_key(),
    )


def decide(visit: Visit) -> Response:
    """POST: decide, and go on with the next in the queue."""
    visit.require_recent_login()
    review = _review(visit)
    decision, note = visit.fields.get("decision", ""), text(visit, "note")
    known = [name for name, _ in DECISIONS.get(review["kind"], _APPROVE)]
    if decision not in known:
        raise NotFound("This form has no such button.")
    if note is None and decision != "approve":
        return show_review(visit, wrong("note", "Say why: write a note."))
    change = _change_of(visit, review, decision, note)
    if isinstance(change, ApiError):
        return show_review(visit, change)
    if refused := attempt(visit, change):
        return show_review(visit, refused)
    waiting = nodes(visit.ask("operator/next_review")["operatorReviews"])
    # A review that was decided just now may still be listed.
    following = [one for one in waiting if one["id"] != review["id"]]
    return visit.redirect(path_of(following[0]["id"]) if following else _PATH, said="review-decided")


def path_of(review_id: str) -> str:
    """Return the address of a review, whose id has slashes."""
    return f"{_PATH}/{in_path(review_id)}"


def _review(visit: Visit, *, host: bool = False) -> Mapping[str, Any]:
    """Return the review of the address. With `host`, that of a webhook is resolved, which can take seconds."""
    data = visit.ask("operator/review", id=named(visit), host=host)
    review: Mapping[str, Any] | None = data["operatorReview"]
    if review is None:
        raise NotFound("There is no such review.")
    return review


def _subject(review: Mapping[str, Any]) -> str:
    """Return the id of what is reviewed: the end of the review's own."""
    return str(review["id"]).rpartition("/")[2]


def _change_of(visit: Visit, review: Mapping[str, Any], decision: str, note: str | None) -> Change | ApiError:
    """Return the mutation of a decision."""
    approve, kind = decision == "approve", review["kind"]
    if kind == "CONTENT_REPORT":
        report = review["contentReport"]["id"]
        notify = visit.fields.get("notify") == "yes"
        return _with_input(
            "resolve_report", id=report, takeDown=decision == "take_down", note=note, notifyReporter=notify
        )
    if kind == "ROOM_STORY":
        state = "REMOVED" if decision == "take_down" else "WHITELISTED"
        return _with_input("review_story", roomId=review["roomId"], storyId=review["storyId"], state=state, note=note)
    if kind == "TIMESHEET_DISPUTE":
        minutes = visit.fields.get("minutes", "")
        if not minutes.isdecimal():
            return wrong("minutes", "Give the minutes that go back to the client, such as 60.")
        return _with_input(
            "resolve_dispute",
            contractId=review["contractId"],
            week=visit.fields.get("week", ""),
            refundMinutes=int(minutes),
            note=note,
            idempotencyKey=visit.fields.get("key", ""),
        )
    judged = {"approve": approve, "note": note}
    if kind.startswith("FREELANCER_"):
        certificate = {"certificate": _subject(review)} if kind == "FREELANCER_CERTIFICATE" else {}
        document = "review_certificate" if certificate else "review_profile"
        return _plain(document, id=review["profileUser"]["id"], **certificate, **judged)
    document = "review_key" if kind == "API_KEY" else "review_webhook"
    return _plain(document, id=_subject(review), **judged)


def _plain(document: str, **variables: Any) -> Change:
    return Change(f"operator/changes/{document}", "review-decided", lambda _visit: variables)


def _with_input(document: str, **fields: Any) -> Change:
    return _plain(document, input=fields)


def _story(visit: Visit, review: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the reported message with its reports. Reading it is logged."""
    found = nodes(visit.ask("operator/review_story")["reportedRoomStories"])
    return next((one for one in found if one["storyId"] == review["storyId"]), None)


def _weeks(visit: Visit, review: Mapping[str, Any]) -> list[dict[str, Any]]:
    return nodes(visit.ask("operator/review_week", contract=review["contractId"])["timesheets"])
