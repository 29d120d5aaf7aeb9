"""Views of the books for operators: shapes that are not stored."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from souk.domains.ledger.model import Account, AccountBalance, AccountKind, MonthTally
from souk.values.money import Money

_SUMMED = ("funds", "escrow", "earnings", "fees", "provider")


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account in the marketplace's books, in one currency."""

    kind: str
    organization_id: str | None
    contract_id: str | None
    balance: Money

    @classmethod
    def of(cls, balance: AccountBalance) -> "LedgerAccount":
        """Return the view of an account's balance."""
        account = balance.account
        return cls(account.kind, *owner_of(account), Money(balance.minor, account.currency))


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of a booking."""

    account: str
    organization_id: str | None
    contract_id: str | None
    amount: Money
    of: Account


@dataclass(frozen=True, slots=True)
class LedgerBalance:
    """The sums of the accounts of each kind, in one currency."""

    currency: str
    funds: Money
    escrow: Money
    earnings: Money
    fees: Money
    provider: Money
    sum: Money
    checked_date_time: str


@dataclass(frozen=True, slots=True)
class FeeIncome:
    """The marketplace's fees of a month in one currency."""

    month: str
    currency: str
    client_fees: Money
    vendor_fees: Money
    reversed: Money
    total: Money
    bookings: int


def owner_of(account: Account) -> tuple[str | None, str | None]:
    """Return the organization and the contract that an account belongs to."""
    if account.kind is AccountKind.ESCROW:
        return None, account.owner
    return account.owner or None, None


def balances(tallies: Iterable[MonthTally], now: str) -> list[LedgerBalance]:
    """Return the sums of all bookings, by currency."""
    sums: dict[str, Counter[str]] = {}
    for tally in tallies:
        of_currency = sums.setdefault(tally.currency, Counter())
        for name in _SUMMED:
            of_currency[name] += getattr(tally, name)
    return [
        LedgerBalance(
            currency=currency,
            **{name: Money(of_currency[name], currency) for name in _SUMMED},
            sum=Money(of_currency.total(), currency),
            checked_date_time=now,
        )
        for currency, of_currency in sorted(sums.items())
    ]


def fee_income(tallies: Iterable[MonthTally]) -> list[FeeIncome]:
    """Return the fees by month and currency, oldest month first. Months without fees are left out."""
    found: dict[str, MonthTally] = {}
    for tally in tallies:
        before = found.get(tally.at, MonthTally(at=tally.at))
        names = ("fee_bookings", "client_fees", "vendor_fees", "reversed_fees")
        found[tally.at] = before.model_copy(
            update={name: getattr(before, name) + getattr(tally, name) for name in names}
        )
    return [
        FeeIncome(
            month=one.month,
            currency=one.currency,
            client_fees=Money(one.client_fees, one.currency),
            vendor_fees=Money(one.vendor_fees, one.currency),
            reversed=Money(one.reversed_fees, one.currency),
            total=Money(one.fees, one.currency),
            bookings=one.fee_bookings,
        )
        for _, one in sorted(found.items())
        if one.fee_bookings
    ]
