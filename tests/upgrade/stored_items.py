"""The kinds of items that Souk stores, found in its code. A recorded table must contain all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Final

import souk
from souk import local
from souk.app import DOMAINS, FUNCTIONS
from souk.authentication.records import API_KEYS, KeyState
from souk.deadlines.model import DEADLINES, Deadline
from souk.domains.activities.model import ActivityStatus
from souk.domains.activities.store import ACTIVITIES
from souk.domains.contracts.model import ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.gigs.model import Status as GigStatus
from souk.domains.gigs.store import GIGS
from souk.domains.identity.model import InvitationState as TeamInvitationState
from souk.domains.identity.store import INVITATIONS as TEAM_INVITATIONS
from souk.domains.jobs.model import Status as JobStatus
from souk.domains.jobs.store import JOBS
from souk.domains.ledger.model import BookingKind
from souk.domains.ledger.store import BOOKINGS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.store import MILESTONES
from souk.domains.offers.model import OfferState
from souk.domains.offers.store import OFFERS
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers import sandbox, stripe
from souk.domains.payments.store import ORDERS
from souk.domains.proposals.model import ClientStatus, InvitationState
from souk.domains.proposals.store import INVITATIONS, PROPOSALS
from souk.domains.talent.model import ProfileState
from souk.domains.talent.store import PROFILES
from souk.domains.time.model import Stage
from souk.domains.time.store import TIMESHEETS
from souk.domains.webhooks.model import DeliveryState, SubscriptionState
from souk.domains.webhooks.store import DELIVERIES, SUBSCRIPTIONS
from souk.storage import Collection, Key, Tally
from souk.storage.collection import ListedCounters
from tests.upgrade.release import Item

_STATES: Final[tuple[tuple[Collection[Any], str, type[StrEnum], frozenset[StrEnum]], ...]] = (
    (ACTIVITIES, "status", ActivityStatus, frozenset()),
    (API_KEYS, "state", KeyState, frozenset({KeyState.REJECTED, KeyState.REVIEW})),
    (BOOKINGS, "kind", BookingKind, frozenset()),
    (CONTRACTS, "status", ContractStatus, frozenset()),
    (DELIVERIES, "state", DeliveryState, frozenset()),
    (GIGS, "status", GigStatus, frozenset()),
    (INVITATIONS, "state", InvitationState, frozenset()),
    (JOBS, "status", JobStatus, frozenset({JobStatus.VERIFICATION_PENDING, JobStatus.PENDING_PAYMENT_METHOD})),
    (MILESTONES, "state", MilestoneState, frozenset()),
    (OFFERS, "state", OfferState, frozenset()),
    (ORDERS, "state", OrderState, frozenset()),
    (PROPOSALS, "client_status", ClientStatus, frozenset()),
    (PROFILES, "state", ProfileState, frozenset({ProfileState.NOT_STARTED})),
    (RELATIONS, "kind", RelationKind, frozenset()),
    (SUBSCRIPTIONS, "state", SubscriptionState, frozenset()),
    (TIMESHEETS, "stage", Stage, frozenset()),
    (TEAM_INVITATIONS, "state", TeamInvitationState, frozenset()),
)
"""Collections with states: the field, its enum, and the states that no command leads to."""
_NO_LONGER_WRITTEN: Final = frozenset({"ProposalMessage"})
"""Collections that only earlier releases have written."""
_UNUSED_PREFIXES: Final = frozenset({"UNIQ#payment#"})
"""Prefixes that no command writes, because no command gives a booking an idempotency key."""


@cache
def _declared() -> tuple[object, ...]:
    """Return the values of all modules of Souk that are deployed."""
    names = sorted(one.name for one in walk_packages(souk.__path__, f"{souk.__name__}."))
    modules = [import_module(name) for name in names if not name.startswith(local.__name__)]
    return tuple(value for module in modules for value in vars(module).values())


def collections() -> dict[str, list[Collection[Any]]]:
    """Return all collections by name. Some names have two collections with different models."""
    found: defaultdict[str, list[Collection[Any]]] = defaultdict(list)
    for value in _declared():
        if isinstance(value, ListedCounters):
            continue  # counters have no type: `test_upgrade.py` compares their values
        if isinstance(value, Collection) and value not in found[value.name]:
            found[value.name].append(value)
    return dict(found)


def tallies() -> dict[str, Tally[Any]]:
    """Return all tallies by name."""
    return {value.name: value for value in _declared() if isinstance(value, Tally)}


def deadline_kinds() -> set[str]:
    """Return the kinds of deadlines that domains declare."""
    return {kind for domain in DOMAINS for kind in domain.deadlines}


def payment_purposes() -> set[str]:
    """Return the purposes of payment orders that domains declare."""
    return {purpose for domain in DOMAINS for purpose in domain.paid_handlers}


def key_prefixes() -> set[str]:
    """Return the prefixes of partition keys that functions may write."""
    return {prefix for function in FUNCTIONS.values() for prefix in function.writes}


def key_of(item: Item) -> Key:
    """Return the key of an item."""
    return Key(item["PK"]["S"], item["SK"]["S"])


def entities(items: Iterable[Item], collection: Collection[Any]) -> list[Any]:
    """Return the stored entities of a collection, in the order of their keys."""
    stored = (item for item in items if item.get("type", {}).get("S") == collection.name)
    return [collection.decode(item) for item in sorted(stored, key=key_of)]


def deadlines(items: Iterable[Item]) -> list[Deadline]:
    """Return the deadlines, the earliest first."""
    found: list[Deadline] = entities(items, DEADLINES)
    return sorted(found, key=lambda one: (one.at, one.kind, one.id))


def open_orders(items: Iterable[Item], provider: str, purpose: str) -> list[PaymentOrder]:
    """Return the open payments of a purpose at a provider."""
    found: list[PaymentOrder] = entities(items, ORDERS)
    return [one for one in found if (one.provider, one.purpose, one.state) == (provider, purpose, OrderState.OPEN)]


def missing(items: list[Item]) -> list[str]:
    """Describe the kinds of items that the code writes and that are missing here."""
    return sorted(_missing(items))


def _missing(items: list[Item]) -> Iterator[str]:
    types = {item["type"]["S"] for item in items if "type" in item}
    yield from (f"collection {name}" for name in collections().keys() - types - _NO_LONGER_WRITTEN)
    attributes = {name for item in items for name in item}
    for name, tally in tallies().items():
        if not any(item.keys() >= {tally.attributes[0]} for item in items) or not attributes & set(tally.attributes):
            yield f"tally {name}"
    partitions = [item["PK"]["S"] for item in items]
    for prefix in key_prefixes() - _UNUSED_PREFIXES:
        if not any(partition.startswith(prefix) for partition in partitions):
            yield f"items at {prefix}"
    yield from (f"a deadline {kind}" for kind in deadline_kinds() - {one.kind for one in deadlines(items)})
    for provider in (sandbox.NAME, stripe.NAME):
        for purpose in payment_purposes():
            if not open_orders(items, provider, purpose):
                yield f"an open payment for {purpose} at {provider}"
    for collection, field, states, unreachable in _STATES:
        stored = {getattr(one, field) for one in entities(items, collection)}
        yield from (f"{collection.name} that is {state}" for state in set(states) - unreachable - stored)


def lost_fields(stored: object, read: object, path: str = "") -> Iterator[str]:
    """Yield the paths of fields that differ between a stored document and the model that read it."""
    if isinstance(stored, dict) and isinstance(read, dict):
        for name, value in stored.items():
            if name in read:
                yield from lost_fields(value, read[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    elif isinstance(stored, list) and isinstance(read, list) and len(stored) == len(read):
        if all(isinstance(one, str) for one in (*stored, *read)):  # a set has no order
            stored, read = sorted(stored), sorted(read)
        for number, (before, after) in enumerate(zip(stored, read, strict=True)):
            yield from lost_fields(before, after, f"{path}.{number}")
    elif stored != read:
        yield path
