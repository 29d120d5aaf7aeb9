"""The rows of time reports. Pure.

A row is the time of a contract on a day under one term, activity and memo. Charges are rounded once for a week and
term, and the client's fee once for a week (`souk.domains.time.rules.hours`). What a row is charged is the difference
that it makes, in the order of term, day, activity and memo. So the rows of a week add up to its bill, whatever part of
it a report shows.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from souk.domains.contracts.model import Contract, Term
from souk.domains.ledger.rules.fees import fee
from souk.domains.time.model import MINUTES_OF_A_CELL, DaySum, Run, Timesheet
from souk.domains.time.rules.hours import amount_of, billable_cells

TaskKey = tuple[int, str, str]
"""The position of the term in the contract, the code and the memo: the order of a day's rows."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a row is charged, in minor units of the contract's currency."""

    total: int
    tracked: int


@dataclass(frozen=True, slots=True)
class Row:
    """The time of a contract on a day under one term, activity and memo."""

    contract: Contract
    day: date
    term: Term
    code: str | None
    memo: str | None
    key: TaskKey
    tracked_minutes: int
    manual_minutes: int
    charge: Charge | None
    """None for those who see only the hours."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The cells of a week before a day, in the order of work: those of each term."""

    runs: tuple[tuple[str, int], ...] = ()
    """The term's id, and the number of cells."""

    @classmethod
    def before(cls, week: Timesheet | None, day: date) -> "Earlier":
        """Return the cells of a week before one of its days."""
        if week is None:
            return cls()
        return cls(tuple((week.terms[run.term], run.cells) for run in week.runs if run.day < day.weekday()))


@dataclass(slots=True)
class _Tally:
    """The cells of a row: all, and those that are billable."""

    tracked: int = 0
    manual: int = 0
    billed_tracked: int = 0
    billed_manual: int = 0

    def add(self, run: Run, billed: int) -> None:
        if run.manual:
            self.manual += run.cells
            self.billed_manual += billed
        else:
            self.tracked += run.cells
            self.billed_tracked += billed


def rows_of(
    contract: Contract,
    one: DaySum,
    earlier: Earlier,
    *,
    limit: int | None,
    fee_rate: int = 0,
    charged: bool = True,
) -> list[Row]:
    """Return the rows of a day, in their order.

    `limit` is the week's, in hours (`limits.limit_of_week`); None means no limit. `fee_rate` is the fee that charges
    include, in hundredths of a percent. Without `charged`, rows have no charges.
    """
    places = {term.id: place for place, term in enumerate(contract.terms)}
    cells = [number for _, number in earlier.runs] + [run.cells for run in one.runs]
    billable = billable_cells(cells, limit)
    billed_before = billable[: len(earlier.runs)]
    tallies: dict[TaskKey, _Tally] = defaultdict(_Tally)
    for run, billed in zip(one.runs, billable[len(earlier.runs) :], strict=True):
        tallies[_key(one, run, places)].add(run, billed)
    bill = _Bill(contract, fee_rate)
    for (term_id, _), billed in zip(earlier.runs, billed_before, strict=True):
        bill.add(places[term_id], billed)
    return [
        Row(
            contract=contract,
            day=date.fromisoformat(one.day),
            term=contract.terms[key[0]],
            code=key[1] or None,
            memo=key[2] or None,
            key=key,
            tracked_minutes=tally.tracked * MINUTES_OF_A_CELL,
            manual_minutes=tally.manual * MINUTES_OF_A_CELL,
            charge=bill.charge(key[0], tally) if charged else None,
        )
        for key, tally in sorted(tallies.items())
    ]


def number_of_rows(one: DaySum) -> int:
    """Return how many rows a day has."""
    places = {term_id: place for place, term_id in enumerate(one.terms)}
    return len({_key(one, run, places) for run in one.runs})


def _key(one: DaySum, run: Run, places: Mapping[str, int]) -> TaskKey:
    code = "" if run.code is None else one.codes[run.code]
    memo = "" if run.memo is None else one.memos[run.memo]
    return places[one.terms[run.term]], code, memo


class _Bill:
    """What a week comes to so far."""

    def __init__(self, contract: Contract, fee_rate: int) -> None:
        self._rates = [term.rate or 0 for term in contract.terms]
        self._minutes = [0] * len(contract.terms)
        self._fee_rate = fee_rate
        self._amount = 0

    def add(self, term: int, cells: int) -> int:
        """Add cells of a term, and return what they come to."""
        before = amount_of(self._minutes[term], self._rates[term])
        self._minutes[term] += cells * MINUTES_OF_A_CELL
        added = amount_of(self._minutes[term], self._rates[term]) - before
        charged = added + fee(self._amount + added, self._fee_rate) - fee(self._amount, self._fee_rate)
        self._amount += added
        return charged

    def charge(self, term: int, tally: _Tally) -> Charge:
        """Add the cells of a row, tracked ones first, and return what it is charged."""
        tracked = self.add(term, tally.billed_tracked)
        return Charge(tracked + self.add(term, tally.billed_manual), tracked)
