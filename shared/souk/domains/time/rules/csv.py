"""Weeks as CSV, for people who keep books. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from souk.values.money import Money
from souk.values.sheets import Cell, csv_of

MOST_WEEKS: Final = 5_000
"""The weeks of a file."""
HEADER: Final = (
    "Week",
    "Contract",
    "Title",
    "Freelancer",
    "Team",
    "State",
    "Minutes worked",
    "Minutes tracked",
    "Minutes manual",
    "Minutes overtime",
    "Minutes billable",
    "Minutes refunded",
    "Currency",
    "Amount",
    "Stipend",
    "Client fee",
    "Charge",
    "Vendor fee",
    "Earnings",
    "Refunded",
    "Billed",
    "Released",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """A week as a line. What the reader may not see is None, and empty in the file."""

    week: str
    """The Monday: yyyy-mm-dd."""
    contract_id: str
    title: str | None
    freelancer: str | None
    """The public name."""
    team: str | None
    """The client's."""
    state: str
    worked: int
    """Minutes, as all times here."""
    tracked: int
    manual: int
    overtime: int
    billable: int
    refunded: int
    currency: str
    amount: Money | None
    stipend: Money | None
    client_fee: Money | None
    charge: Money | None
    vendor_fee: Money | None
    earnings: Money | None
    refunded_amount: Money | None
    billed: str | None
    """ISO 8601, UTC."""
    released: str | None


def csv_of_weeks(lines: Iterable[WeekLine]) -> str:
    """Return weeks as CSV, in their order."""
    return csv_of(HEADER, (_cells(one) for one in lines))


def _cells(one: WeekLine) -> list[Cell]:
    amounts = (
        one.amount,
        one.stipend,
        one.client_fee,
        one.charge,
        one.vendor_fee,
        one.earnings,
        one.refunded_amount,
    )
    return [
        one.week,
        one.contract_id,
        one.title,
        one.freelancer,
        one.team,
        one.state,
        one.worked,
        one.tracked,
        one.manual,
        one.overtime,
        one.billable,
        one.refunded,
        one.currency,
        *(None if each is None else Decimal(each.raw_value) for each in amounts),
        one.billed,
        one.released,
    ]
