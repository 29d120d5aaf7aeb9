"""Deadlines, events, queues of dead letters and search indexes: `/operator/machinery`."""

from datetime import timedelta
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.forms import (
    Change,
    asked,
    given,
    make,
    new_key,
    nodes,
    page_of,
    period,
    show_form,
    wrong,
    yes,
)
from souk.console.site import Visit
from souk.web import Response

VIEWS: Final = {
    "deadlines": "Deadlines",
    "events": "Events",
    "queues": "Dead letters",
    "indexes": "Search indexes",
}
"""The views of the page, in words."""


def show_machinery(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show a view (`show`): deadlines first."""
    shown = visit.query.get("show", "")
    view = shown if shown in VIEWS else "deadlines"
    return show_form(
        visit,
        f"operator/{view}.html",
        error,
        **{"views": VIEWS, "view": view, "key": new_key(), "listed": None} | _READ[view](visit),
    )


def change_machinery(visit: Visit) -> Response:
    """POST: run a deadline, replay events, move letters back, or rebuild an index."""
    if visit.fields.get("do") == "replay" and not (visit.fields.get("from") and visit.fields.get("to")):
        return show_machinery(visit, wrong("replay-from", "Say from when until when, in UTC."))
    query = visit.query.get("show", "")
    return make(visit, _CHANGES, show_machinery, query={"show": query} if query in VIEWS else None)


def _deadlines(visit: Visit) -> dict[str, Any]:
    # Without a period, only the next day is read: the hours of a week take a round trip a day.
    until_tomorrow = {"rangeEnd": (visit.http.received + timedelta(days=1)).isoformat()}
    criteria = given(
        kind_eq=asked(visit, "kind"),
        entityId_eq=asked(visit, "entity"),
        late_eq=yes(visit, "late"),
        dueDateTime_bt=period(visit) or until_tomorrow,
    )
    data = visit.ask("operator/deadlines", filter=criteria, pagination=page_of(visit))
    return {"deadlines": nodes(data["deadlines"]), "listed": data["deadlines"]}


def _events(visit: Visit) -> dict[str, Any]:
    now = visit.http.received
    last_day = {"rangeStart": (now - timedelta(days=1)).isoformat(), "rangeEnd": now.isoformat()}
    criteria = given(
        occurredDateTime_bt=period(visit) or last_day,
        entity_eq=asked(visit, "entity"),
        entityId_eq=asked(visit, "id"),
    )
    data = visit.ask("operator/events", filter=criteria, pagination=page_of(visit))
    return {"events": nodes(data["domainEvents"]), "listed": data["domainEvents"]}


def _queues(visit: Visit) -> dict[str, Any]:
    result = visit.run("operator/queues")
    return {"queues": result.data.get("deadLetterQueues"), "unknown": result.error.message if result.error else ""}


def _indexes(visit: Visit) -> dict[str, Any]:
    found = visit.ask("operator/indexes")["operatorOverview"]
    unknown = [one["message"] for one in found["warnings"] if one["code"] == "UNKNOWN_searchIndexes"]
    return {"indexes": found["searchIndexes"], "unknown": unknown[0] if unknown else ""}


_READ: Final = {"deadlines": _deadlines, "events": _events, "queues": _queues, "indexes": _indexes}


def _replay(visit: Visit) -> dict[str, Any]:
    fields = visit.fields
    ids = fields.get("ids", "").split()
    return {
        "input": {
            "occurredDateTime_bt": {"rangeStart": fields.get("from", ""), "rangeEnd": fields.get("to", "")},
            "entity": fields.get("entity", "").strip() or None,
            "ids": ids or None,
            "reason": fields.get("reason", ""),
            "idempotencyKey": fields.get("key", ""),
        }
    }


_CHANGES: Final = {
    "run": Change("operator/changes/run_deadline", "deadline-run", lambda visit: {"id": visit.fields.get("id", "")}),
    "replay": Change("operator/changes/replay_events", "events-replayed", _replay),
    "redrive": Change(
        "operator/changes/redrive",
        "letters-moved",
        lambda visit: {"queue": visit.fields.get("queue", ""), "reason": visit.fields.get("reason", "")},
    ),
    "rebuild": Change(
        "operator/changes/rebuild_index",
        "index-rebuilding",
        lambda visit: {"index": visit.fields.get("index", ""), "reason": visit.fields.get("reason", "")},
    ),
}
