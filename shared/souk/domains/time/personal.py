"""What time has of a person: the weeks and the diary of their work."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from souk.domains.identity.commands.own_companies import companies_of, own_companies
from souk.domains.identity.store import USERS
from souk.domains.time.model import Cell, DaySum, Stage, Timesheet
from souk.domains.time.rules import states
from souk.domains.time.store import CELLS, CLIENT_WEEKS, USER_TIME, VENDOR_WEEKS
from souk.graph.personal import Obstacle, PersonalData, PersonalFile, Row, listed, row_of
from souk.storage import StoredList, Table, View

_LOOKED_AT: Final = timedelta(days=366)
"""Weeks that are older have been settled, or given up."""
_SETTLED: Final = frozenset({Stage.RELEASED, Stage.WRITTEN_OFF})
_SHOWN: Final = 100


def obstacles(table: Table, user_id: str, now: datetime) -> Iterator[Obstacle]:
    """Yield the weeks of the person, and of the companies that they own alone, whose money is not settled."""
    since = (now - _LOOKED_AT).date().isoformat()

    def concerns(one: Timesheet) -> bool:
        return one.parties.vendor_user_id == user_id or one.parties.client_company_id in own

    own = own_companies(table, user_id)
    view: View[Timesheet, Timesheet] = View([concerns, lambda one: _is_unsettled(one, now)], within=(since, "~"))
    lists: list[tuple[StoredList[Timesheet], str]] = [(VENDOR_WEEKS, one) for one in companies_of(table, user_id)]
    lists += [(CLIENT_WEEKS, one) for one in own]
    found = (one for stored, owner in lists for chunk in stored.of(table, owner).chunks(view) for one in chunk)
    for _, one in zip(range(_SHOWN), found, strict=False):
        yield Obstacle(
            "OPEN_WEEK",
            f"The hours of the week from {one.week} are not settled: they are in review, billed, declined or disputed.",
            one.contract_id,
        )


def _is_unsettled(sheet: Timesheet, now: datetime) -> bool:
    after = states.as_of(sheet, now)
    return bool(after.runs) and after.stage not in _SETTLED


def _months(table: Table, user_id: str) -> list[tuple[str, str]]:
    user = table.get(USERS, user_id)
    if user is None:
        return []
    first, last = date.fromisoformat(user.creation_date[:10]), table.clock.market().date()
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [(user_id, f"{number // 12}-{number % 12 + 1:02}") for number in numbers]


def _cells(table: Table, days: Sequence[DaySum], _user_id: str) -> Iterable[Row]:
    """Return the cells of some days, with their activity, memos and titles, as long as these are kept."""

    def read(table: Table, day: DaySum) -> list[Cell]:
        diary = f"DIARY#{day.contract_id}#{day.day[:7]}"
        return table.query(CELLS, diary, prefix=f"CELL#{day.day}", limit=None).items

    found = table.concurrently([partial(read, day=one) for one in days])
    return [row_of(one) for cells in found for one in cells]


PERSONAL = PersonalData(
    stays=(
        "Weeks with their times, bills and disputes: they are the reason of the bookings. The diary's activity, titles "
        "and screenshots expire by themselves."
    ),
    files=(
        PersonalFile(
            "weeks",
            "Your weeks of hourly work, as they were billed.",
            listed(
                VENDOR_WEEKS,
                "order_id",
                "checkout_id",
                owners=lambda table, user_id: [(one,) for one in companies_of(table, user_id)],
                about=lambda one, user_id: one.parties.vendor_user_id == user_id,
            ),
        ),
        PersonalFile("days", "Your days of hourly work.", listed(USER_TIME, owners=_months)),
        PersonalFile(
            "diary",
            "Your work diary, cell by cell, as long as it is kept.",
            listed(USER_TIME, owners=_months, rows=_cells, size=25),
        ),
    ),
    obstacles=obstacles,
)
