"""The diary of a contract: its cells, its days, and snapshots. They are read by their keys (ADR 41)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.time.inputs import SnapshotAt, WorkDiaryOfContract, WorkedDays
from souk.domains.time.resolvers.declared import READ, domain
from souk.domains.time.rules import zones
from souk.domains.time.rules.weeks import archived, monday_of, number_of
from souk.domains.time.rules.zones import Span
from souk.domains.time.store import DIARY_WEEKS
from souk.domains.time.views import diaries as views
from souk.domains.time.views.diaries import ShownCell
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.graph.lists import DateTimeRange
from souk.runtime.settings import time_settings
from souk.storage import Key
from souk.values.errors import Unprocessable
from souk.values.times import date_time_in_seconds, stamp

MOST_CONTRACTS: Final = 50
"""The contracts of `workDays`."""
CELLS_SHOWN: Final = 50
"""The cells of a day that the cost of a request assumes: somewhat more than eight hours."""
DAYS_SHOWN: Final = 22
"""The days of a list that the cost of a request assumes: those of a month of work."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ContractDiary:
    """The diary of a contract on a day: the contract's WorkDiaryContract."""

    day: date
    offset: timedelta
    work_diary_time_cells: list[ShownCell]

    @property
    def work_diary_metadata(self) -> dict[str, str]:
        """The zone, and when screenshots of the day expire: those of its first cells, if it is two days in UTC."""
        first = zones.spans_of(self.day, self.offset)[0].day
        expires = archived(first, time_settings().archive_days)
        return {
            "timezoneOffset": zones.offset_text(self.offset),
            "archivingDateTime": stamp(_EPOCH + timedelta(seconds=expires)),
        }


@dataclass(frozen=True)
class WorkedDay:
    """A day of a contract with time: the contract's WorkDay."""

    contract: Contract
    day: date
    offset: timedelta

    @property
    def date(self) -> str:
        """The day as `20261123`."""
        return _compact(self.day)


def _compact(day: date) -> str:
    return f"{day:%Y%m%d}"


# The diary of a day


def _spans(argument: str, text: str, offset: timedelta) -> list[Span]:
    return zones.spans_of(zones.day_of(argument, text, offset), offset)


def _diary_needs(ctx: Context, work_diary_contract_input: WorkDiaryOfContract) -> dict[Key, Source]:
    day, offset = _day_and_offset(work_diary_contract_input)
    contract_id = work_diary_contract_input.contract_id
    return {
        CONTRACTS.key(contract_id): CONTRACTS,
        **views.full_needs(contract_id, zones.spans_of(day, offset)),
    }


def _day_and_offset(given: WorkDiaryOfContract) -> tuple[date, timedelta]:
    offset = zones.offset_of("workDiaryContractInput.offsetInSeconds", given.offset_in_seconds)
    return zones.day_of("workDiaryContractInput.date", given.date, offset), offset


@domain.query("workDiaryContract", scopes=[Scope.CONTRACTS, Scope.OFFERS_READ], needs=_diary_needs)
def work_diary_contract(ctx: Context, work_diary_contract_input: WorkDiaryOfContract) -> ContractDiary | None:
    """Return the diary of a contract on a day; None unless the caller is a party to it."""
    day, offset = _day_and_offset(work_diary_contract_input)
    contract = views.seen_contract(ctx, work_diary_contract_input.contract_id)
    if contract is None:
        return None
    cells = views.shown_cells(ctx, contract, zones.spans_of(day, offset), offset)
    return ContractDiary(day, offset, list(cells))


def _cells_needs(
    source: Contract,
    ctx: Context,
    date: str,
    offset_in_seconds: int | None = None,
) -> dict[Key, Source]:
    return views.full_needs(source.id, _spans("date", date, zones.offset_of("offsetInSeconds", offset_in_seconds)))


@domain.field("Contract.workDiaryTimeCells", needs=_cells_needs)
def work_diary_cells(
    source: Contract, ctx: Context, date: str, offset_in_seconds: int | None = None
) -> list[ShownCell] | None:
    """Return the cells of a day; None unless the caller is a party to the contract."""
    offset = zones.offset_of("offsetInSeconds", offset_in_seconds)
    spans = _spans("date", date, offset)
    if not source.parties.include(ctx.principal):
        return None
    return list(views.shown_cells(ctx, source, spans, offset))


# Days with time


def _weeks_key(contract_id: str, first: date, last: date, offset: timedelta) -> Key:
    """Return the key of the weeks that hold the cells of some days in a zone: one query, however many these are."""
    days = zones.spans_of(first, offset)[0].day, zones.spans_of(last, offset)[-1].day
    return DIARY_WEEKS.key(contract_id, *(monday_of(day).isoformat() for day in days))


def _days_with_time(ctx: Context, contract_id: str, first: date, last: date, offset: timedelta) -> Iterator[date]:
    """Yield the days in a zone on which there is time, each once or more often."""
    for week in ctx.entities[_weeks_key(contract_id, first, last, offset)]:
        monday = date.fromisoformat(week.week)
        for run in week.runs:
            found = zones.days_of(monday + timedelta(days=run.day), run.first, run.last, offset)
            yield from (day for day in found if first <= day <= last)


def _range(
    ctx: Context, path: str, given: DateTimeRange, offset_path: str, seconds: int | None
) -> tuple[date, date, timedelta]:
    offset = zones.offset_of(offset_path, seconds)
    first, last = given.days(path, offset)
    return *zones.range_of(path, first, last, (ctx.now + offset).date()), offset


def _worked(ctx: Context, given: WorkedDays) -> tuple[date, date, timedelta]:
    if len(given.contract_ids) > MOST_CONTRACTS:
        found = len(given.contract_ids)
        raise Unprocessable(f"workdaysInput.contractIds: {MOST_CONTRACTS} ids are the limit; these are {found}.")
    return _range(
        ctx,
        "workdaysInput.timeRange",
        given.time_range,
        "workdaysInput.offsetInSeconds",
        given.offset_in_seconds,
    )


def _work_days_needs(ctx: Context, workdays_input: WorkedDays) -> dict[Key, Source]:
    first, last, offset = _worked(ctx, workdays_input)
    needed: dict[Key, Source] = {}
    for contract_id in workdays_input.contract_ids:
        needed[CONTRACTS.key(contract_id)] = CONTRACTS
        needed[_weeks_key(contract_id, first, last, offset)] = DIARY_WEEKS
    return needed


@domain.query("workDays", scopes=READ, needs=_work_days_needs)
def work_days(ctx: Context, workdays_input: WorkedDays) -> dict[str, list[str]]:
    """Return the days with time on any of the contracts that the caller is a party to."""
    first, last, offset = _worked(ctx, workdays_input)
    days: set[date] = set()
    for contract_id in workdays_input.contract_ids:
        if views.seen_contract(ctx, contract_id):
            days |= set(_days_with_time(ctx, contract_id, first, last, offset))
    return {"workDays": [_compact(day) for day in sorted(days)]}


def _contract_days_needs(
    source: Contract, ctx: Context, time_range: DateTimeRange, offset: int | None = None
) -> dict[Key, Source]:
    return {_weeks_key(source.id, *_range(ctx, "timeRange", time_range, "offset", offset)): DIARY_WEEKS}


@domain.field("Contract.workDays", needs=_contract_days_needs)
def contract_days(
    source: Contract, ctx: Context, time_range: DateTimeRange, offset: int | None = None
) -> list[WorkedDay]:
    """Return the days with time in a range; none unless the caller is a party to the contract."""
    first, last, zone = _range(ctx, "timeRange", time_range, "offset", offset)
    if not source.parties.include(ctx.principal):
        return []
    days = sorted(set(_days_with_time(ctx, source.id, first, last, zone)))
    return [WorkedDay(source, day, zone) for day in days]


def _day_needs(source: WorkedDay, ctx: Context) -> dict[Key, Source]:
    return views.brief_needs(source.contract.id, zones.spans_of(source.day, source.offset))


@domain.field("WorkDay.workDiary", needs=_day_needs)
def day_diary(source: WorkedDay, ctx: Context) -> dict[str, list[ShownCell]]:
    """Return the cells of a day."""
    spans = zones.spans_of(source.day, source.offset)
    return {"cells": list(views.shown_cells(ctx, source.contract, spans, source.offset))}


# Snapshots


def _snapshot_needs(ctx: Context, input: SnapshotAt) -> dict[Key, Source]:
    return {CONTRACTS.key(input.contract_id): CONTRACTS, **views.full_needs(input.contract_id, _span_at(input))}


def _span_at(given: SnapshotAt) -> list[Span]:
    """Return the span of the cell that holds a point in time."""
    moment = _EPOCH + timedelta(seconds=given.timestamp)
    number = number_of(moment)
    return [Span(moment.date(), number, number)]


@domain.query("snapshotsByContractId", scopes=[Scope.SNAPSHOTS_READ], needs=_snapshot_needs)
def snapshots(ctx: Context, input: SnapshotAt) -> list[ShownCell]:
    """Return the snapshot of the cell that holds a point in time; none if there is no cell, or for a stranger."""
    contract = views.seen_contract(ctx, input.contract_id)
    return list(views.shown_cells(ctx, contract, _span_at(input), zones.NO_OFFSET)) if contract else []


# Fields of cells

_FIELDS: Final[dict[str, dict[str, Callable[[ShownCell], Any]]]] = {
    "WorkDiaryTimeCell": {
        "cellDateTime": lambda one: date_time_in_seconds(one.start, one.offset),
        "snapshotDateTime": lambda one: one.pictured and date_time_in_seconds(one.pictured, one.offset),
        "manual": lambda one: one.slot.manual,
        "activityLevel": lambda one: one.slot.activity,
        "mouseEventsCount": lambda one: one.mouse,
        "keyboardEventsCount": lambda one: one.keyboard,
        "activeWindowTitle": lambda one: one.title,
        "hideScreenshots": lambda one: one.contract.hide_screenshots,
        "snapshotExpired": lambda one: one.cell is None,
        "task": lambda one: one if one.code is not None else None,
    },
    "WorkDiaryTask": {"id": lambda one: one.code},
    "Cell": {"date": lambda one: _compact((one.start + one.offset).date()), "manual": lambda one: one.slot.manual},
    "Snapshot": {
        "id": lambda one: f"{one.contract.id}-{one.timestamp}",
        "time": lambda one: one.timestamp,
        "contractId": lambda one: one.contract.id,
        "mouseEventsCount": lambda one: one.mouse,
        "keyboardEventsCount": lambda one: one.keyboard,
        "status": lambda one: "MANUAL" if one.slot.manual else "ONLINE",
        "activeWindowTitle": lambda one: one.title,
        "companyId": lambda one: one.contract.parties.client_company_id,
        "task": lambda one: one.code,
        "minutes": lambda one: _minutes(one),  # noqa: PLW0108
    },
}


def _minutes(source: ShownCell) -> dict[str, Any] | None:
    """Return the input of the ten minutes; None once it has expired."""
    if source.minutes is None:
        return None
    return {
        "minute": [
            {"time": source.timestamp + 60 * place, "mouse": one.mouse, "keyboard": one.keyboard}
            for place, one in enumerate(source.minutes)
        ]
    }


def _field(read: Callable[[ShownCell], Any]) -> Callable[[ShownCell, Context], Any]:
    return lambda source, ctx: read(source)


for _type, _reads in _FIELDS.items():
    for _name, _read in _reads.items():
        domain.field(f"{_type}.{_name}")(_field(_read))
domain.link(
    "Snapshot.teamName",
    to=ORGANIZATIONS,
    by=lambda source: source.contract.parties.client_team_id,
    shown=lambda _, team: team.name,
)


def _task_needs(source: ShownCell, ctx: Context) -> dict[Key, Source]:
    return views.task_needs(source.contract.parties, source.code)


@domain.field("WorkDiaryTask.description", needs=_task_needs)
def task_description(source: ShownCell, ctx: Context) -> str | None:
    """Return the description of the activity."""
    return views.task_description(ctx, source.contract.parties, source.code)


domain.list_size(
    "WorkDiaryContract.workDiaryTimeCells",
    "Contract.workDiaryTimeCells",
    "WorkDiary.cells",
    size=CELLS_SHOWN,
)
domain.list_size("Contract.workDays", size=DAYS_SHOWN)
domain.list_size("Query.snapshotsByContractId", size=1)
