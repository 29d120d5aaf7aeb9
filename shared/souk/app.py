"""The composition root: the domains, and the functions that they are deployed as.

Infra, the local run and tests read what is declared here. Deployed functions never import it: it imports every domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Literal, NamedTuple

from graphql import GraphQLSchema

from souk.accounts.routes import ROUTES as ACCOUNTS
from souk.deadlines.model import DUE_PREFIX
from souk.domains import load, names_with
from souk.domains.payments.web.application import ROUTES as CHECKOUTS
from souk.domains.webhooks.store import DELIVERY_WRITES, FANOUT_WRITES
from souk.graph.assembly import assemble
from souk.graph.binder import Graph
from souk.graph.domain import Domain
from souk.graph.execution import GATEWAY
from souk.storage.transaction import OUTBOX_PREFIX
from souk.web import Route

DOMAINS: tuple[Domain, ...] = tuple(map(load, names_with("resolvers")))

CLOCK = "clock"
"""The function that has work done when it is due."""

OWNERS: Mapping[str, str] = {domain.name: domain.function for domain in DOMAINS if domain.deadlines}
"""The functions that the clock calls, by the names of the domains whose work they do."""

GATEWAY_SECONDS = 29
"""API Gateway waits for a function no longer than this."""


@dataclass(frozen=True, slots=True)
class Size:
    """What one execution environment gets."""

    memory: int
    """MiB, at most 10240; 1769 is one whole CPU."""
    timeout: int
    """Seconds."""
    scratch: int = 512
    """MiB of /tmp."""
    concurrency: int | None = None
    """How many may run at once; None leaves it to the account."""


Resource = Literal["people", "payment_provider", "webhook_queues", "webhook_secret"]
"""What a function may be given to work with, beside what all have: its role allows it, its settings name it."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A deployed function: its kind says what invokes it; its role allows what is declared here."""

    name: str
    kind: Literal["api", "relay", "indexer", "clock", "fanout", "delivery"]
    size: Size
    writes: tuple[str, ...] = ()
    """The beginnings of the partition keys that it may write. An API function may read the whole table."""
    invokes: tuple[str, ...] = ()
    """The functions that it calls, by their short names."""
    routes: tuple[Route[Any], ...] = ()
    """What it serves over plain HTTP, beside its part of the graph."""
    uses: tuple[Resource, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that it alone has."""


class _Web(NamedTuple):
    """What a domain's function serves and uses besides."""

    routes: tuple[Route[Any], ...] = ()
    uses: tuple[Resource, ...] = ()


_BESIDES: Mapping[str, _Web] = {
    "identity": _Web(ACCOUNTS, ("people",)),
    "payments": _Web(CHECKOUTS, ("payment_provider",)),
    "webhooks": _Web(uses=("webhook_secret", "webhook_queues")),
}
"""By the domain's name."""

# A function that waits for another one outlives it, and API Gateway outlives both, so that whoever waits hears of it.
_FRONT = Size(memory=1769, timeout=GATEWAY_SECONDS - 1, scratch=2048)
_OWNER = Size(memory=1769, timeout=GATEWAY_SECONDS - 4, scratch=2048)


def _writes_of(domain: str) -> tuple[str, ...]:
    """Return the beginnings of the partition keys that a domain owns, by its name; it need not be in the graph."""
    writes: tuple[str, ...] = import_module(f"souk.domains.{domain}.store").WRITES
    return writes


def _owner(name: str, domains: list[Domain]) -> FunctionSpec:
    """Return the function that runs the mutations, and does the due work, of some domains."""
    besides = [_BESIDES[domain.name] for domain in domains if domain.name in _BESIDES]
    names = {name for domain in domains for name in (domain.name, *domain.joins)}
    return FunctionSpec(
        name,
        "api",
        _OWNER,
        writes=tuple(sorted({DUE_PREFIX, OUTBOX_PREFIX}.union(*map(_writes_of, names)))),
        routes=tuple(route for web in besides for route in web.routes),
        uses=tuple(resource for web in besides for resource in web.uses),
    )


def _functions() -> list[FunctionSpec]:
    owned: dict[str, list[Domain]] = {}
    for domain in DOMAINS:
        if domain.deadlines or any(root.kind == "Mutation" for root in domain.roots):
            owned.setdefault(domain.function, []).append(domain)
    return [
        FunctionSpec(GATEWAY, "api", _FRONT, invokes=tuple(sorted(owned))),
        *(_owner(name, domains) for name, domains in sorted(owned.items())),
        FunctionSpec("relay", "relay", Size(memory=512, timeout=60)),
        # An index has one writer, so the function runs once at a time, however many shards the stream has.
        FunctionSpec("search_indexer", "indexer", Size(memory=1769, timeout=120, scratch=4096, concurrency=1)),
        FunctionSpec(
            "webhook_fanout", "fanout", Size(memory=512, timeout=30), writes=FANOUT_WRITES, uses=("webhook_queues",)
        ),
        FunctionSpec(
            "webhook_delivery",
            "delivery",
            # It waits ten seconds for an address (`souk.domains.webhooks.sender`), and perhaps as long for its name.
            Size(memory=512, timeout=60),
            writes=DELIVERY_WRITES,
            uses=("webhook_secret", "webhook_queues"),
        ),
        FunctionSpec(
            CLOCK,
            "clock",
            # A run begins no work after 40 seconds (`souk.deadlines.clock`), and waits for an owner for 26.
            Size(memory=512, timeout=90),
            writes=(DUE_PREFIX,),
            invokes=tuple(sorted(set(OWNERS.values()))),
            environment={"SOUK_OWNERS": " ".join(f"{domain}={owner}" for domain, owner in sorted(OWNERS.items()))},
        ),
    ]


FUNCTIONS: Mapping[str, FunctionSpec] = {spec.name: spec for spec in _functions()}


@cache
def graph() -> Graph:
    """Return the schema with all of its resolvers."""
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
    """List every root field of the contract, built or not, by domain and name."""
    known = graph()
    return sorted(
        (Coverage(coordinate, domain, coordinate in known.roots) for coordinate, domain in known.domain_of.items()),
        key=lambda row: (row.domain, row.coordinate),
    )
