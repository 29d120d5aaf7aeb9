"""What a booking adds to the sums of its month. Pure."""

from typing import Final

from souk.domains.ledger.model import AccountKind, BookingKind, LedgerTransaction

_BY_CLIENT: Final = frozenset({BookingKind.FUNDING, BookingKind.HOURLY})
_BY_VENDOR: Final = frozenset({BookingKind.RELEASE, BookingKind.HOURLY_RELEASE})
_BY_BOTH: Final = frozenset({BookingKind.OVERPAYMENT, BookingKind.BONUS})


def month_and_currency(booking: LedgerTransaction) -> str:
    """Return the month and the currency of a booking: `2026-07#USD`."""
    return f"{booking.at[:7]}#{booking.deal.currency}"


def sums(booking: LedgerTransaction) -> dict[str, int]:
    """Return what a booking adds to the fields of its `MonthTally`."""
    fees = booking.on(AccountKind.FEES)
    return {
        "bookings": 1,
        "fee_bookings": 1 if fees else 0,
        "funds": booking.on(AccountKind.FUNDS),
        "escrow": booking.on(AccountKind.ESCROW),
        "earnings": booking.on(AccountKind.EARNINGS),
        "provider": booking.on(AccountKind.PROVIDER),
        **_fees(booking, fees),
    }


def _fees(booking: LedgerTransaction, fees: int) -> dict[str, int]:
    """Return the parts of a booking's fees. A fee that goes back counts as reversed, whichever side had paid it."""
    if booking.kind in _BY_CLIENT:
        return {"client_fees": fees}
    if booking.kind in _BY_VENDOR:
        return {"vendor_fees": fees}
    if booking.kind in _BY_BOTH:
        vendor = booking.amount - booking.on(AccountKind.EARNINGS)
        return {"client_fees": fees - vendor, "vendor_fees": vendor}
    return {"reversed_fees": -fees}
