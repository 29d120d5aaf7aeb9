"""Runs deadlines in the function that owns their work, for events from the clock.

Clients cannot forge these events: events of API Gateway have other keys, with the client's JSON as a string inside.
Only the functions of this deployment can invoke the function with an event of this single key.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from souk.deadlines.model import schedule
from souk.runtime.log import logger
from souk.storage import Table, market_time
from souk.values.errors import Forbidden, NotFound
from souk.values.times import stamp

if TYPE_CHECKING:  # the clock, and most requests to `auth`, do not need the graph
    from souk.graph.domain import Domain, Due

_DUE = "due"
LONGEST: Final = 12
"""Seconds after which work that goes in pieces is stopped, to go on with the next deadline. Its function has 25."""

Event = Mapping[str, Any]


def due_event(kind: str, entity_id: str, now: datetime) -> dict[str, Any]:
    """Return the event that runs a kind of work on an entity."""
    return {_DUE: {"kind": kind, "id": entity_id, "now": stamp(now)}}


def is_due(event: Event) -> bool:
    """Return whether an event runs a deadline."""
    return event.keys() == {_DUE}


class DeadlineRunner:
    """Runs the deadlines of the domains that a function owns."""

    def __init__(self, table: Table, function: str, load: Callable[[str], "Domain"]) -> None:
        """`load` imports a domain by its name."""
        self._table = table
        self._function = function
        self._load = load

    def __call__(self, event: Event) -> dict[str, Any]:
        """Run the work of an event. Errors are raised, so that the poller tries again.

        The event's time is used if it has one. If this function's clock were behind the poller's, the work could find
        that its time has not come, and would not be tried again.
        """
        started, trips = time.perf_counter(), self._table.trips
        market_time.read(self._table)
        kind, entity_id = event[_DUE]["kind"], event[_DUE]["id"]
        now = event[_DUE].get("now")
        due = self._load(kind.partition(".")[0]).deadlines.get(kind)
        if due is None:
            raise NotFound(
                f"The kind of work {kind} does not exist. Declare it with `domain.due` in the resolvers of the domain."
            )
        if due.function != self._function:
            raise Forbidden(f"{kind} belongs to the function {due.function}.")
        self._run(due, entity_id, datetime.fromisoformat(now) if now else self._table.clock.market())
        logger.info(
            "due",
            kind=kind,
            id=entity_id,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            storage_trips=self._table.trips - trips,
        )
        return {"done": True}

    def _run(self, due: "Due", entity_id: str, now: datetime) -> None:
        pieces = due.run(self._table, entity_id, now)
        whole = pieces is None or _all_done(pieces)
        if whole and due.then is None:
            return
        tx = self._table.transaction()
        if whole and due.then:
            schedule(tx, due.then, f"{entity_id}/{due.kind}", now)
        else:
            schedule(tx, due.kind, entity_id, now)
        tx.commit()


def _all_done(pieces: Iterator[None]) -> bool:
    """Do the pieces of some work until its time is over. Returns whether that were all."""
    until = time.monotonic() + LONGEST
    return not any(time.monotonic() > until for _ in pieces)
