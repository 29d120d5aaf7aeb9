"""A webhook: `/developer/webhooks/{id}`, with its deliveries and what can be done."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

from souk.console.developer.webhooks import WEBHOOKS, find_webhook, webhook_of
from souk.console.graph import ApiError, Result
from souk.console.site import Visit
from souk.web import Response
from souk.web.translations import Text

_TABS: Final = (
    ("", Text("All")),
    ("DELIVERED", Text("Delivered")),
    ("PENDING", Text("Retrying")),
    ("FAILED", Text("Failed")),
)
_TABS_OF_LISTS: Final = (("", "All"), ("DELIVERED", "Delivered"), ("PENDING", "Pending"), ("FAILED", "Failed"))
"""The tabs with the lists of the document that they show."""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?")
_LAG: Final = timedelta(minutes=5)
"""How long after its event a delivery can have been created."""
_PAGES: Final = 11
"""The pages of failed deliveries that are read for their span: more than the 1,000 that can be replayed at once."""
_PAGE: Final = "developer/webhook.html"


def show_webhook(visit: Visit) -> Response:
    """GET: show the subscription, its deliveries and, with `delivery`, the attempts of one."""
    return _show(visit)


def _show(visit: Visit, error: ApiError | None = None) -> Response:
    tab = visit.query.get("state", "")
    tab = tab if tab in dict(_TABS) else ""
    after = {f"after{title}": visit.query.get("after") or None for one, title in _TABS_OF_LISTS if one == tab}
    found = visit.ask("developer/webhook_deliveries", id=visit.parameters["id"], all=tab != "DELIVERED", **after)
    listed = found[tab.lower() or "all"]
    deliveries = [edge["node"] for edge in listed["edges"]]
    values: dict[str, Any] = {
        "webhook": webhook_of(found),
        "tabs": _TABS,
        "state_tab": tab,
        "opened": visit.query.get("delivery", ""),
        "deliveries": deliveries,
        "next_page": listed["pageInfo"]["endCursor"] if listed["pageInfo"]["hasNextPage"] else None,
        "later": "after" in visit.query,
        "counts": _counts(found),
        "median": _median(deliveries),
        "secret": visit.secret().get("secret"),
        "sent_at": _seconds,
    }
    if error:
        return visit.render_errors(_PAGE, error, **values)
    return visit.render(_PAGE, **values)


def process_webhook(visit: Visit) -> Response:
    """POST: do what the pressed button says."""
    webhook = find_webhook(visit)[0]
    action = _ACTIONS.get(visit.fields.get("do", ""))
    return action(visit, webhook) if action else _show(visit)


def _test(visit: Visit, webhook: Mapping[str, Any]) -> Response:
    answer = visit.run("developer/test_webhook", id=webhook["id"])
    if answer.error:
        return _show(visit, answer.error)
    sent = answer.data["sendTestWebhook"]["id"]
    return visit.redirect(f"{WEBHOOKS}/{webhook['id']}", said="webhook-tested", delivery=sent)


def _redeliver(visit: Visit, webhook: Mapping[str, Any]) -> Response:
    delivery = visit.fields.get("delivery", "")
    answer = visit.run("developer/redeliver_webhook", delivery=delivery)
    return _answered(visit, webhook, answer, "webhook-redelivered", delivery=delivery)


def _replay(visit: Visit, webhook: Mapping[str, Any]) -> Response:
    """Replay a span, after a page that names the number of its events."""
    return _replay_span(visit, webhook, {name: visit.fields.get(name, "") for name in ("from", "to")})


def _replay_failed(visit: Visit, webhook: Mapping[str, Any]) -> Response:
    """Replay the span of all failed deliveries, after that page."""
    span = _failed_span(visit, webhook["id"])
    return _replay_span(visit, webhook, span) if span else _show(visit)


def _replay_span(visit: Visit, webhook: Mapping[str, Any], span: Mapping[str, str]) -> Response:
    moments = {part: _utc(span[name]) for part, name in (("rangeStart", "from"), ("rangeEnd", "to"))}
    if None in moments.values():
        wrong = [name for name, text in span.items() if _utc(text) is None]
        paths = [{"path": name, "message": Text("Enter a day and a time, in UTC.")} for name in wrong]
        return _show(visit, ApiError("UNPROCESSABLE_CONTENT", "", {"fields": paths}))
    confirmed = visit.fields.get("confirmed") == "yes"
    answer = visit.run("developer/replay_webhooks", id=webhook["id"], range=moments, dryRun=not confirmed)
    if answer.error:
        return _show(visit, answer.error)
    if confirmed:
        return visit.redirect(f"{WEBHOOKS}/{webhook['id']}", said="webhook-replayed")
    count = answer.data["replayWebhooks"]
    return visit.render("developer/webhook_replay.html", webhook=webhook, count=count, span=span)


def _rotate(visit: Visit, webhook: Mapping[str, Any]) -> Response:
    """Create a new secret, after a confirmation."""
    visit.require_recent_login()
    if visit.fields.get("confirmed") != "yes":
        return visit.render("developer/webhook_rotate.html", webhook=webhook)
    answer = visit.run("developer/rotate_webhook", id=webhook["id"])
    if answer.error:
        return _show(visit, answer.error)
    secret = answer.data["rotateWebhookSecret"]["secret"]
    return visit.show_once(f"{WEBHOOKS}/{webhook['id']}", {"secret": secret}, said="webhook-rotated")


def _stop(visit: Visit, webhook: Mapping[str, Any]) -> Response:
    answer = visit.run("developer/change_webhook", input={"id": webhook["id"], "enabled": False})
    return _answered(visit, webhook, answer, "webhook-stopped")


def _start(visit: Visit, webhook: Mapping[str, Any]) -> Response:
    answer = visit.run("developer/change_webhook", input={"id": webhook["id"], "enabled": True})
    return _answered(visit, webhook, answer, "webhook-started")


_ACTIONS: Final[Mapping[str, Callable[[Visit, Mapping[str, Any]], Response]]] = {
    "test": _test,
    "redeliver": _redeliver,
    "replay": _replay,
    "replay_failed": _replay_failed,
    "rotate": _rotate,
    "stop": _stop,
    "start": _start,
}
"""What the buttons do, by their values."""


def show_deletion(visit: Visit) -> Response:
    """GET: ask for the host of the address before it is deleted."""
    return visit.render("developer/webhook_delete.html", webhook=find_webhook(visit)[0])


def process_deletion(visit: Visit) -> Response:
    """POST: delete a subscription whose host was typed."""
    webhook = find_webhook(visit)[0]
    template = "developer/webhook_delete.html"
    if visit.fields.get("confirm", "").strip() != webhook["host"]:
        errors = {"confirm": Text("Type the host of the address: %(host)s", host=webhook["host"])}
        return visit.render(template, status=422, webhook=webhook, errors=errors, form=visit.fields)
    answer = visit.run("developer/delete_webhook", id=webhook["id"])
    if answer.error:
        return visit.render_errors(template, answer.error, webhook=webhook)
    return visit.redirect(WEBHOOKS, said="webhook-deleted")


def _answered(visit: Visit, webhook: Mapping[str, Any], answer: Result, said: str, **query: str) -> Response:
    """Return to the subscription's page, which says what was done, or show it with the error."""
    if answer.error:
        return _show(visit, answer.error)
    return visit.redirect(f"{WEBHOOKS}/{webhook['id']}", said=said, **query)


def _counts(found: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the numbers of deliveries by state; None for too many to count."""
    pending, failed = (found[state]["totalCount"] for state in ("pending", "failed"))
    if "delivered" in found:
        delivered = found["delivered"]["totalCount"]
    else:  # one list less to read
        whole = found["all"]["totalCount"]
        delivered = None if None in (whole, pending, failed) else whole - pending - failed
    return {"delivered": delivered, "pending": pending, "failed": failed}


def _median(deliveries: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the median duration of the last answers on a page, in milliseconds; None if there are none."""
    last = [one["attempts"][-1] for one in deliveries if one["attempts"]]
    durations = [attempt["durationMs"] for attempt in last if attempt["statusCode"] is not None]
    return round(median(durations)) if durations else None


def _failed_span(visit: Visit, webhook_id: str) -> dict[str, str] | None:
    """Return the span that has the events of the failed deliveries; None if none failed.

    Of more than can be replayed at once, it has the newest: the API says that these are too many.
    """
    times: list[str] = []
    after = None
    for _ in range(_PAGES):
        found = visit.ask("developer/failed_deliveries", id=webhook_id, after=after)["webhookDeliveries"]
        times += [edge["node"]["createdDateTime"] for edge in found["edges"]]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    if not times:
        return None
    begin = datetime.fromisoformat(min(times)) - _LAG
    return {"from": begin.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "to": max(times)}


def _utc(text: str) -> str | None:
    """Return a time of the form, which is in UTC, as the API takes it; None if it is none."""
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z")) if _MOMENT.fullmatch(text) else None
    except ValueError:  # such as the 31st of June
        return None
    return moment.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z") if moment else None


def _seconds(stamp: str) -> int:
    """Return a point in time in seconds since 1970, as the header `webhook-timestamp` has it."""
    return int(datetime.fromisoformat(stamp).timestamp())
