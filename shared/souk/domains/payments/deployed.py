"""What this deployment has chosen: its fees, and who takes money for it."""

from functools import cache
from typing import TYPE_CHECKING

from souk import aws
from souk.domains.contracts.model import Fees
from souk.domains.payments.providers.port import PaymentProvider
from souk.domains.payments.providers.sandbox import Sandbox
from souk.settings import payment_settings
from souk.storage import Table

if TYPE_CHECKING:
    from souk.domains.payments.providers.stripe import Stripe


def fees() -> Fees:
    """Return the fees of contracts that are made now: what a contract was made with, it keeps."""
    chosen = payment_settings()
    return Fees(client=chosen.client_fee, vendor=chosen.vendor_fee)


def provider(table: Table) -> PaymentProvider:
    """Return who takes money for this deployment."""
    return stripe(table) or Sandbox(table)


@cache
def stripe(table: Table) -> "Stripe | None":
    """Return Stripe, where this deployment has an account there."""
    secret = payment_settings().stripe_secret
    if secret is None:
        return None
    from souk.domains.payments.providers.stripe import Stripe  # noqa: PLC0415 - a third of a second of a cold start

    return Stripe.of(table, aws.secret(secret))
