"""The composition root: the one place that knows all domains, and which functions they are deployed as."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal, NamedTuple

from graphql import GraphQLSchema

from souk.deadlines.model import DUE_PREFIX
from souk.domains.contracts.resolvers import domain as contracts
from souk.domains.feedback.resolvers import domain as feedback
from souk.domains.files.resolvers import domain as files
from souk.domains.gigs.resolvers import domain as gigs
from souk.domains.identity.resolvers import domain as identity
from souk.domains.jobs.resolvers import domain as jobs
from souk.domains.milestones.resolvers import domain as milestones
from souk.domains.offers.resolvers import domain as offers
from souk.domains.payments.resolvers import domain as payments
from souk.domains.proposals.resolvers import domain as proposals
from souk.domains.reference.resolvers import domain as reference
from souk.domains.webhooks.resolvers import domain as webhooks
from souk.domains.webhooks.store import DELIVERY_WRITES, FANOUT_WRITES
from souk.graph.assembly import assemble
from souk.graph.binder import Graph
from souk.graph.domain import Domain
from souk.graph.execution import GATEWAY
from souk.storage.transaction import OUTBOX_PREFIX

DOMAINS: tuple[Domain, ...] = (
    contracts,
    feedback,
    files,
    gigs,
    identity,
    jobs,
    milestones,
    offers,
    payments,
    proposals,
    reference,
    webhooks,
)
"""Each is `souk.domains.<name>.resolvers.domain`, and found there again by its name."""


CLOCK = "clock"
"""The function that has work done when it is due."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A deployed function, and what its role allows it."""

    name: str
    kind: Literal["api", "relay", "indexer", "clock", "fanout", "delivery"]
    writes: tuple[str, ...] = ()
    """The beginnings of the partition keys that it may write. Every function may read the whole table."""
    invokes: tuple[str, ...] = ()
    """The functions that it calls, by their short names."""


OWNERS: Mapping[str, str] = {domain.name: domain.function for domain in DOMAINS if domain.deadlines}
"""The functions that the clock calls, by the names of the domains whose work they do."""


def _writes_of(domain: str) -> tuple[str, ...]:
    """Return the beginnings of the partition keys that a domain owns, by its name; it need not be in the graph."""
    writes: tuple[str, ...] = import_module(f"souk.domains.{domain}.store").WRITES
    return writes


def _functions() -> dict[str, FunctionSpec]:
    owners: dict[str, set[str]] = {}
    for domain in DOMAINS:
        if domain.deadlines or any(root.kind == "Mutation" for root in domain.roots):
            owners.setdefault(domain.function, {DUE_PREFIX, OUTBOX_PREFIX}).update(
                domain.writes, *map(_writes_of, domain.joins)
            )
    specs = [FunctionSpec(name, "api", tuple(sorted(writes))) for name, writes in sorted(owners.items())]
    return {
        spec.name: spec
        for spec in (
            FunctionSpec(GATEWAY, "api", invokes=tuple(sorted(owners))),
            *specs,
            FunctionSpec("relay", "relay"),
            FunctionSpec("search_indexer", "indexer"),
            FunctionSpec("webhook_fanout", "fanout", FANOUT_WRITES),
            FunctionSpec("webhook_delivery", "delivery", DELIVERY_WRITES),
            FunctionSpec(CLOCK, "clock", (DUE_PREFIX,), invokes=tuple(sorted(set(OWNERS.values())))),
        )
    }


FUNCTIONS: Mapping[str, FunctionSpec] = _functions()


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
