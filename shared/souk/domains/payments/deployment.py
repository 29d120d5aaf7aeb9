"""What this deployment has chosen: its fees, and who takes money for it."""

from functools import cache
from typing import TYPE_CHECKING

from souk.domains.agreements.model import Fees
from souk.domains.payments.providers.port import PaymentProvider
from souk.domains.payments.providers.sandbox import NAME as SANDBOX
from souk.domains.payments.providers.sandbox import Sandbox
from souk.runtime import aws
from souk.runtime.settings import payment_settings
from souk.storage import Table
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from souk.domains.payments.providers.stripe import Stripe


def fees() -> Fees:
    """Return the fees of contracts that are made now: what a contract was made with, it keeps."""
    chosen = payment_settings()
    return Fees(client=chosen.client_fee, vendor=chosen.vendor_fee)


def provider_name() -> str:
    """Return who takes money for this deployment. Every function knows it; one alone can ask them."""
    return payment_settings().provider


def provider(table: Table) -> PaymentProvider:
    """Return who takes money for this deployment. Raises SoukError in a function that does not ask for payments."""
    return Sandbox(table) if provider_name() == SANDBOX else stripe(table)


@cache
def stripe(table: Table) -> "Stripe":
    """Return Stripe, with the keys of this deployment's account."""
    secret = payment_settings().stripe_secret
    if secret is None:
        raise SoukError("This function does not ask for payments.")
    from souk.domains.payments.providers.stripe import Stripe  # noqa: PLC0415 - a third of a second of a cold start

    return Stripe.of(table, aws.secret(secret))
