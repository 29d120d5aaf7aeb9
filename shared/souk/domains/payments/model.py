"""Stored payment orders: payments requested from a provider."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import Field, model_validator

from souk.domains.ledger.model import Deal
from souk.storage import Entity, Model

_EARLIER_PURPOSES: Final = {
    "FUND_MILESTONE": "milestones.fund",
    "APPROVE_MILESTONE": "milestones.approve",
    "CUSTOM_PAYMENT": "contracts.custom_payment",
}
"""The purposes of release 0.1.0 and their names now."""
_EARLIER_DETAILS: Final = ("offerId", "milestoneId", "approval", "notes")


class OrderState(StrEnum):
    """The state of a payment order."""

    OPEN = "OPEN"
    """The provider has been or will be asked."""
    PAID = "PAID"
    """The money arrived, but the purpose is no longer possible: it is being refunded."""
    FULFILLED = "FULFILLED"
    """The money arrived, and the purpose is done."""
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    REFUNDED = "REFUNDED"


class RefundState(StrEnum):
    """The state of a refund to the card."""

    PENDING = "PENDING"
    """The money has left the client's funds. The provider has been or will be asked."""
    DONE = "DONE"
    FAILED = "FAILED"
    """The provider refused. The money is back in the client's funds."""


class CardRefund(Model):
    """A part of a payment that goes back to the card."""

    id: str
    amount: int
    state: RefundState = RefundState.PENDING
    booking_id: str
    """The booking that took the amount out of the client's funds."""
    user_id: str
    """The operator."""
    problem: str | None = None
    """Why the provider refused."""
    created: str
    """ISO 8601, UTC."""


class PaymentOrder(Entity):
    """A payment requested from a provider. It is stored with its purpose before the provider is called.

    Amounts are minor units of the deal's currency; times are ISO 8601, UTC.
    """

    id: str
    purpose: str
    """The name of the handlers that a domain declares (`Domain.paid`), such as `milestones.fund`."""
    details: Mapping[str, Any] = Field(default_factory=dict)
    """JSON for the handlers of the purpose."""
    provider: str
    """The name of the provider."""
    deal: Deal
    amount: int
    """The freelancer's part, before fees."""
    charge: int
    """The amount that the client is charged, fees included."""
    title: str
    state: OrderState = OrderState.OPEN
    reason: str | None = None
    """The reason of a decline or a refund."""
    booking_id: str
    """The id of its booking. An approval can make several; this is the first after the payment's own."""
    checkout: bool = False
    """Whether the client pays it on a page. Other orders are charged to the client's saved payment method."""
    reference: str | None = None
    """The provider's id of the payment."""
    url: str | None = None
    """The provider's page of a checkout; None where Souk shows the page."""
    return_url: str = ""
    """Souk's page that shows the status of a checkout. Weeks that were ordered in an earlier release have the client's
    own page here, if the client named one."""
    back_url: str | None = None
    """The client's page that the status page leads back to."""
    refunds: tuple[CardRefund, ...] = ()
    """The refunds to the card, oldest first."""
    user_id: str
    """The user who requested it."""
    created: str
    modified: str
    expires: str
    """The deadline of the payment."""

    @property
    def refunded(self) -> int:
        """The amount that has gone back to the card."""
        if self.state is OrderState.REFUNDED and not self.refunds:
            return self.charge  # it was not used, so all of it went back
        return sum(one.amount for one in self.refunds if one.state is RefundState.DONE)

    @property
    def left(self) -> int:
        """The amount that can still go back to the card."""
        return self.charge - sum(one.amount for one in self.refunds if one.state is not RefundState.FAILED)

    @property
    def pending_refund(self) -> CardRefund | None:
        """The first refund that the provider has not answered yet."""
        return next((one for one in self.refunds if one.state is RefundState.PENDING), None)

    @property
    def waits_since(self) -> str | None:
        """From when on the order waits for something that should have happened; None if nothing is to happen."""
        if self.state is OrderState.OPEN:
            return self.expires
        if pending := self.pending_refund:
            return pending.created
        return self.modified if self.state is OrderState.PAID else None

    @model_validator(mode="before")
    @classmethod
    def _read_earlier_purposes(cls, stored: Any) -> Any:
        """Read an order that release 0.1.0 stored, with other names of purposes and their details at the top."""
        if not isinstance(stored, dict) or stored.get("purpose") not in _EARLIER_PURPOSES:
            return stored
        earlier = stored["purpose"]
        return stored | {
            "purpose": _EARLIER_PURPOSES[earlier],
            "details": {name: stored[name] for name in _EARLIER_DETAILS if name in stored},
            "checkout": earlier == "FUND_MILESTONE",
        }
