"""What an operator may choose, read from the CDK context (`cdk deploy -c stage=test`)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

Target = Literal["aws", "local"]
Context = Callable[[str], object]
"""Returns a context value by its name, None where there is none."""

_FLAGS = {"true": True, "on": True, "false": False, "off": False}

_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")

_WHOLE = 10_000
"""Hundredths of a percent."""
LEAST_RATE = 10
"""Requests a minute; AWS WAF counts no finer."""


@dataclass(frozen=True, slots=True)
class Config:
    """The choices of one deployment; docs/deploying.md lists them for operators."""

    target: Target
    """`local` is the emulator: what it lacks is left out (`grep on_aws`), and the layer is the host's."""
    stage: str
    """Several deployments can live in one account; each has its stage."""
    production: bool
    """Whether real people use it. Its time cannot be moved then."""
    retain: bool
    """Whether data outlives the stack."""
    requests_per_minute: int
    """How many requests one IP address may send; the contract says 300."""
    max_cost: int
    """The greatest cost of a request."""
    implicit: bool
    """Whether a key may ask for OAuth's implicit grant; browsers' histories hold the tokens that it gives."""
    mail_from: str | None
    """Whom mail is from; Amazon SES has its domain verified. Without it, Cognito alone writes, under its own name."""
    auto_consent: str | None
    """The e-mail address of who logs in and agrees by themselves; for the local run only."""
    precompile: bool
    """Whether the layer holds bytecode, made by a Python of the functions' version. Functions start slower without."""
    log_level: str
    """The least level of the functions' own lines, as Lambda names them. No level shows a secret."""
    domain: str | None
    """The API's own domain name; it needs `certificate` too."""
    live: bool
    """Whether people can open sockets, over which they hear of changes."""
    live_domain: str | None
    """The domain name of sockets, which needs `certificate` too. API Gateway does not let it be `domain`."""
    certificate: str | None
    """ARN of the domain's certificate in AWS Certificate Manager, in the stack's region."""
    alarm_email: str | None
    """Who is written to when an alarm rings."""
    client_fee: int
    """What a client is charged on top of what they pay, in hundredths of a percent."""
    vendor_fee: int
    """What is kept of what a freelancer is paid, in hundredths of a percent."""
    profile_review: bool
    """Whether freelancers' profiles wait for an operator once they are submitted."""
    profile_pages: str | None
    """The beginning of the addresses of people's public pages, which the deployment's own site has."""
    archive_days: int
    """How long screenshots and window titles of tracked work are kept, in days after the day of the work."""
    stripe_secret: str | None
    """The name of the secret that holds Stripe's keys; without it, the sandbox takes payments and no money moves."""

    @property
    def prefix(self) -> str:
        """The beginning of every physical name that this stack chooses."""
        return f"souk-{self.stage}"

    @property
    def on_aws(self) -> bool:
        """Whether this is the real thing."""
        return self.target == "aws"

    @property
    def address_limit(self) -> int | None:
        """How many requests a minute of one address the functions let pass; None where the firewall counts."""
        return None if self.on_aws else self.requests_per_minute

    @property
    def tls_only(self) -> bool:
        """Whether buckets and queues refuse plain HTTP, which is all that the emulator speaks, on the loopback."""
        return self.on_aws


def read_config(context: Context) -> Config:
    """Read the context, by `Node.try_get_context`; ValueError says what is wrong with it."""
    target = _text(context, "target") or "aws"
    if target not in ("aws", "local"):
        raise ValueError(f"context target={target!r}: it is aws or local")
    local = target == "local"
    config = Config(
        target=cast("Target", target),
        stage=_text(context, "stage") or ("local" if local else "prod"),
        production=_flag(context, "production", default=not local),
        retain=_flag(context, "retain", default=not local),
        requests_per_minute=_number(context, "requestsPerMinute", default=300),
        max_cost=_number(context, "maxCost", default=10_000, least=1_000),
        implicit=_flag(context, "implicit", default=local),
        mail_from=_address(context, "mailFrom"),
        auto_consent=_address(context, "autoConsent"),
        precompile=_flag(context, "precompile", default=True),
        log_level=_one_of(context, "logLevel", _LEVELS, default="INFO"),
        domain=_text(context, "domain"),
        live=_flag(context, "live", default=True),
        live_domain=_text(context, "liveDomain"),
        certificate=_text(context, "certificate"),
        alarm_email=_text(context, "alarmEmail"),
        client_fee=_number(context, "clientFee", default=500, least=0, most=_WHOLE),
        vendor_fee=_number(context, "vendorFee", default=1000, least=0, most=_WHOLE),
        profile_review=_flag(context, "profileReview", default=False),
        profile_pages=_text(context, "profilePages"),
        archive_days=_number(context, "archiveDays", default=180, least=14, most=3_650),
        stripe_secret=_text(context, "stripeSecret"),
    )
    if not re.fullmatch(r"[a-z][a-z0-9]{0,11}", config.stage):
        raise ValueError(f"context stage={config.stage!r}: a letter, then up to 11 letters and digits, lower case")
    if bool(config.domain) != bool(config.certificate):
        raise ValueError("context domain and certificate belong together: give both or neither")
    if config.live_domain and (not config.certificate or config.live_domain == config.domain):
        raise ValueError(
            f"context liveDomain={config.live_domain!r}: another name than domain, which certificate names too"
        )
    if config.stripe_secret and not re.fullmatch(r"[A-Za-z0-9/_+=.@-]{1,500}", config.stripe_secret):
        raise ValueError(
            f"context stripeSecret={config.stripe_secret!r}: the name of a secret, as Secrets Manager has it"
        )
    if config.profile_pages and not re.fullmatch(r"https?://[A-Za-z0-9._~:/?=&%-]{1,500}", config.profile_pages):
        raise ValueError(f"context profilePages={config.profile_pages!r}: the beginning of a web address")
    if config.auto_consent and not local:
        raise ValueError("context autoConsent: whoever asks would be let in as that person; it is for target=local")
    return config


def _text(context: Context, name: str) -> str | None:
    value = context(name)
    return None if value is None else str(value)


def _address(context: Context, name: str) -> str | None:
    value = _text(context, name)
    if value and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", value):
        raise ValueError(f"context {name}={value!r}: it is an e-mail address")
    return value or None


def _flag(context: Context, name: str, *, default: bool) -> bool:
    value = (_text(context, name) or str(default)).lower()
    if value not in _FLAGS:
        raise ValueError(f"context {name}={value!r}: it is true or false")
    return _FLAGS[value]


def _one_of(context: Context, name: str, values: tuple[str, ...], *, default: str) -> str:
    value = (_text(context, name) or default).upper()
    if value not in values:
        raise ValueError(f"context {name}={value!r}: it is one of {', '.join(values)}")
    return value


def _number(context: Context, name: str, *, default: int, least: int = LEAST_RATE, most: int | None = None) -> int:
    value = _text(context, name) or str(default)
    if not value.isdecimal() or int(value) < least:
        raise ValueError(f"context {name}={value!r}: it is a number, {least} at least")
    if most is not None and int(value) > most:
        raise ValueError(f"context {name}={value!r}: it is a number, {most} at most")
    return int(value)
