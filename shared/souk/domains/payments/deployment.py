"""The deployment's payment settings: its fees and its payment provider."""

from functools import cache
from typing import TYPE_CHECKING

from souk.domains.agreements.model import Fees
from souk.domains.marketplace.store import current
from souk.domains.payments.providers.port import PaymentProvider
from souk.domains.payments.providers.sandbox import NAME as SANDBOX
from souk.domains.payments.providers.sandbox import Sandbox
from souk.runtime import aws
from souk.runtime.settings import payment_settings
from souk.storage import Table
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from souk.domains.payments.providers.stripe import Stripe


def fees(table: Table) -> Fees:
    """Return the fees of new contracts. A contract keeps the fees that it started with."""
    settings = current(table)
    return Fees(client=settings.client_fee, vendor=settings.vendor_fee)


def provider_name() -> str:
    """Return the name of the deployment's provider. All functions know it; only those with its secret can call it."""
    return payment_settings().provider


def provider(table: Table) -> PaymentProvider:
    """Return the deployment's provider. Raises SoukError in a function without the provider's secret."""
    return Sandbox(table) if provider_name() == SANDBOX else stripe(table)


@cache
def stripe(table: Table) -> "Stripe":
    """Return Stripe with the keys of the deployment's account."""
    secret = payment_settings().stripe_secret
    if secret is None:
        raise SoukError("This function has no access to the payment provider.")
    from souk.domains.payments.providers.stripe import Stripe  # noqa: PLC0415 - takes a third of a second

    return Stripe.of(table, aws.secret(secret))
