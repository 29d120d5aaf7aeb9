"""The cells of a day, and what is stored of them: the day, its sum, its part of the week and of the person's day. Pure.

Whatever the order in which cells arrive, the same cells are stored in the same way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from souk.domains.time.model import Cell, DaySum, DiaryDay, Run, Slot, Timesheet, WeekRun, WorkerDay

_PERCENT_OF_A_MINUTE: Final = 10


class Brief(NamedTuple):
    """A cell in brief, with its texts: what the cells of a day are compared by."""

    term: str
    memo: str | None = None
    code: str | None = None
    manual: bool = False
    activity: int = 0
    shot: bool = False

    @property
    def protected(self) -> bool:
        """As `Slot.protected`."""
        return not self.manual and self.memo is not None and self.activity > 0


Briefs = Mapping[int, Brief]
"""The cells of a contract on a day, by their numbers."""


def brief_of(cell: Cell) -> Brief:
    """Return a cell in brief."""
    with_input = sum(1 for minute in cell.minutes if minute.mouse + minute.keyboard)
    return Brief(
        cell.term_id,
        cell.memo,
        cell.code,
        cell.manual,
        with_input * _PERCENT_OF_A_MINUTE,
        cell.screenshot_id is not None,
    )


def briefs_of(day: DiaryDay) -> dict[int, Brief]:
    """Return the cells of a stored day."""
    return {
        one.number: Brief(
            day.terms[one.term],
            None if one.memo is None else day.memos[one.memo],
            None if one.code is None else day.codes[one.code],
            one.manual,
            one.activity,
            one.shot,
        )
        for one in day.slots
    }


@dataclass
class _Texts:
    """Texts that are stored once, in the order in which they occur. Positions stand for them."""

    positions: dict[str, int] = field(default_factory=dict)

    def position(self, text: str) -> int:
        return self.positions.setdefault(text, len(self.positions))

    def optional(self, text: str | None) -> int | None:
        return None if text is None else self.position(text)

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(self.positions)


def with_cells(day: DiaryDay, briefs: Briefs) -> DiaryDay:
    """Return a day with these cells, and no others."""
    terms, memos, codes = _Texts(), _Texts(), _Texts()
    slots = tuple(
        Slot(
            number=number,
            term=terms.position(one.term),
            memo=memos.optional(one.memo),
            code=codes.optional(one.code),
            manual=one.manual,
            activity=one.activity,
            shot=one.shot,
        )
        for number, one in sorted(briefs.items())
    )
    return day.model_copy(update={"terms": terms.all, "memos": memos.all, "codes": codes.all, "slots": slots})


def summed(day: DaySum, briefs: Briefs) -> DaySum:
    """Return the sum of a day with these cells, and no others."""
    terms, memos, codes = _Texts(), _Texts(), _Texts()
    runs = tuple(
        Run(
            term=terms.position(term),
            memo=memos.optional(memo),
            code=codes.optional(code),
            manual=manual,
            cells=len(list(group)),
        )
        for (term, memo, code, manual), group in groupby(_in_order(briefs), lambda one: one[:4])
    )
    return day.model_copy(update={"terms": terms.all, "memos": memos.all, "codes": codes.all, "runs": runs})


def with_day(sheet: Timesheet, day: date, briefs: Briefs) -> Timesheet:
    """Return a week whose day has these cells, and no others."""
    weekday = day.weekday()
    kept = [(sheet.terms[one.term], one) for one in sheet.runs if one.day != weekday]
    new: list[tuple[str, WeekRun]] = []
    for _, group in groupby(sorted(briefs), lambda number: _kind(briefs[number])):
        numbers = list(group)
        term, manual, protected = _kind(briefs[numbers[0]])
        cells, first, last = len(numbers), numbers[0], numbers[-1]
        run = WeekRun(day=weekday, term=0, manual=manual, protected=protected, cells=cells, first=first, last=last)
        new.append((term, run))
    terms = _Texts()
    runs = tuple(
        run.model_copy(update={"term": terms.position(term)})
        for term, run in sorted([*kept, *new], key=lambda pair: pair[1].day)
    )
    return sheet.model_copy(update={"terms": terms.all, "runs": runs})


def _kind(one: Brief) -> tuple[str, bool, bool]:
    return one.term, one.manual, one.protected


def _in_order(briefs: Briefs) -> list[Brief]:
    return [briefs[number] for number in sorted(briefs)]


def taken_by_others(worker: WorkerDay, contract_id: str) -> frozenset[int]:
    """Return the numbers of the cells in which a person worked on other contracts."""
    return frozenset(
        number for contract, numbers in worker.contracts.items() if contract != contract_id for number in numbers
    )


def with_numbers(worker: WorkerDay, contract_id: str, numbers: Iterable[int]) -> WorkerDay:
    """Return a person's day with these cells of a contract, and no others of it."""
    contracts = {**worker.contracts, contract_id: tuple(sorted(numbers))}
    return worker.model_copy(
        update={"contracts": {contract: cells for contract, cells in sorted(contracts.items()) if cells}}
    )


def worked_cells(sheet: Timesheet) -> int:
    """Return the number of cells of a week."""
    return sum(one.cells for one in sheet.runs)


def same_content(one: Cell, other: Cell) -> bool:
    """Return whether two cells recorded the same. Their terms and when they expire follow from their times."""
    ignored: dict[str, object] = {"version": 0, "term_id": "", "expires": 0}
    return one.model_copy(update=ignored) == other.model_copy(update=ignored)


def files_of(cells: Sequence[Cell]) -> list[str]:
    """Return the ids of the pictures of some cells."""
    return [file_id for one in cells for file_id in (one.screenshot_id, one.webcam_id) if file_id]
