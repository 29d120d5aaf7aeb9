"""What the marketplace earns, and who takes money for it."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam

from infra import grants
from infra.config import Config


def known_to_all(config: Config) -> dict[str, str]:
    """Return what `souk.runtime.settings.payment_settings` reads: the fees of new contracts, and who takes money."""
    return {
        "SOUK_CLIENT_FEE": str(config.client_fee),
        "SOUK_VENDOR_FEE": str(config.vendor_fee),
        "SOUK_PAYMENTS": "stripe" if config.stripe_secret else "sandbox",
    }


def provider(config: Config) -> dict[str, str]:
    """Return what the function that asks for payments, and no other, is told besides: where the keys are."""
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
