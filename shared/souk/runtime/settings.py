"""What the deployment tells a function, read once from its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Settings:
    """The names of this deployment's resources. The CDK app sets them; nothing else does."""

    prefix: str
    """Physical names begin with it: the function `jobs` is `{prefix}-jobs`."""
    function: str
    """Which of Souk's functions this process is."""
    target: str
    """`aws` or `local`."""
    writes: tuple[str, ...]
    """The beginnings of the partition keys that this function alone writes; its role says the same."""
    table: str
    bus: str
    attachments_bucket: str
    search_bucket: str
    cursor_secret: str
    """The Secrets Manager id of the key that signs page cursors and the addresses of checkouts."""
    counters: str
    """The table that requests are counted in."""
    address_limit: int | None
    """Requests of one address in one minute; None where a firewall limits them."""

    @property
    def behind_proxy(self) -> bool:
        """Whether requests come through the local run's front door, which says where it was called."""
        return self.target == "local"

    def function_name(self, function: str) -> str:
        """Return the physical name of another function of this deployment."""
        return f"{self.prefix}-{function.replace('_', '-')}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the environment; a missing variable is a broken deployment and raises KeyError."""
    env = os.environ
    return Settings(
        prefix=env["SOUK_PREFIX"],
        function=env["SOUK_FUNCTION"],
        target=env["SOUK_TARGET"],
        writes=tuple(env["SOUK_WRITES"].split()),
        table=env["SOUK_TABLE"],
        bus=env["SOUK_BUS"],
        attachments_bucket=env["SOUK_ATTACHMENTS_BUCKET"],
        search_bucket=env["SOUK_SEARCH_BUCKET"],
        cursor_secret=env["SOUK_CURSOR_SECRET"],
        counters=env["SOUK_COUNTERS"],
        address_limit=int(env["SOUK_ADDRESS_LIMIT"]) if env["SOUK_ADDRESS_LIMIT"] else None,
    )


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """What only the function that knows people needs."""

    user_pool: str
    user_pool_client: str
    token_secret: str
    """The Secrets Manager id of the secret that refresh tokens are made under."""
    mail_from: str | None
    """Whom mail is from; None where this deployment sends none."""
    implicit: bool
    """Whether the implicit grant is on at all."""
    auto_consent: str | None
    """The e-mail address of who logs in and agrees by themselves, in a local run."""


@lru_cache(maxsize=1)
def auth_settings() -> AuthSettings:
    """Read the environment; raises as `settings` does, and RuntimeError for what a real deployment must not do."""
    env = os.environ
    auto_consent = env["SOUK_AUTO_CONSENT"] or None
    if auto_consent and settings().target != "local":
        raise RuntimeError("SOUK_AUTO_CONSENT is for local runs only")
    return AuthSettings(
        user_pool=env["SOUK_USER_POOL"],
        user_pool_client=env["SOUK_USER_POOL_CLIENT"],
        token_secret=env["SOUK_TOKEN_SECRET"],
        mail_from=env["SOUK_MAIL_FROM"] or None,
        implicit=env["SOUK_IMPLICIT"] == "on",
        auto_consent=auto_consent,
    )


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """What the marketplace earns, and who takes money for it."""

    client_fee: int
    """In hundredths of a percent, on top of what a client pays."""
    vendor_fee: int
    """In hundredths of a percent, kept of what a freelancer is paid."""
    provider: str
    """Who takes money: `sandbox` or `stripe`."""
    stripe_secret: str | None
    """The Secrets Manager id of Stripe's keys, which the one function is told that asks for payments."""


@lru_cache(maxsize=1)
def payment_settings() -> PaymentSettings:
    """Read the environment. Where it says nothing, the fees are 5% and 10%, and the sandbox takes payments."""
    env = os.environ
    return PaymentSettings(
        client_fee=int(env.get("SOUK_CLIENT_FEE", "500")),
        vendor_fee=int(env.get("SOUK_VENDOR_FEE", "1000")),
        provider=env.get("SOUK_PAYMENTS", "sandbox"),
        stripe_secret=env.get("SOUK_STRIPE_SECRET") or None,
    )


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What those need that manage webhooks and deliver them."""

    secret: str
    """The Secrets Manager id of the secret that the subscriptions' own are made of."""
    deliveries: str
    """The URL of the queue that deliveries wait in."""
    slow_deliveries: str
    """The URL of the queue for addresses that take long to answer."""
    anywhere: bool
    """Whether an address may be on this machine or in its network, and be http; for a local run only."""


@lru_cache(maxsize=1)
def webhook_settings() -> WebhookSettings:
    """Read the environment; raises as `settings` does."""
    env = os.environ
    return WebhookSettings(
        secret=env["SOUK_WEBHOOK_SECRET"],
        deliveries=env["SOUK_DELIVERIES"],
        slow_deliveries=env["SOUK_SLOW_DELIVERIES"],
        anywhere=settings().target == "local",
    )


def owners() -> Mapping[str, str]:
    """Return the function that owns a domain, by the domain's name: what only the clock needs. Raises as `settings`."""
    pairs = (pair.partition("=") for pair in os.environ["SOUK_OWNERS"].split())
    return {domain: function for domain, _, function in pairs}
