"""The settings of fees and the payment provider."""

from aws_cdk import ArnFormat, Stack

from infra import grants
from infra.config import Config
from infra.functions import Provision


def environment(config: Config) -> dict[str, str]:
    """Return the variables of all functions: the fees of new contracts, and the payment provider."""
    return {
        "SOUK_CLIENT_FEE": str(config.client_fee),
        "SOUK_VENDOR_FEE": str(config.vendor_fee),
        "SOUK_PAYMENTS": "stripe" if config.stripe_secret else "sandbox",
    }


def provider(stack: Stack, config: Config) -> Provision:
    """Return the provision of the function that takes payments: Stripe's keys, which the operator has stored."""
    variables = {"SOUK_STRIPE_SECRET": config.stripe_secret or ""}
    if config.stripe_secret is None:
        return Provision(variables, [])
    secret = stack.format_arn(
        service="secretsmanager",
        resource="secret",
        # Secrets Manager appends a hyphen and six characters to the name.
        resource_name=f"{config.stripe_secret}-??????",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return Provision(variables, [grants.read_secret(secret)])
