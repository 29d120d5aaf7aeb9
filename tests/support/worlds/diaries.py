"""Worked time as it is stored, made from a list of cells. For tests that read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from souk.authentication.principal import Role
from souk.domains.activities.model import Activity
from souk.domains.activities.store import ACTIVITIES
from souk.domains.contracts.model import Contract
from souk.domains.time.model import Cell, DaySum, DiaryDay, Minute, Timesheet
from souk.domains.time.rules import diary as rules
from souk.domains.time.rules.weeks import archived, monday_of, number_of
from souk.domains.time.store import CELLS, DAYS, SUMS, TIMESHEETS
from souk.storage import Collection, Entity, Table
from souk.values.times import stamp
from tests.support.api import Person, person
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import ContractsWorld, hourly_contract
from tests.support.worlds.jobs import ACME, DESIGN, NOAH, SOFIA

_MOST_OPERATIONS: int = 50
"""Of a transaction."""


@dataclass(frozen=True)
class Work:
    """A cell of work."""

    start: datetime
    memo: str | None = None
    code: str | None = None
    manual: bool = False
    activity: int = 50
    screenshot_id: str | None = None
    webcam_id: str | None = None
    title: str | None = None


def at(text: str) -> datetime:
    """Return a time in UTC, such as `2026-11-23 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, cells: int, **fields: Any) -> list[Work]:
    """Return cells that follow each other."""
    return [Work(at(start) + number * timedelta(minutes=10), **fields) for number in range(cells)]


@dataclass(frozen=True)
class Diary:
    """All that is stored of the work on a contract."""

    cells: Sequence[Cell]
    days: Sequence[DiaryDay]
    sums: Sequence[DaySum]
    weeks: Sequence[Timesheet]

    @classmethod
    def of(cls, contract: Contract, work: Iterable[Work], expires: int | None = None) -> "Diary":
        """Return what is stored of some cells. They expire after 180 days unless `expires` says otherwise."""
        ordered = sorted(work, key=lambda one: one.start)
        cells = [_cell(contract, one, expires) for one in ordered]
        days, sums, weeks = [], [], dict[date, Timesheet]()
        for day, found in groupby(zip(ordered, cells, strict=True), key=lambda pair: pair[0].start.date()):
            briefs = {number_of(one.start): rules.brief_of(cell) for one, cell in found}
            named: dict[str, Any] = {"contract_id": contract.id, "day": day.isoformat()}
            days.append(rules.with_cells(DiaryDay(**named), briefs))
            sums.append(rules.summed(DaySum(**named, parties=contract.parties), briefs))
            monday = monday_of(day)
            week = weeks.get(monday) or _week(contract, monday)
            weeks[monday] = rules.with_day(week, day, briefs)
        return cls(cells, days, sums, list(weeks.values()))

    def store(self, table: Table) -> None:
        """Store it, as if it had been tracked."""
        stored: tuple[tuple[Collection[Any], Sequence[Entity]], ...] = (
            (CELLS, self.cells),
            (DAYS, self.days),
            (SUMS, self.sums),
            (TIMESHEETS, self.weeks),
        )
        pairs = [(collection, entity) for collection, entities in stored for entity in entities]
        for first in range(0, len(pairs), _MOST_OPERATIONS):
            tx = table.transaction()
            for collection, entity in pairs[first : first + _MOST_OPERATIONS]:
                tx.create(collection, entity)
            tx.commit()


def term_at(contract: Contract, start: datetime) -> str:
    """Return the id of the term in force; the last one that began for a contract that has ended."""
    return next(term.id for term in reversed(contract.terms) if term.starts <= stamp(start))


def _cell(contract: Contract, one: Work, expires: int | None) -> Cell:
    busy, idle = Minute(mouse=3, keyboard=7), Minute(mouse=0, keyboard=0)
    minutes = tuple(busy if minute < one.activity // 10 else idle for minute in range(10))
    return Cell(
        contract_id=contract.id,
        user_id=contract.parties.vendor_user_id,
        start=stamp(one.start),
        term_id=term_at(contract, one.start),
        manual=one.manual,
        memo=one.memo,
        code=one.code,
        minutes=() if one.manual else minutes,
        window_title=one.title,
        snapshot_at=stamp(one.start + timedelta(minutes=4)) if one.screenshot_id else None,
        screenshot_id=one.screenshot_id,
        webcam_id=one.webcam_id,
        expires=expires or archived(one.start.date(), 180),
    )


def _week(contract: Contract, monday: date) -> Timesheet:
    midnight = f"{monday}T00:00:00.000Z"
    return Timesheet(
        contract_id=contract.id, week=str(monday), parties=contract.parties, created=midnight, modified=midnight
    )


NOW: str = "2026-12-02 12:00"
"""A Wednesday. The week of 23 November is closed."""
AGENCY: str = "4001"


@dataclass
class DiariesWorld(ContractsWorld):
    """The API with hourly contracts, at `NOW`: of Sofia with Acme Design, and those that a test adds."""

    contract: Contract = field(default_factory=hourly_contract)

    def __post_init__(self) -> None:
        super().__post_init__()
        CLOCK.at(at(NOW))

    def worked(self, *work: Work, contract: Contract | None = None) -> Diary:
        """Store work on a contract."""
        diary = Diary.of(contract or self.contract, work)
        diary.store(self.souk.table)
        return diary

    def put(self, *pairs: tuple[Collection[Any], Entity]) -> None:
        """Store entities."""
        tx = self.souk.table.transaction()
        for collection, entity in pairs:
            tx.create(collection, entity)
        tx.commit()

    def activity(self, code: str, description: str, organization_id: str = DESIGN) -> None:
        """Store an activity."""
        found = Activity(
            id=f"9{len(code)}",
            organization_id=organization_id,
            company_id=ACME,
            code=code,
            description=description,
            currency="USD",
            created="2026-01-01T00:00:00.000Z",
            created_by_id="1",
            modified="2026-01-01T00:00:00.000Z",
            changed_by_id="1",
        )
        self.put((ACTIVITIES, found))

    def of_agency(self, **changes: Any) -> Contract:
        """Store a contract of Sofia through an agency."""
        parties = self.contract.parties.model_copy(
            update={"vendor_team_id": AGENCY, "vendor_company_id": AGENCY, "agency": True}
        )
        return self.add_contract(hourly_contract(parties=parties, **changes))

    @cached_property
    def sofia_of_agency(self) -> Person:
        """Sofia as a plain member of the agency."""
        return person(self.souk, SOFIA, AGENCY, role=Role.MEMBER)

    @cached_property
    def noah_of_agency(self) -> Person:
        """Noah as the owner of the agency."""
        return person(self.souk, NOAH, AGENCY)
