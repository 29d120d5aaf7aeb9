"""The composition root: the domains, and the functions that are deployed.

Infra, the local run and tests read these declarations. Deployed functions never import this module, because it imports
every domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Literal, NamedTuple

from graphql import GraphQLSchema

from souk.accounts.routes import ROUTES as ACCOUNTS
from souk.console.routes import ROUTES as PAGES
from souk.deadlines.model import DUE_PREFIX
from souk.domains import load, names_with
from souk.domains.files.store import IMAGES_WRITES
from souk.domains.files.web import ROUTES as PICTURES
from souk.domains.live.store import WRITES as LIVE_WRITES
from souk.domains.payments.web.application import ROUTES as CHECKOUTS
from souk.domains.savedsearches.store import MATCHER_WRITES
from souk.domains.webhooks.store import DELIVERY_WRITES, FANOUT_WRITES
from souk.graph.assembly import assemble
from souk.graph.binder import BindingError, Graph
from souk.graph.domain import Domain
from souk.graph.execution import GATEWAY, WEB
from souk.storage.transaction import OUTBOX_PREFIX
from souk.web import Route

DOMAINS: tuple[Domain, ...] = tuple(map(load, names_with("resolvers")))

AUTH = "auth"
"""The function with accounts, which also writes the texts of Cognito's mails."""
CLOCK = "clock"
"""The function that runs deadlines."""
IMAGES = "images"
"""The function that processes pictures."""
LIVE, LIVE_SENDER = "live", "live_sender"
"""The functions of sockets: one opens and closes them, the other sends. A deployment can leave out both."""

OWNERS: Mapping[str, str] = {domain.name: domain.function for domain in DOMAINS if domain.deadlines}
"""The function that runs a domain's deadlines, by the domain's name."""

GATEWAY_SECONDS = 29
"""API Gateway's timeout for a function."""


@dataclass(frozen=True, slots=True)
class Size:
    """The resources of one execution environment."""

    memory: int
    """MiB, at most 10240. 1769 is one full CPU."""
    timeout: int
    """Seconds."""
    scratch: int = 512
    """MiB of /tmp."""


Resource = Literal[
    "copies",
    "deployment",
    "directory",
    "files",
    "handshakes",
    "machinery",
    "operator_log",
    "pages",
    "people",
    "payment_provider",
    "search_queue",
    "sockets",
    "webhook_queues",
    "webhook_secret",
]
"""A resource that only some functions use: their role grants access to it, and their settings name it."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A deployed function. Its kind determines what invokes it; its role grants what is declared here."""

    name: str
    kind: Literal["api", "pages", "relay", "indexer", "clock", "fanout", "delivery", "images", "sockets"]
    size: Size
    writes: tuple[str, ...] = ()
    """The partition key prefixes that it may write. An API function may read the whole table."""
    appends: tuple[str, ...] = ()
    """The partition key prefixes under which it may only create items."""
    invokes: tuple[str, ...] = ()
    """The functions that it calls, by their short names."""
    routes: tuple[Route[Any], ...] = ()
    """Plain HTTP routes, in addition to its part of the graph."""
    uses: tuple[Resource, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that only this function has."""
    packages: str = ""
    """The lock in `requirements/` of packages that only this function has, without `.txt`."""
    assets: tuple[str, ...] = ()
    """The folders of built files that only this function has (`infra.assets`)."""


class _Extras(NamedTuple):
    """The routes and resources of a domain's function, in addition to its part of the graph."""

    routes: tuple[Route[Any], ...] = ()
    uses: tuple[Resource, ...] = ()


_EXTRAS: Mapping[str, _Extras] = {
    "dataexports": _Extras(uses=("copies",)),
    "erasure": _Extras(uses=("directory",)),
    "files": _Extras(PICTURES, ("files",)),
    "identity": _Extras(ACCOUNTS, ("people",)),
    "machinery": _Extras(uses=("machinery",)),
    "operator": _Extras(uses=("operator_log",)),
    "payments": _Extras(CHECKOUTS, ("payment_provider",)),
    "time": _Extras(uses=("payment_provider",)),
    "webhooks": _Extras(uses=("webhook_secret", "webhook_queues")),
}
"""By the domain's name."""

# Each caller has a longer timeout than the function it calls, so that it can report the timeout of that function.
_GATEWAY_SIZE = Size(memory=1769, timeout=GATEWAY_SECONDS - 1, scratch=2048)
_OWNER_SIZE = Size(memory=1769, timeout=GATEWAY_SECONDS - 4, scratch=2048)


def _appends_of(domain: str) -> tuple[str, ...]:
    """Return the partition key prefixes under which the items of a domain are only created."""
    appends: tuple[str, ...] = getattr(import_module(f"souk.domains.{domain}.store"), "APPENDS", ())
    return appends


def _writes_of(domain: str) -> tuple[str, ...]:
    """Return the partition key prefixes that a domain owns. The domain need not be in the graph."""
    try:
        writes: tuple[str, ...] = import_module(f"souk.domains.{domain}.store").WRITES
    except (ModuleNotFoundError, AttributeError) as missing:
        raise BindingError(
            f"Add `WRITES`, the key prefixes that {domain} owns, to shared/souk/domains/{domain}/store.py. A domain "
            "with mutations or deadlines needs it, and one that is named in `joins`."
        ) from missing
    return writes


def _owner(name: str, domains: list[Domain]) -> FunctionSpec:
    """Return the function that runs the mutations and deadlines of some domains."""
    extras = [_EXTRAS[domain.name] for domain in domains if domain.name in _EXTRAS]
    names = {name for domain in domains for name in (domain.name, *domain.joins)}
    parts = {prefix for domain in domains for prefix in domain.joins_keys}
    return FunctionSpec(
        name,
        "api",
        _OWNER_SIZE,
        writes=tuple(sorted({DUE_PREFIX, OUTBOX_PREFIX}.union(parts, *map(_writes_of, names)))),
        appends=tuple(sorted(frozenset[str]().union(*map(_appends_of, names)))),
        routes=tuple(route for extra in extras for route in extra.routes),
        uses=tuple(resource for extra in extras for resource in extra.uses),
    )


def _functions() -> list[FunctionSpec]:
    owned: dict[str, list[Domain]] = {}
    for domain in DOMAINS:
        if domain.deadlines or any(root.kind == "Mutation" for root in domain.roots):
            owned.setdefault(domain.function, []).append(domain)
    return [
        FunctionSpec(GATEWAY, "api", _GATEWAY_SIZE, invokes=tuple(sorted(owned)), uses=("deployment", "operator_log")),
        *(_owner(name, domains) for name, domains in sorted(owned.items())),
        FunctionSpec(
            WEB,
            "pages",
            _GATEWAY_SIZE,
            invokes=tuple(sorted(owned)),
            routes=PAGES,
            assets=("changelog", "docs", "explorer"),
            uses=("deployment", "operator_log", "pages"),
        ),
        FunctionSpec("relay", "relay", Size(memory=512, timeout=60)),
        # They reserve no concurrency, which a new account has not got. Of two that write at the same time, one wins and
        # the other applies its changes to the new state (`souk.search.snapshot`).
        FunctionSpec("search_indexer", "indexer", Size(memory=1769, timeout=120, scratch=4096), uses=("search_queue",)),
        FunctionSpec("search_fanout", "fanout", Size(memory=1769, timeout=60, scratch=4096), uses=("search_queue",)),
        # It compiles all saved searches when it starts, and keeps them in memory. A posting can match thousands of
        # them, and each match is a transaction.
        FunctionSpec("search_matcher", "fanout", Size(memory=1769, timeout=120), writes=MATCHER_WRITES),
        FunctionSpec(
            "webhook_fanout", "fanout", Size(memory=512, timeout=30), writes=FANOUT_WRITES, uses=("webhook_queues",)
        ),
        FunctionSpec(
            "webhook_delivery",
            "delivery",
            # A request may take ten seconds (`souk.domains.webhooks.sender`), and its DNS lookup as long again.
            Size(memory=512, timeout=60),
            writes=DELIVERY_WRITES,
            uses=("webhook_secret", "webhook_queues"),
        ),
        FunctionSpec(
            LIVE,
            "sockets",
            Size(memory=512, timeout=GATEWAY_SECONDS - 1),
            writes=LIVE_WRITES,
            uses=("handshakes",),
        ),
        # It waits half a minute between two rounds of pings (`souk.entry.live_sender`).
        FunctionSpec(LIVE_SENDER, "fanout", Size(memory=512, timeout=90), writes=LIVE_WRITES, uses=("sockets",)),
        FunctionSpec(
            IMAGES,
            "images",
            # A picture of 50 megapixels takes up to 850 MB (`souk.domains.files.imaging`).
            Size(memory=1769, timeout=60),
            writes=(*IMAGES_WRITES, DUE_PREFIX),
            packages="images",
        ),
        FunctionSpec(
            CLOCK,
            "clock",
            # A run starts no work after 40 seconds (`souk.deadlines.poller`), and waits up to 26 for a function.
            Size(memory=512, timeout=90),
            writes=(DUE_PREFIX,),
            invokes=tuple(sorted(set(OWNERS.values()))),
            environment={"SOUK_OWNERS": " ".join(f"{domain}={owner}" for domain, owner in sorted(OWNERS.items()))},
        ),
    ]


FUNCTIONS: Mapping[str, FunctionSpec] = {spec.name: spec for spec in _functions()}


@cache
def graph() -> Graph:
    """Return the schema with all resolvers."""
    return Graph(DOMAINS, assemble())


def schema() -> GraphQLSchema:
    """Return the served schema."""
    return graph().schema


class Coverage(NamedTuple):
    """Whether a root field is built."""

    coordinate: str
    domain: str
    built: bool


def coverage() -> list[Coverage]:
    """Return every root field of the contract, built or not, sorted by domain and name."""
    known = graph()
    return sorted(
        (Coverage(coordinate, domain, coordinate in known.roots) for coordinate, domain in known.domain_of.items()),
        key=lambda row: (row.domain, row.coordinate),
    )
