"""Bookings: the lines of each kind of payment. Pure.

The lines of a booking sum to zero. The client pays the amount plus the client's fee. The freelancer gets the amount
less the vendor's fee. Amounts are minor units of the deal's currency.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from souk.domains.ledger.model import Account, AccountKind, BookingKind, Deal, LedgerTransaction, Line
from souk.domains.ledger.rules.fees import fee

HOURLY_KINDS: Final = frozenset({BookingKind.HOURLY, BookingKind.HOURLY_RELEASE, BookingKind.HOURLY_REFUND})
"""The bookings of an hourly contract's weeks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The id, time, description and references of a booking."""

    id: str
    at: str
    """ISO 8601, UTC."""
    description: str = ""
    milestone_id: str | None = None
    order_id: str | None = None
    """The payment order, for a payment by a provider."""
    notes: str | None = None
    week: str | None = None
    """The Monday of an hourly contract's week."""
    review_ends: str | None = None
    """When the client's review of that week ends."""


def charge_of(deal: Deal, amount: int) -> int:
    """Return the amount that the client pays: the given amount plus the client's fee."""
    return amount + fee(amount, deal.fees.client)


def payment(deal: Deal, charge: int, entry: Entry) -> LedgerTransaction:
    """Return the booking of money that a provider took in. Other bookings of the same payment spend it."""
    lines = [(AccountKind.PROVIDER, -charge), (AccountKind.FUNDS, charge)]
    return _booking(BookingKind.PAYMENT, deal, charge, entry, lines)


def funding(deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return the booking that puts an amount into escrow."""
    client_fee = fee(amount, deal.fees.client)
    lines = [(AccountKind.FUNDS, -amount - client_fee), (AccountKind.ESCROW, amount), (AccountKind.FEES, client_fee)]
    return _booking(BookingKind.FUNDING, deal, amount, entry, lines)


def release(deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return the booking that pays the freelancer out of escrow."""
    vendor_fee = fee(amount, deal.fees.vendor)
    lines = [(AccountKind.ESCROW, -amount), (AccountKind.EARNINGS, amount - vendor_fee), (AccountKind.FEES, vendor_fee)]
    return _booking(BookingKind.RELEASE, deal, amount, entry, lines)


def refund(deal: Deal, amount: int, fee_back: int, entry: Entry) -> LedgerTransaction:
    """Return the booking that refunds an amount of escrow to the client, with the fee that was charged for it."""
    lines = [(AccountKind.ESCROW, -amount), (AccountKind.FEES, -fee_back), (AccountKind.FUNDS, amount + fee_back)]
    return _booking(BookingKind.REFUND, deal, amount, entry, lines)


def direct(kind: BookingKind, deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return the booking that pays the freelancer directly: an overpayment or a bonus."""
    client_fee, vendor_fee = fee(amount, deal.fees.client), fee(amount, deal.fees.vendor)
    lines = [
        (AccountKind.FUNDS, -amount - client_fee),
        (AccountKind.EARNINGS, amount - vendor_fee),
        (AccountKind.FEES, client_fee + vendor_fee),
    ]
    return _booking(kind, deal, amount, entry, lines)


def hourly_id(contract_id: str, week: str) -> str:
    """Return the id of the booking of a week. A week is booked once, as a booking's id is never used again."""
    return f"{contract_id}-{week.replace('-', '')}"


def hourly(deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return the booking that sets the amount of a week aside."""
    client_fee = fee(amount, deal.fees.client)
    lines = [(AccountKind.FUNDS, -amount - client_fee), (AccountKind.ESCROW, amount), (AccountKind.FEES, client_fee)]
    return _booking(BookingKind.HOURLY, deal, amount, entry, lines)


def hourly_release(deal: Deal, amount: int, minutes: int, entry: Entry) -> LedgerTransaction:
    """Return the booking that pays the freelancer for a week."""
    vendor_fee = fee(amount, deal.fees.vendor)
    lines = [(AccountKind.ESCROW, -amount), (AccountKind.EARNINGS, amount - vendor_fee), (AccountKind.FEES, vendor_fee)]
    booking = _booking(BookingKind.HOURLY_RELEASE, deal, amount, entry, lines)
    return booking.model_copy(update={"minutes": minutes})


@dataclass(frozen=True, slots=True)
class HoursBack:
    """The part of a week that goes back to the client."""

    amount: int
    """Before fees."""
    client_fee: int
    """The part of the client's fee that goes back with it."""
    vendor_fee: int
    """The part of the vendor's fee that goes back to the freelancer, if the week was released."""
    minutes: int
    released: bool
    """Whether the freelancer has been paid for the week."""


def hourly_refund(deal: Deal, back: HoursBack, entry: Entry) -> LedgerTransaction:
    """Return the booking that refunds a part of a week: from escrow, or from earnings after the release."""
    lines = [(AccountKind.FEES, -back.client_fee), (AccountKind.FUNDS, back.amount + back.client_fee)]
    if back.released:
        lines += [(AccountKind.EARNINGS, back.vendor_fee - back.amount), (AccountKind.FEES, -back.vendor_fee)]
    else:
        lines.append((AccountKind.ESCROW, -back.amount))
    booking = _booking(BookingKind.HOURLY_REFUND, deal, back.amount, entry, lines)
    paid = {"earned": -back.amount, "minutes": -back.minutes} if back.released else {}
    return booking.model_copy(update={**paid, "reverses": hourly_id(deal.contract_id, entry.week or "")})


def card_refund(deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return the booking of a client's money that goes back to the card it came from."""
    return _booking(
        BookingKind.CARD_REFUND, deal, amount, entry, [(AccountKind.FUNDS, -amount), (AccountKind.PROVIDER, amount)]
    )


def reversal(booking: LedgerTransaction, entry: Entry) -> LedgerTransaction:
    """Return the reversal of a booking. Raises ValueError for a reversal, and for a booking of a week."""
    if booking.kind is BookingKind.REVERSAL:
        raise ValueError("A reversal cannot be reversed; make a new booking instead.")
    if booking.kind in HOURLY_KINDS:
        raise ValueError("A week is not reversed; its hours are refunded, which changes its timesheet, too.")
    return booking.model_copy(
        update={
            "id": entry.id,
            "at": entry.at,
            "kind": BookingKind.REVERSAL,
            "description": entry.description,
            "order_id": entry.order_id,
            "reverses": booking.id,
            "version": 0,
            "amount": -booking.amount,
            "earned": -booking.earned,
            "lines": tuple(Line(account=line.account, minor=-line.minor) for line in booking.lines),
        }
    )


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """The change of an account's balance, and the minimum balance afterwards (None for no minimum)."""

    account: Account
    by: int
    at_least: int | None


_PAYS: Final = (BookingKind.RELEASE, BookingKind.OVERPAYMENT, BookingKind.BONUS, BookingKind.HOURLY_RELEASE)
WITH_BALANCE: Final = (AccountKind.FUNDS, AccountKind.ESCROW, AccountKind.EARNINGS)
"""The accounts with a balance item: those of companies and contracts."""


def balance_changes(bookings: Sequence[LedgerTransaction]) -> list[BalanceChange]:
    """Return the changes of balances by the bookings of one transaction.

    Escrow, earnings, and the funds of a client who does not pay on account must not become negative. Nobody's funds
    may be negative after a refund to a card.
    """
    balances: Counter[Account] = Counter()
    on_account = set()
    for booking in bookings:
        if booking.deal.on_account and booking.kind is not BookingKind.CARD_REFUND:
            on_account.add(account(AccountKind.FUNDS, booking.deal))
        for line in booking.lines:
            if line.account.kind in WITH_BALANCE:
                balances[line.account] += line.minor
    return [BalanceChange(one, by, None if by > 0 or one in on_account else 0) for one, by in balances.items() if by]


def _booking(
    kind: BookingKind, deal: Deal, amount: int, entry: Entry, moves: Iterable[tuple[AccountKind, int]]
) -> LedgerTransaction:
    lines = tuple(Line(account=account(account_kind, deal), minor=minor) for account_kind, minor in moves if minor)
    if sum(line.minor for line in lines):
        raise ValueError(f"The lines of a {kind} do not sum to zero.")
    return LedgerTransaction(
        id=entry.id,
        at=entry.at,
        kind=kind,
        deal=deal,
        amount=amount,
        earned=amount if kind in _PAYS else 0,
        lines=lines,
        milestone_id=entry.milestone_id,
        week=entry.week,
        review_ends=entry.review_ends,
        description=entry.description,
        notes=entry.notes,
        order_id=entry.order_id,
    )


def account(kind: AccountKind, deal: Deal) -> Account:
    """Return the account of a kind for a deal."""
    owners = {
        AccountKind.FUNDS: deal.client_company_id,
        AccountKind.ESCROW: deal.contract_id,
        AccountKind.EARNINGS: deal.vendor_company_id,
    }
    return Account(kind=kind, owner=owners.get(kind, ""), currency=deal.currency)
