"""Jobs, gigs and profiles, and taking them down: `/operator/content`."""

from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.forms import Change, asked, given, make, nodes, show_form, show_list, text, yes
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response

KINDS: Final = {"JOB_POSTING": "Jobs", "GIG": "Gigs", "FREELANCER_PROFILE": "Profiles"}
"""The kinds of content, in words."""


def show_content(visit: Visit) -> Response:
    """GET: search content of a kind."""
    kind = asked(visit, "kind") or "JOB_POSTING"
    if kind not in KINDS:
        raise NotFound("There is no such kind of content.")
    criteria = given(
        kind_eq=kind,
        searchExpression_eq=asked(visit, "q"),
        organizationId_eq=asked(visit, "organization"),
        takenDown_eq=yes(visit, "taken_down"),
    )
    return show_list(visit, "content", "moderationItems", criteria, kinds=KINDS, kind=kind)


def show_item(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show a piece of content."""
    kind = visit.parameters["kind"]
    data = visit.ask("operator/content_item", kind=kind, id=visit.parameters["id"]) if kind in KINDS else {}
    item = data.get("moderationItem")
    if item is None:
        raise NotFound("There is no such content.")
    actions = nodes(data["operatorActions"])
    return show_form(visit, "operator/content_item.html", error, item=item, kinds=KINDS, actions=actions)


def change_item(visit: Visit) -> Response:
    """POST: take it down, or restore it."""
    if visit.parameters["kind"] not in KINDS:
        raise NotFound("There is no such content.")
    return make(visit, _CHANGES, show_item)


def _named(visit: Visit) -> dict[str, Any]:
    return {name: visit.parameters[name] for name in ("kind", "id")} | {"reason": visit.fields.get("reason", "")}


_CHANGES: Final = {
    "take_down": Change(
        "operator/changes/take_down",
        "content-taken-down",
        lambda visit: {
            "input": _named(visit) | {"note": text(visit, "note"), "notify": visit.fields.get("notify") == "yes"}
        },
    ),
    "restore": Change("operator/changes/restore", "content-restored", _named),
}
