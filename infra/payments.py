"""What the marketplace earns, and who takes money for it."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam

from infra import grants
from infra.config import Config


def fees(config: Config) -> dict[str, str]:
    """Return the fees that contracts are made with, as `souk.settings.payment_settings` reads them."""
    return {"SOUK_CLIENT_FEE": str(config.client_fee), "SOUK_VENDOR_FEE": str(config.vendor_fee)}


def provider(config: Config) -> dict[str, str]:
    """Return who takes money, as `souk.settings.payment_settings` reads it: for the function that asks for payments."""
    return {"SOUK_STRIPE_SECRET": config.stripe_secret or ""}


def provider_grants(stack: Stack, config: Config) -> list[iam.PolicyStatement]:
    """Return what that function, and no other, may do besides: read Stripe's keys, which the operator has stored."""
    if config.stripe_secret is None:
        return []
    secret = stack.format_arn(
        service="secretsmanager",
        resource="secret",
        # Secrets Manager adds a hyphen and six characters to a name.
        resource_name=f"{config.stripe_secret}-??????",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return [grants.read_secret(secret)]
