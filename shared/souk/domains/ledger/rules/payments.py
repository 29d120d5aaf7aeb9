"""What bookings pay freelancers. Pure."""

from collections.abc import Sequence

from souk.domains.ledger.model import AccountKind, LedgerTransaction
from souk.domains.market.model import Payment


def payments_of(bookings: Sequence[LedgerTransaction]) -> list[Payment]:
    """Return what the bookings of one transaction pay freelancers, in one payment for each contract."""
    by_contract: dict[str, list[LedgerTransaction]] = {}
    for booking in bookings:
        if booking.earned or booking.minutes:
            by_contract.setdefault(booking.deal.contract_id, []).append(booking)
    return [_payment(of_contract) for of_contract in by_contract.values()]


def _payment(bookings: Sequence[LedgerTransaction]) -> Payment:
    deal, at = bookings[0].deal, bookings[0].at
    return Payment(
        user_id=deal.vendor_user_id,
        contract_id=deal.contract_id,
        hourly=deal.hourly,
        agency=deal.agency,
        currency=deal.currency,
        at=at,
        earned=sum(one.earned for one in bookings),
        received=sum(one.on(AccountKind.EARNINGS) for one in bookings),
        minutes=sum(one.minutes for one in bookings),
    )
