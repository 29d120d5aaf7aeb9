"""The settings and permissions for the payment provider and the fees."""

import pytest
from aws_cdk import App, Stack

from infra import payments
from infra.config import read_config
from souk.app import FUNCTIONS
from souk.runtime.settings import payment_settings
from tests.infra.template import PAYMENTS, Template

SECRET = "souk/stripe"


def test_stripe_secret_is_readable_if_configured() -> None:
    config = read_config({"stripeSecret": SECRET}.get)
    stack = Stack(App(), "Stack")
    given = payments.provider(stack, config)
    (statement,) = given.grants
    assert statement.actions == ["secretsmanager:GetSecretValue"]
    (resource,) = statement.resources
    assert resource.endswith(":secret:souk/stripe-??????")
    assert given.environment == {"SOUK_STRIPE_SECRET": SECRET}
    assert payments.environment(config)["SOUK_PAYMENTS"] == "stripe"


def test_without_stripe_secret_the_sandbox_is_used(aws_template: Template) -> None:
    assert payments.provider(Stack(App(), "Stack"), read_config(lambda _: None)).grants == []
    variables = {
        name: function["Environment"]["Variables"].get("SOUK_STRIPE_SECRET")
        for name, function in aws_template.functions.items()
    }
    assert variables == {name: "" if name in (PAYMENTS, "time") else None for name in FUNCTIONS}


def test_functions_have_fee_settings(aws_template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_template.functions[PAYMENTS]["Environment"]["Variables"].items():
        if name.startswith("SOUK_") and isinstance(value, str):
            monkeypatch.setenv(name, value)
    payment_settings.cache_clear()
    chosen = payment_settings()
    payment_settings.cache_clear()
    assert (chosen.client_fee, chosen.vendor_fee) == (500, 1000)
    assert (chosen.provider, chosen.stripe_secret) == ("sandbox", None)


@pytest.mark.parametrize(
    "context", [{"clientFee": "-1"}, {"vendorFee": "10001"}, {"clientFee": "5%"}, {"stripeSecret": "a*"}]
)
def test_invalid_payment_settings_are_refused(context: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="context"):
        read_config(context.get)
