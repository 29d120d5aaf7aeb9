"""The verification of a company's payment method. Pure."""

from typing import Final

from souk.domains.identity.model import PaymentVerificationStatus

_STAYS: Final = frozenset(
    {
        PaymentVerificationStatus.VERIFIED,
        PaymentVerificationStatus.ONHOLD,
        PaymentVerificationStatus.DEPOSIT_UNSUPPORTED,
    }
)
"""The statuses that a payment does not change: an operator holds the company, or there is nothing to prove."""


def proved_by_payment(status: PaymentVerificationStatus | None) -> bool:
    """Return whether a payment that arrived changes this status to VERIFIED."""
    return status not in _STAYS
