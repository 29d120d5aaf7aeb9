"""Reading and writing the days of a contract's diary. All that is stored of them changes in one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from souk.domains.activities.model import Activities
from souk.domains.activities.store import CONTRACT_CODES, activities_listed
from souk.domains.agreements.model import PayType
from souk.domains.contracts.commands.changing import raise_rate
from souk.domains.contracts.model import Contract, ContractChange
from souk.domains.contracts.rules import spans, terms
from souk.domains.contracts.store import CONTRACTS, changes_since
from souk.domains.time.model import Cell, DaySum, DiaryDay, Timesheet, WorkerDay
from souk.domains.time.rules import weeks
from souk.domains.time.rules.diary import Brief, Briefs, briefs_of, summed, with_cells, with_day, with_numbers
from souk.domains.time.rules.states import is_closed
from souk.domains.time.store import CELLS, DAYS, SUMS, TIMESHEETS, WORKERS, schedule_bill
from souk.domains.workflow.store import note_work
from souk.graph import Context
from souk.graph.context import Source
from souk.storage import Collection, Entity, Key, Table, Transaction
from souk.storage.collection import E
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.times import stamp

_NO_CONTRACT: Final = "This contract does not exist, or you cannot see it."


class Diary:
    """Some days of a contract, for changes by the freelancer. Entities are read from the request's cache."""

    def __init__(self, ctx: Context, contract: Contract) -> None:
        self.ctx = ctx
        self.contract = contract

    def briefs(self, day: date) -> dict[int, Brief]:
        """Return the cells of a day."""
        return briefs_of(self._day(day))

    def _day(self, day: date) -> DiaryDay:
        stored = self._load(DAYS, self.contract.id, day.isoformat())
        return stored or DiaryDay(contract_id=self.contract.id, day=day.isoformat())

    def _sum(self, day: date) -> DaySum:
        stored = self._load(SUMS, self.contract.id, day.isoformat())
        return stored or DaySum(contract_id=self.contract.id, day=day.isoformat(), parties=self.contract.parties)

    def worker(self, day: date) -> WorkerDay:
        """Return the day of the freelancer."""
        user_id = self.contract.parties.vendor_user_id
        stored = self._load(WORKERS, user_id, day.isoformat())
        return stored or WorkerDay(user_id=user_id, day=day.isoformat(), expires=weeks.forgotten(day))

    def sheet(self, monday: date) -> Timesheet:
        """Return a week."""
        week, now = monday.isoformat(), stamp(self.ctx.now)
        stored = self._load(TIMESHEETS, self.contract.id, week)
        return stored or Timesheet(
            contract_id=self.contract.id, week=week, parties=self.contract.parties, created=now, modified=now
        )

    def sheets(self, days: Iterable[date]) -> list[Timesheet]:
        """Return the weeks of some days that are stored, oldest first."""
        mondays = sorted({weeks.monday_of(day) for day in days})
        return [sheet for sheet in map(self.sheet, mondays) if sheet.version]

    def is_open(self, day: date) -> bool:
        """Return whether the time of a day can change.

        It is the present time that counts: a request that comes before a bill is made may be decided after it.
        """
        return not is_closed(self.sheet(weeks.monday_of(day)), self.ctx.table.clock.market())

    def save(self, tx: Transaction, changed: Mapping[date, Briefs]) -> None:
        """Add the new cells of some days to a transaction, in brief: each day then has these, and no others."""
        sheets: dict[date, Timesheet] = {}
        for day, briefs in changed.items():
            monday = weeks.monday_of(day)
            sheets[monday] = with_day(sheets.get(monday) or self.sheet(monday), day, briefs)
            worker = with_numbers(self.worker(day), self.contract.id, briefs)
            self._put(tx, DAYS, with_cells(self._day(day), briefs), keep=bool(briefs))
            self._put(tx, SUMS, summed(self._sum(day), briefs), keep=bool(briefs))
            self._put(tx, WORKERS, worker, keep=bool(worker.contracts))
        for sheet in sheets.values():
            if not sheet.version:
                schedule_bill(tx, self.contract.id, sheet.week)
                note_work(tx, self.contract.id, self.ctx.now)
            self._put(tx, TIMESHEETS, sheet.model_copy(update={"modified": stamp(self.ctx.now)}), keep=True)

    def put_cells(self, tx: Transaction, cells: Iterable[Cell]) -> None:
        """Add new and changed cells to a transaction."""
        for cell in cells:
            self._put(tx, CELLS, cell, keep=True)

    def delete_cells(self, tx: Transaction, cells: Iterable[Cell]) -> None:
        """Add the removal of cells to a transaction."""
        for cell in cells:
            self._put(tx, CELLS, cell, keep=False)

    def _load(self, collection: Collection[E], *key: str) -> E | None:
        return self.ctx.load(collection, *key, consistent=True)

    def _put(self, tx: Transaction, collection: Collection[Any], entity: Entity, *, keep: bool) -> None:
        """Add an entity to a transaction, or its removal. The rest of the request reads the new one."""
        stored: Entity | None = None
        if keep:
            stored = tx.update(collection, entity) if entity.version else tx.create(collection, entity)
        elif entity.version:
            tx.delete(collection, entity)
        self.ctx.entities[collection.key_of(entity)] = stored


def open_diary(
    ctx: Context, contract_id: str, days: Iterable[date], beside: Mapping[Key, Source] | None = None
) -> Diary:
    """Return some days of a contract to its freelancer, read in one round trip together with `beside`.

    Raises NotFound for strangers, Forbidden for others who see the contract, and Conflict for one at a fixed price.
    """
    wanted: dict[Key, Source] = {CONTRACTS.key(contract_id): CONTRACTS, **(beside or {})}
    for day in days:
        text = day.isoformat()
        wanted[DAYS.key(contract_id, text)] = DAYS
        wanted[SUMS.key(contract_id, text)] = SUMS
        wanted[WORKERS.key(ctx.principal.user_id, text)] = WORKERS
        wanted[TIMESHEETS.key(contract_id, weeks.monday_of(day).isoformat())] = TIMESHEETS
    ctx.fetch(wanted, consistent=True)
    contract = require_worker(ctx, contract_id)
    if terms.raise_is_due(contract, stamp(ctx.now)):
        _raise_rate(ctx, contract)
        contract = require_worker(ctx, contract_id)
    return Diary(ctx, contract)


def require_worker(ctx: Context, contract_id: str) -> Contract:
    """Return an hourly contract to its freelancer. Raises the errors of `open_diary`."""
    contract = ctx.load(CONTRACTS, contract_id, consistent=True)
    if contract is None or not contract.parties.include(ctx.principal):
        raise NotFound(_NO_CONTRACT)
    parties = contract.parties
    if not parties.vendor_is(ctx.principal) or ctx.principal.user_id != parties.vendor_user_id:
        raise Forbidden("Only the freelancer enters time.")
    if contract.pay is not PayType.HOURLY:
        raise Conflict("Time is entered only on hourly contracts; this one has a fixed price.")
    return contract


def _raise_rate(ctx: Context, contract: Contract) -> None:
    """Make a raise that is due and not made yet, so that new time has the right term."""
    with suppress(Conflict):  # its deadline was faster
        raise_rate(ctx.table, contract.id, ctx.now)
    ctx.entities.pop(CONTRACTS.key(contract.id))


def list_of_codes(contract_id: str, codes: Iterable[str | None]) -> dict[Key, Source]:
    """Return the key to read the list of a contract's activities with the diary, if there are codes to find."""
    return {CONTRACT_CODES.key(contract_id): CONTRACT_CODES} if any(codes) else {}


@dataclass
class Facts:
    """What decides about cells, beside the days that they belong to."""

    history: list[ContractChange] = field(default_factory=list)
    """Of the contract, back to the time before the cells; empty if it has not changed since."""
    activities: Activities = field(default_factory=lambda: Activities({}))
    cells: dict[tuple[date, int], Cell] = field(default_factory=dict)
    """The stored ones, by their days and numbers. Those that have expired are missing."""

    def takes_time(self, code: str) -> bool:
        """Return whether the activity with a code takes new time."""
        activity = self.activities.find(code)
        return activity is not None and not activity.archived


def read_facts(
    diary: Diary,
    *,
    starts: Iterable[datetime] = (),
    codes: Iterable[str | None] = (),
    cells: Sequence[tuple[date, int]] = (),
) -> Facts:
    """Return what decides about new cells with these starts and codes, and stored `cells` (`Facts.cells`).

    Everything is read at the same time. The first upload of a cell on a contract that does not change reads nothing.
    """
    contract, found, reads = diary.contract, Facts(), list[Callable[[Table], None]]()
    first = min(map(stamp, starts), default=None)
    wanted = {code for code in codes if code}
    listed = diary.ctx.load(CONTRACT_CODES, contract.id, consistent=True) if wanted else None

    def read_history(table: Table) -> None:
        found.history = changes_since(table, contract.id, first or "")

    def read_activities(table: Table) -> None:
        found.activities = activities_listed(table, contract, wanted, listed)

    def read_cells(table: Table) -> None:
        keys = {CELLS.key(contract.id, stamp(weeks.cell_start(*one))): one for one in cells}
        items = table.batch_get(keys, consistent=True)
        found.cells = {keys[key]: CELLS.decode(item) for key, item in items.items()}

    if first and not spans.unchanged_since(contract, first):
        reads.append(read_history)
    if wanted:
        reads.append(read_activities)
    if cells:
        reads.append(read_cells)
    if reads:
        diary.ctx.table.concurrently(reads)
    return found
