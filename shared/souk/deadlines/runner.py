"""Work that is due, at the function that owns it: the clock asks for it with an event that nobody else can send.

What API Gateway sends has other keys at its top, and a client's JSON is a text within it. Only who may invoke the
function itself, which is the functions of this deployment, can send an event of this one key.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import Forbidden, NotFound
from souk.values.times import stamp

if TYPE_CHECKING:  # the clock, and most of what comes to `auth`, need nothing of the graph
    from souk.graph.domain import Domain

_DUE = "due"

Event = Mapping[str, Any]


def due_event(kind: str, entity_id: str, now: datetime) -> dict[str, Any]:
    """Return the event that asks for the work of a kind on an entity."""
    return {_DUE: {"kind": kind, "id": entity_id, "now": stamp(now)}}


def is_due(event: Event) -> bool:
    """Say whether an event asks for work that is due."""
    return event.keys() == {_DUE}


class DeadlineRunner:
    """Does the work that is due of the domains that a function owns."""

    def __init__(self, table: Table, function: str, load: Callable[[str], "Domain"]) -> None:
        """`load` imports a domain by its name."""
        self._table = table
        self._function = function
        self._load = load

    def __call__(self, event: Event) -> dict[str, Any]:
        """Do the work that an event asks for. What goes wrong is raised: whoever asked will ask again.

        The time is the clock's where the event names one: by a clock of its own that is behind, the function could
        find that the time has not come, and would not be asked again.
        """
        begun, trips = time.perf_counter(), self._table.trips
        kind, entity_id = event[_DUE]["kind"], event[_DUE]["id"]
        now = event[_DUE].get("now")
        due = self._load(kind.partition(".")[0]).deadlines.get(kind)
        if due is None:
            raise NotFound(f"There is no work of the kind {kind}.")
        if due.function != self._function:
            raise Forbidden(f"{kind} is the work of the function {due.function}.")
        due.run(self._table, entity_id, datetime.fromisoformat(now) if now else self._table.clock.market())
        logger.info(
            "due",
            kind=kind,
            id=entity_id,
            milliseconds=round((time.perf_counter() - begun) * 1000, 1),
            storage_trips=self._table.trips - trips,
        )
        return {"done": True}
