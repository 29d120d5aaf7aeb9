"""What a week costs, and what goes back. Amounts are minor units of the contract's currency. Pure.

The refunded minutes of a week are always its last billable ones, in the order of work. So what is kept of a week
follows from their number, and a refund is the difference of two such amounts: parts always add up to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.limits import limit_of_week
from souk.domains.ledger.rules.entries import HoursBack
from souk.domains.ledger.rules.fees import fee
from souk.domains.time.model import MINUTES_OF_A_CELL, Bill, BilledTerm, Stage, Timesheet, WeekRun
from souk.domains.time.rules.hours import amount_of, billable_cells
from souk.domains.time.rules.weeks import DAY

_DAYS_OF_A_WEEK: Final = 7


def bill_of(sheet: Timesheet, contract: Contract, stipend: int) -> Bill:
    """Return the bill of a week, from its time and its contract. `stipend` is its part of the stipend (`stipends`)."""
    limit = limit_of_week(contract, sheet.week)
    rates = {one.id: one.rate or 0 for one in contract.terms}
    order = {one.id: at for at, one in enumerate(contract.terms)}
    minutes = dict.fromkeys(sorted(_with_time(sheet), key=lambda id_: order.get(id_, 0)), 0)
    for run, cells in zip(sheet.runs, billable_cells([one.cells for one in sheet.runs], limit), strict=True):
        minutes[sheet.terms[run.term]] += cells * MINUTES_OF_A_CELL
    terms = tuple(BilledTerm(term_id=id_, rate=rates.get(id_, 0), minutes=each) for id_, each in minutes.items())
    return Bill(terms=terms, limit=limit, stipend=stipend, fees=contract.fees)


def _with_time(sheet: Timesheet) -> set[str]:
    return {sheet.terms[one.term] for one in sheet.runs}


def kept(bill: Bill, refunded: int) -> int:
    """Return the amount before fees, with the stipend, of a week of which some minutes are refunded."""
    left, amount = bill.minutes - refunded, bill.stipend
    for term in bill.terms:
        minutes = min(left, term.minutes)
        amount += amount_of(minutes, term.rate)
        left -= minutes
    return amount


def client_fee(bill: Bill, refunded: int) -> int:
    """Return the client's fee of a week of which some minutes are refunded."""
    return fee(kept(bill, refunded), bill.fees.client)


def vendor_fee(bill: Bill, refunded: int) -> int:
    """Return the vendor's fee of a week of which some minutes are refunded."""
    return fee(kept(bill, refunded), bill.fees.vendor)


def hours_back(sheet: Timesheet, bill: Bill, minutes: int) -> HoursBack:
    """Return what goes back to the client with some minutes more."""
    before, after = sheet.refunded, sheet.refunded + minutes
    return HoursBack(
        amount=kept(bill, before) - kept(bill, after),
        client_fee=client_fee(bill, before) - client_fee(bill, after),
        vendor_fee=vendor_fee(bill, before) - vendor_fee(bill, after),
        minutes=minutes,
        released=sheet.stage is Stage.RELEASED,
    )


@dataclass(frozen=True, slots=True)
class DayMinutes:
    """The time of a day, in minutes."""

    date: str
    tracked: int
    manual: int
    overtime: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """The time of a week, in minutes."""

    tracked: int
    manual: int
    overtime: int
    protected: int
    days: tuple[DayMinutes, ...]


def minutes_of(sheet: Timesheet, limit: int | None) -> Minutes:
    """Return the time of a week. What is beyond the limit, in the order of work, is overtime."""
    billable = billable_cells([one.cells for one in sheet.runs], limit)
    runs = list(zip(sheet.runs, billable, strict=True))
    monday = date.fromisoformat(sheet.week)
    days = tuple(
        _day(monday, number, [one for one in runs if one[0].day == number])
        for number in range(_DAYS_OF_A_WEEK)
        if any(run.day == number for run in sheet.runs)
    )
    return Minutes(
        tracked=sum(one.tracked for one in days),
        manual=sum(one.manual for one in days),
        overtime=sum(one.overtime for one in days),
        protected=sum(cells for run, cells in runs if run.protected) * MINUTES_OF_A_CELL,
        days=days,
    )


def _day(monday: date, number: int, runs: Sequence[tuple[WeekRun, int]]) -> DayMinutes:
    tracked, manual = (sum(one.cells for one, _ in runs if one.manual is kind) for kind in (False, True))
    overtime = sum(one.cells - cells for one, cells in runs)
    found = (cells * MINUTES_OF_A_CELL for cells in (tracked, manual, overtime))
    return DayMinutes((monday + number * DAY).isoformat(), *found)
