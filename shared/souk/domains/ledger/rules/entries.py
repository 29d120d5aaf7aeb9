"""The books: what each kind of payment moves between accounts. Pure.

Every booking's lines sum to zero. What a client is charged is the amount and the client's fee on top; what a freelancer
gets is the amount less the vendor's fee. Amounts are minor units of the deal's currency.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from souk.domains.ledger.model import Account, AccountKind, BookingKind, Deal, LedgerTransaction, Line
from souk.domains.ledger.rules.fees import fee


@dataclass(frozen=True, slots=True)
class Entry:
    """What a booking is called by, and what it is about."""

    id: str
    at: str
    """ISO 8601, UTC."""
    description: str = ""
    milestone_id: str | None = None
    order_id: str | None = None
    """The payment that it is part of, where a provider was asked."""
    notes: str | None = None


def charge_of(deal: Deal, amount: int) -> int:
    """Return what a client is charged for an amount: their fee is on top."""
    return amount + fee(amount, deal.fees.client)


def payment(deal: Deal, charge: int, entry: Entry) -> LedgerTransaction:
    """Return what a provider has taken in for the client, which other bookings of the same payment spend."""
    lines = [(AccountKind.PROVIDER, -charge), (AccountKind.FUNDS, charge)]
    return _booking(BookingKind.PAYMENT, deal, charge, entry, lines)


def funding(deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return what puts an amount into escrow."""
    on_top = fee(amount, deal.fees.client)
    lines = [(AccountKind.FUNDS, -amount - on_top), (AccountKind.ESCROW, amount), (AccountKind.FEES, on_top)]
    return _booking(BookingKind.FUNDING, deal, amount, entry, lines)


def release(deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return what pays the freelancer out of escrow."""
    kept = fee(amount, deal.fees.vendor)
    lines = [(AccountKind.ESCROW, -amount), (AccountKind.EARNINGS, amount - kept), (AccountKind.FEES, kept)]
    return _booking(BookingKind.RELEASE, deal, amount, entry, lines)


def refund(deal: Deal, amount: int, fee_back: int, entry: Entry) -> LedgerTransaction:
    """Return what gives the client an amount of escrow back, with the fee that was charged for it."""
    lines = [(AccountKind.ESCROW, -amount), (AccountKind.FEES, -fee_back), (AccountKind.FUNDS, amount + fee_back)]
    return _booking(BookingKind.REFUND, deal, amount, entry, lines)


def direct(kind: BookingKind, deal: Deal, amount: int, entry: Entry) -> LedgerTransaction:
    """Return what pays the freelancer at once: an overpayment or a bonus."""
    on_top, kept = fee(amount, deal.fees.client), fee(amount, deal.fees.vendor)
    lines = [
        (AccountKind.FUNDS, -amount - on_top),
        (AccountKind.EARNINGS, amount - kept),
        (AccountKind.FEES, on_top + kept),
    ]
    return _booking(kind, deal, amount, entry, lines)


def reversal(booking: LedgerTransaction, entry: Entry) -> LedgerTransaction:
    """Return what takes a booking back. Raises ValueError for one that takes back another itself."""
    if booking.kind is BookingKind.REVERSAL:
        raise ValueError("What was reversed is booked anew, not reversed twice.")
    return booking.model_copy(
        update={
            "id": entry.id,
            "at": entry.at,
            "kind": BookingKind.REVERSAL,
            "description": entry.description,
            "order_id": None,
            "reverses": booking.id,
            "version": 0,
            "amount": -booking.amount,
            "earned": -booking.earned,
            "lines": tuple(Line(account=line.account, minor=-line.minor) for line in booking.lines),
        }
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """What bookings add to the balance of an account, and the least that may be there afterwards, if that matters."""

    account: Account
    by: int
    at_least: int | None


_PAYS: Final = (BookingKind.RELEASE, BookingKind.OVERPAYMENT, BookingKind.BONUS)
KEPT: Final = (AccountKind.FUNDS, AccountKind.ESCROW, AccountKind.EARNINGS)
"""The accounts that have a balance: those of companies and contracts."""


def effects(bookings: Sequence[LedgerTransaction]) -> list[Effect]:
    """Return what bookings of one moment do to balances.

    Nobody pays what is not there: escrow and earnings never fall below zero, nor do the funds of a client who does not
    pay on account.
    """
    balances: Counter[Account] = Counter()
    on_account = set()
    for booking in bookings:
        if booking.deal.on_account:
            on_account.add(account(AccountKind.FUNDS, booking.deal))
        for line in booking.lines:
            if line.account.kind in KEPT:
                balances[line.account] += line.minor
    return [Effect(one, by, None if by > 0 or one in on_account else 0) for one, by in balances.items() if by]


def _booking(
    kind: BookingKind, deal: Deal, amount: int, entry: Entry, moves: Iterable[tuple[AccountKind, int]]
) -> LedgerTransaction:
    lines = tuple(Line(account=account(of, deal), minor=minor) for of, minor in moves if minor)
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
        description=entry.description,
        notes=entry.notes,
        order_id=entry.order_id,
    )


def account(kind: AccountKind, deal: Deal) -> Account:
    """Return the account of a kind that a deal's money moves on."""
    owners = {
        AccountKind.FUNDS: deal.client_company_id,
        AccountKind.ESCROW: deal.contract_id,
        AccountKind.EARNINGS: deal.vendor_company_id,
    }
    return Account(kind=kind, owner=owners.get(kind, ""), currency=deal.currency)
