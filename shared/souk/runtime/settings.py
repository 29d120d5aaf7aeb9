"""The settings of a function, read once from its environment."""

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind", bound=tuple[Any, ...])

ALIAS = "live"
"""The alias of a function that leads to the version in use. Whoever waits for a function's answer calls its alias."""

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
    """Fill a named tuple from the environment: the field `search_bucket` is read from `SOUK_SEARCH_BUCKET`.

    A field of `Annotated[type, "SOUK_..."]` names its variable. Raises RuntimeError with the name of a variable that is
    missing or invalid.
    """
    values = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        type_, variable = get_args(hint) if get_origin(hint) is Annotated else (hint, f"SOUK_{name.upper()}")
        text = os.environ.get(variable)
        if text is None:
            if name not in kind._field_defaults:  # type: ignore[attr-defined] # it is a named tuple
                raise RuntimeError(f"The variable {variable} is not set.")
            continue
        try:
            values[name] = _PARSE[type_](text)
        except (KeyError, ValueError) as error:
            raise RuntimeError(f"The variable {variable} cannot be {text!r}.") from error
    return kind(**values)


class Settings(NamedTuple):
    """The settings of all functions. Only the CDK app sets them."""

    prefix: str
    """The prefix of physical names: the function `jobs` is `{prefix}-jobs`."""
    function: str
    """The short name of this function."""
    target: str
    """`aws` or `local`."""
    writes: tuple[str, ...]
    """The partition key prefixes that this function may write, the same as in its role."""
    appends: tuple[str, ...]
    """The partition key prefixes under which this function may only create items, the same as in its role."""
    table: str
    bus: str
    attachments_bucket: str
    search_bucket: str
    cursor_secret: str
    """The Secrets Manager id of the key that signs page cursors and checkout URLs."""
    counters: str
    """The table of request counters."""
    address_limit: int | None
    """Requests per minute from one IP address; None if a firewall limits them."""
    max_cost: int
    """The greatest cost of an operation (`souk.graph.cost`)."""
    test_clock: bool
    """Whether operators may move the market time. Never in production."""
    search: tuple[str, ...]
    """The engines of the search indexes (`souk.search.engines`). The first is searched, and all are written."""
    search_endpoint: str | None
    """The URL of the cluster with the search indexes, if there is one."""

    @property
    def behind_proxy(self) -> bool:
        """Whether requests come through the proxy of the local run, which sends `X-Forwarded-...` headers."""
        return self.target == "local"

    def function_name(self, function: str) -> str:
        """Return the physical name of another function of this deployment."""
        return f"{self.prefix}-{function.replace('_', '-')}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of all functions. Raises RuntimeError if a variable is missing or invalid."""
    return _read(Settings)


class AuthSettings(NamedTuple):
    """The settings of the function with the account pages and OAuth 2.0."""

    user_pool: str
    user_pool_client: str
    token_secret: str
    """The Secrets Manager id of the secret of refresh tokens."""
    mail_from: str | None
    """The sender of mail; None if this deployment sends none."""
    implicit: bool
    """Whether the implicit grant is enabled."""
    auto_consent: str | None
    """The e-mail address of a person who is logged in and consents automatically, for local runs only."""


@lru_cache(maxsize=1)
def auth_settings() -> AuthSettings:
    """Return these settings. Raises RuntimeError as `settings` does, and for automatic consent in AWS."""
    own = _read(AuthSettings)
    if own.auto_consent and settings().target != "local":
        raise RuntimeError("SOUK_AUTO_CONSENT is for local runs only")
    return own


class MachinerySettings(NamedTuple):
    """The settings of the function that operators watch the machinery with."""

    dead_letters: tuple[str, ...]
    """The queues of dead letters: function, kind, URL, and the URL where its letters came from, with commas between
    (`souk.domains.machinery.providers.queues`)."""


@lru_cache(maxsize=1)
def machinery_settings() -> MachinerySettings:
    """Return these settings. Raises RuntimeError as `settings` does."""
    return _read(MachinerySettings)


class PageSettings(NamedTuple):
    """The settings of the function with the pages behind the log-in."""

    token_secret: str
    """The Secrets Manager id of the secret that binds forms to their browsers, the same as of the account pages."""


@lru_cache(maxsize=1)
def page_settings() -> PageSettings:
    """Return these settings. Raises RuntimeError as `settings` does."""
    return _read(PageSettings)


class ErasureSettings(NamedTuple):
    """The settings of the function that erases people's accounts."""

    user_pool: str
    """The directory, where their accounts are deleted."""


@lru_cache(maxsize=1)
def erasure_settings() -> ErasureSettings:
    """Return these settings. Raises RuntimeError as `settings` does, in all other functions."""
    return _read(ErasureSettings)


class PaymentSettings(NamedTuple):
    """The marketplace's fees and the payment provider."""

    client_fee: int = 500
    """In hundredths of a percent, added to a client's payments."""
    vendor_fee: int = 1000
    """In hundredths of a percent, deducted from a freelancer's earnings."""
    provider: Annotated[str, "SOUK_PAYMENTS"] = "sandbox"
    """`sandbox` or `stripe`."""
    stripe_secret: str | None = None
    """The Secrets Manager id of Stripe's keys. Only the function that takes payments has it."""


@lru_cache(maxsize=1)
def payment_settings() -> PaymentSettings:
    """Return these settings. By default the fees are 5% and 10%, and the provider is the sandbox."""
    return _read(PaymentSettings)


class OperatorLogSettings(NamedTuple):
    """The settings of the function that runs queries, also those of operators."""

    group: Annotated[str, "SOUK_OPERATOR_LOG"]
    """The log group of what operators read."""


@lru_cache(maxsize=1)
def operator_log_settings() -> OperatorLogSettings:
    """Return these settings. Raises RuntimeError as `settings` does."""
    return _read(OperatorLogSettings)


class SearchSettings(NamedTuple):
    """The settings of the functions that write the search indexes."""

    fanout: Annotated[str, "SOUK_SEARCH_FANOUT"]
    """The URL of the queue of documents that show a change of another item."""


@lru_cache(maxsize=1)
def search_settings() -> SearchSettings:
    """Return these settings. Raises RuntimeError as `settings` does."""
    return _read(SearchSettings)


class LiveSettings(NamedTuple):
    """The settings of the function that sends messages over sockets."""

    endpoint: Annotated[str, "SOUK_LIVE_ENDPOINT"]
    """The URL of the stage of the WebSocket API. In the emulator its path, below the emulator's own URL."""


@lru_cache(maxsize=1)
def live_settings() -> LiveSettings:
    """Return these settings. Raises RuntimeError as `settings` does."""
    return _read(LiveSettings)


class TalentSettings(NamedTuple):
    """The settings of freelancers' profiles."""

    profile_review: bool = False
    """Whether a submitted profile waits for an operator."""
    profile_pages: str | None = None
    """The beginning of the addresses of people's public pages; their profile keys follow it. None if there are none."""


@lru_cache(maxsize=1)
def talent_settings() -> TalentSettings:
    """Return these settings. By default no profile is reviewed."""
    return _read(TalentSettings)


class MarketplaceSettings(NamedTuple):
    """The brand and the rules that a deployment sets. What operators set in the console beats them."""

    name: str = "Souk"
    accent: str = "#8f3d16"
    """The accent colour: #rrggbb."""
    support: str | None = None
    """The support's e-mail address, or the URL of its page."""
    key_review: bool = False
    """Whether new API keys wait for an operator."""
    languages: tuple[str, ...] = ("en",)
    """BCP 47; the first is the default."""
    currencies: tuple[str, ...] = ("USD",)
    """ISO 4217; the first is the default."""
    powered_by: bool = True
    """Whether pages say "Powered by Souk"."""
    front_page: str | None = None
    """The URL of the operator's own site, which replaces the front page."""
    docs: str | None = None
    """The URL of the documentation. None: this deployment's own."""
    retention_years: int = 10
    """How long bookings are kept, as people are told, and the proof that an account was erased."""


@lru_cache(maxsize=1)
def marketplace_settings() -> MarketplaceSettings:
    """Return these settings. By default the marketplace is called Souk."""
    return _read(MarketplaceSettings)


class TimeSettings(NamedTuple):
    """The settings of worked time."""

    archive_days: int = 180
    """How long screenshots and window titles are kept, in days after the day of the work."""


@lru_cache(maxsize=1)
def time_settings() -> TimeSettings:
    """Return these settings. By default, what was recorded is kept for 180 days."""
    return _read(TimeSettings)


class WebhookSettings(NamedTuple):
    """The settings of the functions that manage and deliver webhooks."""

    secret: Annotated[str, "SOUK_WEBHOOK_SECRET"]
    """The Secrets Manager id of the secret from which subscriptions' secrets are derived."""
    deliveries: str
    """The URL of the delivery queue."""
    slow_deliveries: str
    """The URL of the queue for slow addresses."""


@lru_cache(maxsize=1)
def webhook_settings() -> WebhookSettings:
    """Return these settings. Raises RuntimeError as `settings` does."""
    return _read(WebhookSettings)


def owners() -> Mapping[str, str]:
    """Return the functions that own domains, by the domain's name. Only the clock has this setting."""
    pairs = (pair.partition("=") for pair in os.environ["SOUK_OWNERS"].split())
    return {domain: function for domain, _, function in pairs}
