"""Finds deadlines that are due and invokes the functions that own their work.

The poller reads the hours of `DUE#` from the first unfinished one until now, and deletes a deadline when its work is
done. Failed work is postponed by some minutes, so that it does not delay the rest. All state is in the table: two
concurrent pollers, or an interrupted one, at worst run some work twice. If a write fails, another poller has written
the deadline, or it was scheduled anew, and that write counts.
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
from souk.storage.batch import CONCURRENCY
from souk.values.chunks import chunks
from souk.values.errors import SoukError
from souk.values.times import stamp

Invoke = Callable[[str, dict[str, Any]], Mapping[str, Any]]
"""Invokes a function, by its short name, with an event, and returns its answer."""

FIRST_LOOK = timedelta(days=7)
"""How far back the first run looks, before any hour is finished."""
_MARGIN = timedelta(hours=1)
"""The time after which a past hour counts as finished. Writes that were in progress have arrived by then."""
_RUN_SECONDS = 40.0
"""A run starts no work after this time. Runs start every minute."""
_MAX_FAILING_SECONDS = 15.0
"""If a function has spent this time on failures, its other work waits for the next run."""
_MAX_DELAY = 4
"""Minutes until the next attempt, at most. An alarm's period is five minutes, so each period sees a failure."""
_HEAD_START = timedelta(seconds=10)
"""Subtracted from delays of whole minutes, so that the run of that minute does not come slightly too early."""
_PAGE = 100
_MAX_REASON = 300
"""Characters of the error that is stored."""


class Cursor(Entity):
    """The hour where the poller begins. All earlier hours are finished."""

    hour: str


_CURSOR_KEY = Key(f"{DUE_PREFIX}CLOCK", "CURSOR")
CURSOR: Collection[Cursor] = Collection("Cursor", Cursor, key=lambda: _CURSOR_KEY, key_of=lambda _: _CURSOR_KEY)


@dataclass
class Run:
    """One run of the poller, with its results."""

    now: datetime
    started: float
    done: int = 0
    failed: int = 0
    waiting_since: str | None = None
    """When the oldest remaining work was due."""
    failing_seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """The time that each function spent on failures."""

    @property
    def milliseconds_behind(self) -> int:
        """How long the oldest remaining work has been due."""
        if self.waiting_since is None:
            return 0
        late = self.now - datetime.fromisoformat(self.waiting_since)
        return max(0, round(late.total_seconds() * 1000))

    def add_waiting(self, deadline: Deadline) -> None:
        """Record that a deadline remains."""
        self.waiting_since = min(self.waiting_since or deadline.since, deadline.since)

    def stop_after(self, hour: str) -> None:
        """Record that the hours after this one were not read."""
        after = f"{_after(hour)}:00:00.000Z"
        self.waiting_since = min(self.waiting_since or after, after)


@dataclass(frozen=True, slots=True)
class _Emptiness:
    """Reads whether an hour has no deadlines."""

    hour: str

    def __call__(self, table: Table) -> bool:
        return not table.query(
            DEADLINES, f"{DUE_PREFIX}{self.hour}", between=("0", "~"), limit=1, consistent=True
        ).items


class DeadlinePoller:
    """Runs the deadlines of a table. It writes only the deadlines and its cursor."""

    def __init__(
        self, table: Table, invoke: Invoke, owners: Mapping[str, str], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """`owners` has the function that owns a domain, by the domain's name."""
        self._table = table
        self._invoke = invoke
        self._owners = owners
        self._seconds = seconds

    def tick(self, now: datetime, oldest_writer: datetime | None = None) -> Run:
        """Run what is due, the oldest first, and save which hours are finished.

        `oldest_writer` is the time of the oldest request that may still be running, if the clock has just been moved.
        """
        run = self._start(now)
        cursor, oldest = self._table.get(CURSOR, consistent=True), oldest_writer or now
        first = cursor.hour if cursor else hour_of(oldest - FIRST_LOOK)
        first_unfinished, written = first, hour_of(oldest - _MARGIN)
        for hour, empty in self._look(_hours(first, now)):
            finished = empty or self._run_hour(hour, run)
            if finished and hour == first_unfinished and hour < written:
                first_unfinished = _after(hour)
            if self._out_of_time(run):
                run.stop_after(hour)
                break
        if cursor is None or first_unfinished != cursor.hour:
            self._save_cursor(cursor or Cursor(hour=first_unfinished), first_unfinished)
        logger.info("clock", done=run.done, failed=run.failed, milliseconds_behind=run.milliseconds_behind)
        return run

    def sweep(self, hours: Iterable[str], now: datetime) -> Run:
        """Run what is due in these hours."""
        run = self._start(now)
        for hour in hours:
            self._run_hour(hour, run)
        return run

    def run_one(self, key: Mapping[str, str], now: datetime) -> Run:
        """Run one deadline if it still exists and is due."""
        run = self._start(now)
        deadline = self._table.get(DEADLINES, key["hour"], key["at"], key["kind"], key["id"], consistent=True)
        if deadline and deadline.at <= stamp(now):
            self._run_deadline(deadline, run)
        return run

    def _start(self, now: datetime) -> Run:
        return Run(now, self._seconds())

    def _out_of_time(self, run: Run) -> bool:
        return self._seconds() - run.started >= _RUN_SECONDS

    def _look(self, hours: Iterator[str]) -> Iterator[tuple[str, bool]]:
        """Yield hours, with whether nothing is in them. Most of the hours that a moved clock passes are empty."""
        for together in chunks(hours, CONCURRENCY):
            if len(together) < CONCURRENCY:  # as always, unless the clock was moved or has stood still
                yield from ((hour, False) for hour in together)
                continue
            yield from zip(together, self._table.concurrently([_Emptiness(hour) for hour in together]), strict=True)

    def _run_hour(self, hour: str, run: Run) -> bool:
        """Run what is due in an hour. Returns whether nothing of it remains in that hour."""
        until = f"{stamp(run.now)}$"  # `$` sorts after the `#` that follows the time in a key
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
                if not self._run_deadline(deadline, run):
                    finished = False
                    if self._out_of_time(run):
                        return False
            if page.next_key is None:
                return finished
            start = page.next_key

    def _run_deadline(self, deadline: Deadline, run: Run) -> bool:
        """Run a deadline, or postpone it if it fails. Returns whether it was removed from its hour."""
        function = self._owners.get(deadline.kind.partition(".")[0], "")
        if self._out_of_time(run) or run.failing_seconds[function] >= _MAX_FAILING_SECONDS:
            run.add_waiting(deadline)
            return False
        started = self._seconds()
        try:
            self._invoke_owner(function, deadline, run.now)
        except Exception as error:  # noqa: BLE001 - one failure must not stop the other deadlines
            run.failing_seconds[function] += self._seconds() - started
            run.failed += 1
            run.add_waiting(deadline)
            logger.error(
                "The work of a deadline failed",
                kind=deadline.kind,
                id=deadline.id,
                due_since=deadline.since,
                attempts=deadline.attempts + 1,
                exc_info=error,
            )
            return self._postpone(deadline, run.now, _reason(error))
        run.done += 1
        return self._delete(deadline)

    def _invoke_owner(self, function: str, deadline: Deadline, now: datetime) -> None:
        if not function:
            raise SoukError(f"No function owns the work {deadline.kind}.")
        answer = self._invoke(function, due_event(deadline.kind, deadline.id, now))
        if answer.get("done") is not True:
            raise SoukError(f"The function {function} does not run deadlines.")

    def _delete(self, deadline: Deadline) -> bool:
        transaction = self._table.transaction()
        transaction.delete(DEADLINES, deadline)
        return transaction.try_commit()

    def _postpone(self, deadline: Deadline, now: datetime, reason: str) -> bool:
        transaction = self._table.transaction()
        delay = timedelta(minutes=min(2**deadline.attempts, _MAX_DELAY)) - _HEAD_START
        reschedule(transaction, deadline, now + delay, reason)
        return transaction.try_commit()

    def _save_cursor(self, cursor: Cursor, hour: str) -> None:
        transaction = self._table.transaction()
        if cursor.version:
            transaction.update(CURSOR, cursor.model_copy(update={"hour": hour}))
        else:
            transaction.create(CURSOR, cursor)
        transaction.try_commit()


def _reason(error: Exception) -> str:
    """Return why work failed, for operators. What only a log may hold stays there."""
    return error.message[:_MAX_REASON] if isinstance(error, SoukError) else type(error).__name__


def _hours(first: str, now: datetime) -> Iterator[str]:
    """Yield the hours from the first to the current one."""
    hour, last = first, hour_of(now)
    while hour <= last:
        yield hour
        hour = _after(hour)


def _after(hour: str) -> str:
    return hour_of(datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC) + timedelta(hours=1))
