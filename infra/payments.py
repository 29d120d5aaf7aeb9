"""What the marketplace earns, and who takes money for it."""

from aws_cdk import ArnFormat, Stack

from infra import grants
from infra.config import Config
from infra.functions import Provision


def known_to_all(config: Config) -> dict[str, str]:
    """Return what `souk.runtime.settings.payment_settings` reads: the fees of new contracts, and who takes money."""
    return {
        "SOUK_CLIENT_FEE": str(config.client_fee),
        "SOUK_VENDOR_FEE": str(config.vendor_fee),
        "SOUK_PAYMENTS": "stripe" if config.stripe_secret else "sandbox",
    }


def provider(stack: Stack, config: Config) -> Provision:
    """Return what the function that asks for payments gets: Stripe's keys, which the operator has stored."""
    environment = {"SOUK_STRIPE_SECRET": config.stripe_secret or ""}
    if config.stripe_secret is None:
        return Provision(environment, [])
    secret = stack.format_arn(
        service="secretsmanager",
        resource="secret",
        # Secrets Manager adds a hyphen and six characters to a name.
        resource_name=f"{config.stripe_secret}-??????",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return Provision(environment, [grants.read_secret(secret)])
