"""Which bookings can be reversed, and what accounts hold for it. Pure."""

from collections.abc import Mapping
from typing import Final

from souk.domains.ledger.model import Account, AccountKind, BookingKind, LedgerTransaction
from souk.domains.ledger.rules.entries import HOURLY_KINDS, balance_changes
from souk.values.errors import Conflict
from souk.values.money import Money

_REFUSED: Final[Mapping[BookingKind, str]] = {
    BookingKind.REVERSAL: "A reversal cannot be reversed. Make a new payment instead.",
    BookingKind.PAYMENT: "Money that a payment provider took in goes back as a refund of the payment.",
    BookingKind.CARD_REFUND: "This money went back to the card. It cannot be taken again.",
    **dict.fromkeys(HOURLY_KINDS, "A week is not reversed. Refund its hours, which changes its timesheet, too."),
}


def require_reversible(booking: LedgerTransaction) -> None:
    """Raise Conflict for a booking of a kind that is not reversed."""
    if reason := _REFUSED.get(booking.kind):
        raise Conflict(reason)


def missing(reversal: LedgerTransaction, balances: Mapping[Account, int]) -> Account | None:
    """Return the account that holds less than a reversal takes from it; None if there is none."""
    for change in balance_changes([reversal]):
        if change.at_least is not None and balances[change.account] + change.by < change.at_least:
            return change.account
    return None


def shortage(owner: str, account: Account, left: int, needed: int) -> str:
    """Return the sentence that says what an account holds of the amount that is needed."""
    return f"{owner} has {_amount(max(left, 0), account)} left of {_amount(needed, account)}."


def owner_of(account: Account, name: str | None) -> str:
    """Return the owner of an account in words."""
    if account.kind is AccountKind.ESCROW:
        return f"The escrow of contract {account.owner}"
    return name or f"Organization {account.owner}"


def _amount(minor: int, account: Account) -> str:
    return f"{Money(minor, account.currency).raw_value} {account.currency}"
