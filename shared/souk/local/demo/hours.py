"""The time that Sofia has tracked for Acme: the last weeks and the running one, with what is billed and released.

The commands run with times of their own, the oldest first, and then the deadlines that were due. Acme pays on account.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from souk.authentication.records import Membership
from souk.deadlines.model import DEADLINES, DUE_PREFIX, hour_of
from souk.domains.time.commands import billing, entering, releasing, tracking
from souk.domains.time.inputs import AddManualTime, TrackedCell, TrackedMinute, TrackTime
from souk.domains.time.model import Stage, Timesheet
from souk.domains.time.rules import weeks
from souk.domains.time.store import BILL, RELEASE, TIMESHEETS, timesheet_key, week_id
from souk.local.demo.accounts import context_of
from souk.local.demo.deals import CONTRACT
from souk.local.demo.people import user_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table
from souk.values.times import stamp

_SOFIA: Final = user_id(101)
_WEEKS: Final = 4
_BEGINS: Final = timedelta(hours=9)
_CELLS: Final = 12
"""Cells of ten minutes on a day."""
_UPLOAD_AFTER: Final = timedelta(minutes=5)
_BY_HAND: Final = (timedelta(days=2, hours=14), timedelta(days=2, hours=15))
"""When time is entered by hand, from the week's start."""
_WORK: Final[Mapping[str, Callable[[Table, str, datetime], None]]] = {BILL: billing.bill, RELEASE: releasing.release}


class _Day(NamedTuple):
    """A day with a tracker. `number` is 0 on Monday."""

    number: int
    code: str
    memo: str


_DAYS: Final = (
    _Day(0, "counters", "Photographs of the counter in the shop"),
    _Day(1, "counters", "Retouching, and the texts for the catalogue"),
    _Day(3, "meetings", "Choosing the pictures with Olivia"),
)


def track_weeks(table: Table, memberships: Iterable[Membership], now: datetime) -> int:
    """Write the missing weeks as far as they are over, and return their number.

    The next load completes an interrupted one. Its weeks count from the oldest stored one.
    """
    sofia = next(one for one in memberships if one.user_id == _SOFIA)
    key = timesheet_key(CONTRACT, "")
    stored = {
        one.week: one for one in table.query(TIMESHEETS, key.pk, prefix=key.sk, limit=None, consistent=True).items
    }
    oldest = date.fromisoformat(min(stored)) if stored else weeks.monday_of(now.date()) - (_WEEKS - 1) * weeks.WEEK
    mondays = [oldest + number * weeks.WEEK for number in range(_WEEKS)]
    missing = [monday for monday in mondays if not _complete(stored.get(monday.isoformat()), now)]
    return sum(_write(table, sofia, monday, now) for monday in missing)


def _complete(sheet: Timesheet | None, now: datetime) -> bool:
    """Return whether a week is stored, and no step of it is overdue."""
    if sheet is None:
        return False
    monday = date.fromisoformat(sheet.week)
    next_step = {Stage.UNBILLED: weeks.closes(monday), Stage.BILLED: weeks.released(monday)}.get(sheet.stage)
    return next_step is None or now < next_step


def _write(table: Table, sofia: Membership, monday: date, now: datetime) -> bool:
    """Write a week with its bill and its release, and return whether there was time in it."""
    begins = weeks.start_of(monday)
    cells = [cell for day in _DAYS for cell in _cells(begins, day) if _ends(cell) <= now]
    if not cells:
        return False
    sent = min(_ends(cells[-1]) + _UPLOAD_AFTER, now)
    then = QuietTable.of(table, sent)
    tracking.track(context_of(then, sofia, sent), TrackTime(contract_id=CONTRACT, cells=cells))
    _enter(table, sofia, begins, now)
    _run_due(table, monday, weeks.closes(monday), now)
    _run_due(table, monday, weeks.released(monday), now)
    return True


def _cells(begins: datetime, day: _Day) -> list[TrackedCell]:
    first = begins + timedelta(days=day.number) + _BEGINS
    return [
        TrackedCell(
            start_date_time=stamp(first + number * weeks.CELL),
            memo=day.memo,
            activity_code=day.code,
            minutes=[_minute(number + at) for at in range(10)],
        )
        for number in range(_CELLS)
    ]


def _minute(number: int) -> TrackedMinute:
    """Return the input of a minute: one in four has none."""
    return (
        TrackedMinute(mouse=number * 7 % 30, keyboard=number * 11 % 90)
        if number % 4
        else TrackedMinute(mouse=0, keyboard=0)
    )


def _ends(cell: TrackedCell) -> datetime:
    return datetime.fromisoformat(cell.start_date_time) + weeks.CELL


def _enter(table: Table, sofia: Membership, begins: datetime, now: datetime) -> None:
    """Enter an hour by hand, which an enterprise contract allows."""
    start, end = (begins + after for after in _BY_HAND)
    if end > now:
        return
    at = min(end + _UPLOAD_AFTER, now)
    request = AddManualTime(
        contract_id=CONTRACT,
        start_date_time=stamp(start),
        end_date_time=stamp(end),
        idempotency_key=f"demo {begins.date()}",
        memo="Fetching the frames from the workshop",
    )
    entering.add(context_of(QuietTable.of(table, at), sofia, at), request)


def _run_due(table: Table, monday: date, at: datetime, now: datetime) -> None:
    """Run the deadlines of a week in the hour after a time, as the clock would have done then, and delete them."""
    page = table.query(DEADLINES, f"{DUE_PREFIX}{hour_of(at)}", between=("0", "~"), limit=None, consistent=True)
    for deadline in page.items:
        due = datetime.fromisoformat(deadline.at)
        if deadline.kind in _WORK and deadline.id == week_id(CONTRACT, monday.isoformat()) and due <= now:
            _WORK[deadline.kind](QuietTable.of(table, due), deadline.id, due)
            tx = table.transaction()
            tx.delete(DEADLINES, deadline)
            tx.commit()
