"""The interface of payment providers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from souk.domains.payments.model import CardRefund, PaymentOrder


class PaymentStatus(StrEnum):
    """The status of a payment at a provider."""

    OPEN = "OPEN"
    """Not paid yet."""
    PAID = "PAID"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    """Not paid, and no longer payable."""
    REFUNDED = "REFUNDED"


@dataclass(frozen=True, slots=True)
class Report:
    """A provider's answer."""

    status: PaymentStatus
    reference: str | None = None
    """The provider's id of the payment."""
    url: str | None = None
    """Only checkouts: the URL of the payment page; None for Souk's own page."""
    reason: str | None = None
    """The reason of a decline, as text for people."""


class PaymentProvider(Protocol):
    """A payment provider. All calls are idempotent by the order's id, so they take money once.

    A call raises SoukError if the provider cannot be reached or gives no clear answer. Souk then asks again later.
    """

    @property
    def name(self) -> str:
        """The provider's name in stored orders."""

    def begin(self, order: PaymentOrder) -> Report:
        """Create a payment, with a payment page for a checkout. This moves no money yet.

        Returns DECLINED if the provider cannot take such a payment at all.
        """

    def has_saved_card(self, company_id: str) -> bool:
        """Return whether a company has a saved payment method that can be charged."""

    def charge(self, order: PaymentOrder) -> Report:
        """Charge the client's saved payment method for a created payment. The client is not present."""

    def look_up(self, order: PaymentOrder) -> Report:
        """Return the status of a payment."""

    def refund(self, order: PaymentOrder) -> Report:
        """Refund a payment in full."""

    def refund_part(self, order: PaymentOrder, refund: CardRefund) -> Report:
        """Refund a part of a payment, once for each refund's id.

        Returns REFUNDED, DECLINED with a reason if the provider refuses for good, or OPEN if it is not decided yet.
        """

    def cancel(self, order: PaymentOrder) -> None:
        """Cancel a created payment, if that is still possible."""

    def forget(self, company_id: str) -> None:
        """Delete what is saved for later payments of a company: its customer, with cards and addresses."""


@runtime_checkable
class WebhookSource(Protocol):
    """A provider that sends webhooks about payments."""

    def order_id_in_webhook(self, payload: bytes, signature: str) -> str | None:
        """Return the order's id in a webhook; None for other payments. Raises Unauthorized for a bad signature."""
