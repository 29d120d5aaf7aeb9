"""The table's items of worked time. A month of a contract's diary is a partition.

DIARY#<contract>#<yyyy-mm>  CELL#<start>        a cell with all its content, until it expires
DIARY#<contract>#<yyyy-mm>  DAY#<yyyy-mm-dd>    a day with its cells in brief
DIARY#<contract>#<yyyy-mm>  SUM#<yyyy-mm-dd>    a day as runs
                            GSI1 CLIENTTIME#<company>#<yyyy-mm> / <day>#<contract>: of a client company
                            GSI2 VENDORTIME#<company>#<yyyy-mm> / <day>#<contract>: of an agency or freelancer
                            GSI3 USERTIME#<user>#<yyyy-mm> / <day>#<contract>: of a freelancer
TIMESHEET#<contract>        <monday>            a week
                            GSI1 CLIENTWEEKS#<company> / <monday>#<contract>
                            GSI2 VENDORWEEKS#<company> / <monday>#<contract>
WORKER#<user>               <yyyy-mm-dd>        the cells of a person's day that are taken, until their week is closed
UNIQ#time#<hash>            held by the answer of a request with an idempotency key
"""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final
from zlib import crc32

from souk.deadlines.model import schedule
from souk.domains.time.model import (
    CELLS_OF_A_DAY,
    TIMESHEET,
    Cell,
    DaySum,
    DiaryDay,
    Timesheet,
    TimesheetEvent,
    WorkerDay,
)
from souk.domains.time.rules import weeks
from souk.domains.time.rules.zones import MOST_DAYS
from souk.storage import Collection, Key, Series, StoredList, Table, Transaction

WRITES: Final = ("DIARY#", "TIMESHEET#", "WORKER#", "UNIQ#time#")
"""The key prefixes that only this domain writes."""
BILL: Final = "time.bill"
"""The deadline that bills a week."""
CHARGE: Final = "time.charge"
"""The deadline that charges the client's saved card for a week, at first and daily after a charge that failed."""
WRITE_OFF: Final = "time.write_off"
"""The deadline that gives up a charge."""
RELEASE: Final = "time.release"
"""The deadline that books the earnings of a week."""
EXPIRE: Final = "time.expire_dispute"
"""The deadline that ends a dispute without an answer."""
MOST_ROWS: Final = 500
"""The rows of a page of a time report. A day of a contract has one at least."""
_SPREAD: Final = 3_600
"""Seconds. Weeks close in the same second; their billing is spread over the hour that follows."""


def _diary(contract_id: str, day: str) -> str:
    return f"DIARY#{contract_id}#{day[:7]}"


def cell_key(contract_id: str, start: str) -> Key:
    """Return the key of a cell."""
    return Key(_diary(contract_id, start), f"CELL#{start}")


def day_key(contract_id: str, day: str) -> Key:
    """Return the key of a day of the diary."""
    return Key(_diary(contract_id, day), f"DAY#{day}")


def sum_key(contract_id: str, day: str) -> Key:
    """Return the key of a day as runs."""
    return Key(_diary(contract_id, day), f"SUM#{day}")


def timesheet_key(contract_id: str, week: str) -> Key:
    """Return the key of a week, from its Monday."""
    return Key(f"TIMESHEET#{contract_id}", week)


def worker_key(user_id: str, day: str) -> Key:
    """Return the key of a person's day."""
    return Key(f"WORKER#{user_id}", day)


def _sorted_by_day(one: DaySum, owner: str) -> Key:
    return Key(f"{owner}#{one.day[:7]}", f"{one.day}#{one.contract_id}")


def _sorted_by_week(one: Timesheet, owner: str) -> Key:
    return Key(owner, f"{one.week}#{one.contract_id}")


CELLS: Collection[Cell] = Collection(
    name="Cell",
    model=Cell,
    key=cell_key,
    key_of=lambda one: cell_key(one.contract_id, one.start),
    expires_at=lambda one: one.expires,
)
DAYS: Collection[DiaryDay] = Collection(
    name="DiaryDay", model=DiaryDay, key=day_key, key_of=lambda one: day_key(one.contract_id, one.day)
)
SUMS: Collection[DaySum] = Collection(
    name="DaySum",
    model=DaySum,
    key=sum_key,
    key_of=lambda one: sum_key(one.contract_id, one.day),
    indexes={
        "GSI1": lambda one: _sorted_by_day(one, f"CLIENTTIME#{one.parties.client_company_id}"),
        "GSI2": lambda one: _sorted_by_day(one, f"VENDORTIME#{one.parties.vendor_company_id}"),
        "GSI3": lambda one: _sorted_by_day(one, f"USERTIME#{one.parties.vendor_user_id}"),
    },
)
TIMESHEETS: Collection[Timesheet] = Collection(
    name="Timesheet",
    model=Timesheet,
    key=timesheet_key,
    key_of=lambda one: timesheet_key(one.contract_id, one.week),
    indexes={
        "GSI1": lambda one: _sorted_by_week(one, f"CLIENTWEEKS#{one.parties.client_company_id}"),
        "GSI2": lambda one: _sorted_by_week(one, f"VENDORWEEKS#{one.parties.vendor_company_id}"),
    },
)
WORKERS: Collection[WorkerDay] = Collection(
    name="WorkerDay",
    model=WorkerDay,
    key=worker_key,
    key_of=lambda one: worker_key(one.user_id, one.day),
    expires_at=lambda one: one.expires,
)

CLIENT_WEEKS: Final = StoredList("clientTimesheets", TIMESHEETS, "CLIENTWEEKS#{}".format, index="GSI1")
"""The weeks of a client company's contracts."""
VENDOR_WEEKS: Final = StoredList("vendorTimesheets", TIMESHEETS, "VENDORWEEKS#{}".format, index="GSI2")
"""The weeks of the contracts of an agency or of a freelancer's own organization."""
CONTRACT_WEEKS: Final = StoredList("contractTimesheets", TIMESHEETS, "TIMESHEET#{}".format)
"""The weeks of a contract."""
CLIENT_TIME: Final = StoredList(
    "clientTime", SUMS, "CLIENTTIME#{}#{}".format, index="GSI1", newest_first=False, greatest_page=MOST_ROWS
)
"""The days of a client company's contracts in a month, by day and contract."""
VENDOR_TIME: Final = StoredList(
    "vendorTime", SUMS, "VENDORTIME#{}#{}".format, index="GSI2", newest_first=False, greatest_page=MOST_ROWS
)
"""The days of the contracts of an agency, or of a freelancer's own organization, in a month."""
USER_TIME: Final = StoredList(
    "userTime", SUMS, "USERTIME#{}#{}".format, index="GSI3", newest_first=False, greatest_page=MOST_ROWS
)
"""The days of a freelancer's contracts in a month."""
LISTS: Final = (CLIENT_WEEKS, VENDOR_WEEKS, CONTRACT_WEEKS, CLIENT_TIME, VENDOR_TIME, USER_TIME)

CONTRACT_TIME: Series[DaySum] = Series(
    "contractTime",
    SUMS,
    partition=lambda contract_id, first, _last: _diary(contract_id, first),  # of one month
    between=lambda _contract_id, first, last: (f"SUM#{first}", f"SUM#{last}"),
    most=31,
)
"""The days of a contract in a month, from one day to another."""
DIARY_CELLS: Series[Cell] = Series(
    "diaryCells",
    CELLS,
    partition=lambda contract_id, first, _last: _diary(contract_id, first),  # of one day
    between=lambda _contract_id, first, last: (f"CELL#{first}", f"CELL#{last}"),
    most=CELLS_OF_A_DAY,
)
"""The cells of a contract on a day, from the start of one to that of another."""
DIARY_WEEKS: Series[Timesheet] = Series(
    "diaryWeeks",
    TIMESHEETS,
    partition=lambda contract_id, _first, _last: f"TIMESHEET#{contract_id}",
    between=lambda _contract_id, first, last: (first, last),
    most=MOST_DAYS // 7 + 2,
)
"""The weeks of a contract, from one Monday to another."""


def shown(cell: Cell | None, now: datetime) -> Cell | None:
    """Return a cell with what was recorded; None after it has expired, also if it is not deleted yet."""
    return cell if cell and cell.expires > now.timestamp() else None


def change_guard(user_id: str, organization_id: str, mutation: str, key: str) -> str:
    """Return the unique value that holds the answer of a request with an idempotency key."""
    named = "\n".join((user_id, organization_id, mutation, key))
    return f"UNIQ#time#{sha256(named.encode()).hexdigest()}"


def has_weeks(table: Table, contract_id: str) -> bool:
    """Return whether time was ever tracked on a contract."""
    return bool(table.query(TIMESHEETS, f"TIMESHEET#{contract_id}", limit=1, consistent=True).items)


def week_id(contract_id: str, week: str) -> str:
    """Return the id of a week in deadlines and bookings."""
    return f"{contract_id}/{week}"


def week_of_id(entity_id: str) -> tuple[str, str]:
    """Return the contract and the Monday of a week's id."""
    contract_id, _, week = entity_id.partition("/")
    return contract_id, week


def schedule_bill(tx: Transaction, contract_id: str, week: str) -> None:
    """Schedule the bill of a week, within the hour after it closes. Scheduling it again changes nothing."""
    schedule(tx, BILL, week_id(contract_id, week), _spread(contract_id, weeks.closes(date.fromisoformat(week))))


def schedule_release(tx: Transaction, sheet: Timesheet) -> None:
    """Schedule the release of a billed week, within the hour after its review ends."""
    if sheet.review_ends is not None:
        at = _spread(sheet.contract_id, datetime.fromisoformat(sheet.review_ends))
        schedule(tx, RELEASE, week_id(sheet.contract_id, sheet.week), at)


def _spread(contract_id: str, at: datetime) -> datetime:
    """Return a time within the hour after a moment, which is always the same for a contract."""
    return at + timedelta(seconds=crc32(contract_id.encode()) % _SPREAD)


def save_timesheet(tx: Transaction, sheet: Timesheet, *events: TimesheetEvent) -> Timesheet:
    """Add a new or changed week to a transaction, with its events."""
    stored = (tx.update if sheet.version else tx.create)(TIMESHEETS, sheet)
    for event in events:
        tx.emit(TIMESHEET, event, sheet.contract_id, to=sheet.parties.both)
    return stored
