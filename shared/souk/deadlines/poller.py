"""Finds the work that is due and asks the functions that own it to do it.

It looks through the hours of `DUE#` from the last one that it has finished until now, and removes a deadline when its
work is done. Work that failed is put off by some minutes, which takes it out of the way of the rest. The poller keeps
nothing that the table does not say: two at once, or one that is cut off, do at worst something twice. What it cannot
write, another poller has written, or somebody has noted the deadline anew: then what they wrote counts.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from souk.deadlines.model import DEADLINES, DUE_PREFIX, Deadline, hour_of, reschedule
from souk.deadlines.runner import due_event
from souk.runtime.log import logger
from souk.storage import Collection, Entity, Key, Table
from souk.values.errors import SoukError
from souk.values.times import stamp

Invoke = Callable[[str, dict[str, Any]], Mapping[str, Any]]
"""Sends an event to a function, by its short name, and returns its answer."""

FIRST_LOOK = timedelta(days=7)
"""How far back a poller looks that has never finished an hour."""
_MARGIN = timedelta(hours=1)
"""How long an hour must be over before it counts as finished: what was still on its way there has come by then."""
_RUN_SECONDS = 40.0
"""After these a run begins no more work: the next one comes every minute."""
_PATIENCE = 15.0
"""Seconds that a function may take to fail in one run; what else is due of it waits for the next, others do not."""
_LONGEST_WAIT = 4
"""Minutes until work is tried again that has failed often. Alarms sum up five: each of their periods sees it fail."""
_HEAD_START = timedelta(seconds=10)
"""Work is put off by so much less than whole minutes, lest the minute's run comes a moment too early for it."""
_PAGE = 100


class Cursor(Entity):
    """Where the poller begins to look: before this hour everything is done."""

    hour: str


_CURSOR_KEY = Key(f"{DUE_PREFIX}CLOCK", "CURSOR")
CURSOR: Collection[Cursor] = Collection("Cursor", Cursor, key=lambda: _CURSOR_KEY, key_of=lambda _: _CURSOR_KEY)


@dataclass
class Run:
    """One run of the poller, and what became of it."""

    now: datetime
    begun: float
    done: int = 0
    failed: int = 0
    waiting_since: str | None = None
    """When the oldest of what is still to be done was due."""
    wasted: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds that functions took to fail."""

    @property
    def milliseconds_behind(self) -> int:
        """How long the oldest work has been due that is still to be done."""
        if self.waiting_since is None:
            return 0
        late = self.now - datetime.fromisoformat(self.waiting_since)
        return max(0, round(late.total_seconds() * 1000))

    def leave(self, deadline: Deadline) -> None:
        """Note that this is still to be done."""
        self.waiting_since = min(self.waiting_since or deadline.since, deadline.since)

    def stop_at(self, hour: str) -> None:
        """Note that the hours after this one are still to be looked at."""
        after = f"{_after(hour)}:00:00.000Z"
        self.waiting_since = min(self.waiting_since or after, after)


class DeadlinePoller:
    """Looks for what is due in a table, of which it writes the deadlines and nothing else."""

    def __init__(
        self, table: Table, invoke: Invoke, owners: Mapping[str, str], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """`owners` names the function that owns a domain, by the domain's name."""
        self._table = table
        self._invoke = invoke
        self._owners = owners
        self._seconds = seconds

    def tick(self, now: datetime) -> Run:
        """Do what is due, the oldest first, and remember which hours are finished."""
        run = self._begin(now)
        cursor = self._table.get(CURSOR, consistent=True)
        first = cursor.hour if cursor else hour_of(now - FIRST_LOOK)
        begin = first
        for hour in _hours(first, now):
            finished = self._look_through(hour, run)
            if finished and hour == begin and hour < hour_of(now - _MARGIN):
                begin = _after(hour)
            if self._late(run):
                run.stop_at(hour)
                break
        if cursor is None or begin != cursor.hour:
            self._remember(cursor or Cursor(hour=begin), begin)
        logger.info("clock", done=run.done, failed=run.failed, milliseconds_behind=run.milliseconds_behind)
        return run

    def sweep(self, hours: Iterable[str], now: datetime) -> Run:
        """Do what is due in these hours."""
        run = self._begin(now)
        for hour in hours:
            self._look_through(hour, run)
        return run

    def run_one(self, key: Mapping[str, str], now: datetime) -> Run:
        """Do the work of one deadline if it is still to be done, and due."""
        run = self._begin(now)
        deadline = self._table.get(DEADLINES, key["hour"], key["at"], key["kind"], key["id"], consistent=True)
        if deadline and deadline.at <= stamp(now):
            self._settle(deadline, run)
        return run

    def _begin(self, now: datetime) -> Run:
        return Run(now, self._seconds())

    def _late(self, run: Run) -> bool:
        return self._seconds() - run.begun >= _RUN_SECONDS

    def _look_through(self, hour: str, run: Run) -> bool:
        """Do what is due in an hour; returns whether nothing of it is left there."""
        until = f"{stamp(run.now)}$"  # `$` comes after the `#` that follows the time in a key
        finished, start = True, None
        while True:
            page = self._table.query(
                DEADLINES,
                f"{DUE_PREFIX}{hour}",
                between=("0", until),
                limit=_PAGE,
                start=start,
                consistent=True,
            )
            for deadline in page.items:
                if not self._settle(deadline, run):
                    finished = False
                    if self._late(run):
                        return False
            if page.next_key is None:
                return finished
            start = page.next_key

    def _settle(self, deadline: Deadline, run: Run) -> bool:
        """Have the work done, or tried again later; returns whether the deadline is out of its hour."""
        function = self._owners.get(deadline.kind.partition(".")[0], "")
        if self._late(run) or run.wasted[function] >= _PATIENCE:
            run.leave(deadline)
            return False
        begun = self._seconds()
        try:
            self._ask(function, deadline, run.now)
        except Exception as failure:  # noqa: BLE001 - whatever is wrong with one must not stop the others
            run.wasted[function] += self._seconds() - begun
            run.failed += 1
            run.leave(deadline)
            logger.error(
                "Work that is due failed",
                kind=deadline.kind,
                id=deadline.id,
                due_since=deadline.since,
                attempts=deadline.attempts + 1,
                exc_info=failure,
            )
            return self._put_off(deadline, run.now)
        run.done += 1
        return self._remove(deadline)

    def _ask(self, function: str, deadline: Deadline, now: datetime) -> None:
        if not function:
            raise SoukError(f"No function owns the work {deadline.kind}.")
        answer = self._invoke(function, due_event(deadline.kind, deadline.id, now))
        if answer.get("done") is not True:
            raise SoukError(f"The function {function} does not know work that is due.")

    def _remove(self, deadline: Deadline) -> bool:
        transaction = self._table.transaction()
        transaction.delete(DEADLINES, deadline)
        return transaction.try_commit()

    def _put_off(self, deadline: Deadline, now: datetime) -> bool:
        transaction = self._table.transaction()
        wait = timedelta(minutes=min(2**deadline.attempts, _LONGEST_WAIT)) - _HEAD_START
        reschedule(transaction, deadline, now + wait)
        return transaction.try_commit()

    def _remember(self, cursor: Cursor, hour: str) -> None:
        transaction = self._table.transaction()
        if cursor.version:
            transaction.update(CURSOR, cursor.model_copy(update={"hour": hour}))
        else:
            transaction.create(CURSOR, cursor)
        transaction.try_commit()


def _hours(first: str, now: datetime) -> Iterator[str]:
    """Yield the hours from the first to the one that is now."""
    hour, last = first, hour_of(now)
    while hour <= last:
        yield hour
        hour = _after(hour)


def _after(hour: str) -> str:
    return hour_of(datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC) + timedelta(hours=1))
