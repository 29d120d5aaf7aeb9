"""Stored payment orders: payments requested from a provider."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import Field, model_validator

from souk.domains.ledger.model import Deal
from souk.storage import Entity

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
    """Souk's page that shows the status of a checkout."""
    user_id: str
    """The user who requested it."""
    created: str
    modified: str
    expires: str
    """The deadline of the payment."""

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
