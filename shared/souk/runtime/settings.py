"""What the deployment tells a function, read once from its environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from typing import Any, TypeVar, get_type_hints

Kind = TypeVar("Kind")

_SWITCH = {"on": True, "off": False}
_PARSE: Mapping[Any, Callable[[str], Any]] = {
    str: str,
    str | None: lambda text: text or None,
    int: int,
    int | None: lambda text: int(text) if text else None,
    bool: lambda text: _SWITCH[text],
    tuple[str, ...]: lambda text: tuple(text.split()),
}


def _read(kind: type[Kind]) -> Kind:
    """Fill a dataclass from the environment: the field `search_bucket` is read from `SOUK_SEARCH_BUCKET`.

    Raises RuntimeError that names a variable which is missing or means nothing: the deployment is broken.
    """
    types = get_type_hints(kind)
    values = {}
    for one in fields(kind):  # type: ignore[arg-type] # it is a dataclass
        variable = one.metadata.get("variable", f"SOUK_{one.name.upper()}")
        text = os.environ.get(variable)
        if text is None:
            if one.default is MISSING:
                raise RuntimeError(f"The variable {variable} is not set.")
            continue
        try:
            values[one.name] = _PARSE[types[one.name]](text)
        except (KeyError, ValueError) as error:
            raise RuntimeError(f"The variable {variable} cannot be {text!r}.") from error
    return kind(**values)


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
    """Return the settings of this process. Raises RuntimeError where the deployment is broken."""
    return _read(Settings)


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
    """Return these settings; raises as `settings` does, and for what a real deployment must not do."""
    own = _read(AuthSettings)
    if own.auto_consent and settings().target != "local":
        raise RuntimeError("SOUK_AUTO_CONSENT is for local runs only")
    return own


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """What the marketplace earns, and who takes money for it."""

    client_fee: int = 500
    """In hundredths of a percent, on top of what a client pays."""
    vendor_fee: int = 1000
    """In hundredths of a percent, kept of what a freelancer is paid."""
    provider: str = field(default="sandbox", metadata={"variable": "SOUK_PAYMENTS"})
    """Who takes money: `sandbox` or `stripe`."""
    stripe_secret: str | None = None
    """The Secrets Manager id of Stripe's keys, which the one function is told that asks for payments."""


@lru_cache(maxsize=1)
def payment_settings() -> PaymentSettings:
    """Return these settings. By default the fees are 5% and 10%, and the sandbox takes payments."""
    return _read(PaymentSettings)


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What those need that manage webhooks and deliver them."""

    secret: str = field(metadata={"variable": "SOUK_WEBHOOK_SECRET"})
    """The Secrets Manager id of the secret that the subscriptions' own are made of."""
    deliveries: str
    """The URL of the queue that deliveries wait in."""
    slow_deliveries: str
    """The URL of the queue for addresses that take long to answer."""

    @property
    def anywhere(self) -> bool:
        """Whether an address may be on this machine or in its network, and be http; for a local run only."""
        return settings().target == "local"


@lru_cache(maxsize=1)
def webhook_settings() -> WebhookSettings:
    """Return these settings; raises as `settings` does."""
    return _read(WebhookSettings)


def owners() -> Mapping[str, str]:
    """Return the function that owns a domain, by the domain's name: what only the clock needs. Raises as `settings`."""
    pairs = (pair.partition("=") for pair in os.environ["SOUK_OWNERS"].split())
    return {domain: function for domain, _, function in pairs}
