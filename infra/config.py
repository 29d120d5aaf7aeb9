"""What an operator may choose, read from the CDK context (`cdk deploy -c stage=test`)."""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from infra import ontology
from souk.domains.mails.rules.folder import check_folder
from souk.domains.reference.world import currencies
from souk.search.engines import OPENSEARCH, TANTIVY
from souk.values.brand import ACCENT, SOUK
from souk.web.translations import catalogs

Target = Literal["aws", "local"]
Context = Callable[[str], object]
"""Returns a context value by its name, None where there is none."""

_FLAGS = {"true": True, "on": True, "false": False, "off": False}

_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")

_EMAIL = r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+"
_URL = r"https://[A-Za-z0-9._~:/?#=&%+-]{1,500}"
_MAX_LOGO = 200_000
_SHOWN = {
    "stage": "prod",
    "production": "true",
    "retain": "true",
    "domain": "",
    "certificate": "",
    "live": "true",
    "liveDomain": "",
    "mailFrom": "",
    "alarmEmail": "",
    "stripeSecret": "",
    "search": TANTIVY,
    "table": "",
    "requestsPerMinute": "300",
    "maxCost": "10000",
    "implicit": "false",
    "archiveDays": "180",
    "logLevel": "INFO",
    "profilePages": "",
    "logo": "",
    "mailTemplates": "",
    "ontology": "",
    "home": "",
    "docs": "",
}
"""The options that operators see and cannot change, with their defaults."""
_SECRET = frozenset({"stripeSecret", "certificate"})
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
    canary: bool
    """Whether a tenth of the calls tries a new version of a function first (`infra.releases`)."""
    snap_start: bool
    """Whether Lambda starts functions from a snapshot, which it keeps for each published version."""
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
    tracing: bool
    """Whether AWS X-Ray traces requests through API Gateway and the functions."""
    threat_protection: bool
    """Whether Cognito refuses passwords that are known to others, which needs its Plus plan."""
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
    name: str
    """What the marketplace is called. What operators set in the console beats this and what follows."""
    accent: str
    """The accent colour: #rrggbb."""
    logo: Path | None
    """An SVG or PNG file."""
    support: str | None
    """The support's e-mail address, or the URL of its page."""
    key_review: bool
    """Whether new API keys wait for an operator."""
    languages: tuple[str, ...]
    """BCP 47; the first is the default."""
    currencies: tuple[str, ...]
    """ISO 4217; the first is the default."""
    mail_templates: Path | None
    """A folder of texts of mails: `<language>/<mail>.txt`."""
    ontology: Path | None
    """A folder of categories and skills, in the files of imports."""
    powered_by: bool
    """Whether pages say "Powered by Souk"."""
    home: str | None
    """The URL of the operator's own site, which replaces the front page."""
    docs: str | None
    """The URL of the documentation; None: this deployment's own."""
    deployment: tuple[tuple[str, str, str], ...]
    """What only a deployment sets, to show to operators: option, value and whether it was chosen. No secrets."""
    retention_years: int
    """How long what law asks for is kept after an account was erased, in years."""
    table: str | None
    """The ARN of the stream of a restored table, which the stack uses instead of a table of its own (ADR 57)."""
    search: tuple[str, ...]
    """The engines of the search indexes: the first is searched, and all are written (`souk.search.engines`)."""
    search_nodes: int
    """The number of nodes of the search cluster, if there is one."""
    search_instance: str
    """The type of these nodes, as Amazon OpenSearch Service names it."""
    search_storage: int
    """The disk of each of these nodes, in GiB."""
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
    def uses_cluster(self) -> bool:
        """Whether search indexes are in a cluster."""
        return OPENSEARCH in self.search

    @property
    def uses_files(self) -> bool:
        """Whether search indexes are in files, which functions copy to their disks."""
        return TANTIVY in self.search

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
        canary=_flag(context, "canary", default=not local),
        snap_start=_flag(context, "snapStart", default=False),
        implicit=_flag(context, "implicit", default=local),
        mail_from=_address(context, "mailFrom"),
        auto_consent=_address(context, "autoConsent"),
        precompile=_flag(context, "precompile", default=True),
        log_level=_one_of(context, "logLevel", _LEVELS, default="INFO"),
        domain=_text(context, "domain"),
        live=_flag(context, "live", default=True),
        live_domain=_text(context, "liveDomain"),
        certificate=_text(context, "certificate"),
        alarm_email=_address(context, "alarmEmail"),
        tracing=_flag(context, "tracing", default=False),
        threat_protection=_flag(context, "threatProtection", default=False),
        client_fee=_number(context, "clientFee", default=500, least=0, most=_WHOLE),
        vendor_fee=_number(context, "vendorFee", default=1000, least=0, most=_WHOLE),
        profile_review=_flag(context, "profileReview", default=False),
        profile_pages=_text(context, "profilePages"),
        archive_days=_number(context, "archiveDays", default=180, least=14, most=3_650),
        name=_matching(context, "name", r"\S(?:.{0,58}\S)?", "1 to 60 characters on one line") or SOUK,
        accent=(_matching(context, "accent", r"#[0-9A-Fa-f]{6}", "a colour, such as #8f3d16") or ACCENT).lower(),
        logo=_file(context, "logo", (".svg", ".png")),
        support=_matching(context, "support", rf"{_EMAIL}|{_URL}", "an e-mail address or an https URL"),
        key_review=_flag(context, "keyReview", default=False),
        languages=_several(context, "languages", catalogs(), "a language that there are texts in", default="en"),
        currencies=_several(context, "currencies", currencies(), "a currency of ISO 4217", default="USD"),
        mail_templates=_folder(context, "mailTemplates", check_folder),
        ontology=_folder(context, "ontology", ontology.entries),
        powered_by=_flag(context, "poweredBy", default=True),
        home=_matching(context, "home", _URL, "an https URL"),
        docs=_matching(context, "docs", _URL, "an https URL"),
        deployment=_deployment(context),
        retention_years=_number(context, "retentionYears", default=10, least=1, most=30),
        table=_table_stream(context),
        search=_several(context, "search", {TANTIVY, OPENSEARCH}, f"{TANTIVY} or {OPENSEARCH}", default=TANTIVY),
        search_nodes=_number(context, "searchNodes", default=3, least=1, most=80),
        search_instance=_matching(
            context, "searchInstance", r"[a-z0-9]+\.[a-z0-9]+\.search", "a type of nodes, such as m7g.large.search"
        )
        or "m7g.medium.search",
        search_storage=_number(context, "searchStorage", default=20, least=10, most=1_024),
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
    for name, chosen in (("canary", config.canary), ("snapStart", config.snap_start)):
        if chosen and local:
            raise ValueError(f"context {name}=true: the emulator does not have it; it is for target=aws")
    if config.uses_cluster and local:
        raise ValueError(f"context search={OPENSEARCH}: the emulator does not have it; it is for target=aws")
    if config.auto_consent and not local:
        raise ValueError("context autoConsent: whoever asks would be let in as that person; it is for target=local")
    return config


def _table_stream(context: Context) -> str | None:
    """Return the ARN of the stream of the table that an operator chose. `infra.app` looks it up if it is not given."""
    name, stream = _text(context, "table"), _text(context, "tableStream")
    if not name and not stream:
        return None
    if not name or not re.fullmatch(r"[A-Za-z0-9_.-]{3,255}", name):
        raise ValueError(f"context table={name!r}: the name of a table in DynamoDB")
    if not re.fullmatch(
        rf"arn:aws:dynamodb:[a-z0-9-]+:\d{{12}}:table/{re.escape(name)}/stream/[0-9T:.-]+", stream or ""
    ):
        raise ValueError(
            f"context tableStream={stream!r}: the ARN of the stream of the table {name}. A restored table has none "
            "until it is enabled (docs/restoring.md)"
        )
    return stream


def _deployment(context: Context) -> tuple[tuple[str, str, str], ...]:
    """Return the options that the console only shows, in order, with `deployment` or `default` as their source."""
    shown: list[tuple[str, str, str]] = []
    for name, default in _SHOWN.items():
        given = _text(context, name)
        value = "set" if given and name in _SECRET else given
        shown.append((name, value or default, "deployment" if given else "default"))
    return tuple(shown)


def _matching(context: Context, name: str, pattern: str, expected: str) -> str | None:
    value = _text(context, name)
    if value and not re.fullmatch(pattern, value):
        raise ValueError(f"context {name}={value!r}: it is {expected}")
    return value or None


def _several(context: Context, name: str, known: Set[str], expected: str, *, default: str) -> tuple[str, ...]:
    values = tuple((_text(context, name) or default).replace(",", " ").split())
    if wrong := [value for value in values if value not in known]:
        raise ValueError(f"context {name}={wrong[0]!r}: each is {expected}")
    if len(set(values)) < len(values):
        raise ValueError(f"context {name}: each is named once")
    return values


def _file(context: Context, name: str, suffixes: tuple[str, ...]) -> Path | None:
    value = _text(context, name)
    path = Path(value) if value else None
    if path and (path.suffix.lower() not in suffixes or not path.is_file()):
        raise ValueError(f"context {name}={value!r}: it is a file that ends in {' or '.join(suffixes)}")
    if path and path.stat().st_size > _MAX_LOGO:
        raise ValueError(f"context {name}={value!r}: it has at most {_MAX_LOGO:,} bytes")
    return path


def _folder(context: Context, name: str, check: Callable[[Path], object]) -> Path | None:
    value = _text(context, name)
    path = Path(value) if value else None
    if path and not path.is_dir():
        raise ValueError(f"context {name}={value!r}: it is a folder")
    if path:
        check(path)
    return path


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
