"""What Souk needs of a payment provider."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from souk.domains.payments.model import PaymentOrder


class Standing(StrEnum):
    """What a provider says of a payment."""

    OPEN = "OPEN"
    """It is not paid, and may be yet."""
    PAID = "PAID"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    """It is not paid, and will not be."""
    REFUNDED = "REFUNDED"


@dataclass(frozen=True, slots=True)
class Report:
    """A provider's answer."""

    standing: Standing
    reference: str | None = None
    """What the provider calls the payment."""
    url: str | None = None
    """Of a checkout: where it is paid; None where that is a page of ours."""
    reason: str | None = None
    """Why it is declined, for people to read."""


class PaymentProvider(Protocol):
    """A payment provider. Each call may be repeated: it means the same payment, by its id, and takes money once.

    A call raises SoukError where the provider cannot be reached or gives no clear answer; what has become of the
    payment is then asked for later.
    """

    @property
    def name(self) -> str:
        """What it is called in the records."""

    def begin(self, order: PaymentOrder) -> Report:
        """Make a payment known, which moves no money yet. Of a checkout it makes the page where somebody pays.

        It is DECLINED where the provider cannot take such a payment at all.
        """

    def charge(self, order: PaymentOrder) -> Report:
        """Charge what the client has saved for a payment that was begun, with nobody there."""

    def look_up(self, order: PaymentOrder) -> Report:
        """Say how a payment stands."""

    def give_back(self, order: PaymentOrder) -> Report:
        """Give the whole of a payment back."""

    def call_off(self, order: PaymentOrder) -> None:
        """Make that a payment that was begun takes no money any more, if that can still be done."""


@runtime_checkable
class TellsByWebhook(Protocol):
    """A provider that says by itself that something has become of a payment."""

    def heard_of(self, payload: bytes, signature: str) -> str | None:
        """Return which payment a message is about, if any of ours. Raises Unauthorized for what it has not signed."""
