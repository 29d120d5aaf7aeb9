"""The catalog of events: the contract's and Souk's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import orjson

_CATALOG = Path(__file__).with_name("catalog.json")


class Subscribers(StrEnum):
    """The organizations that may subscribe to an entity's events, as far as the events concern them."""

    CLIENTS = "CLIENTS"
    """Clients (reference, line 923): the entities of the contract."""
    EVERYBODY = "EVERYBODY"
    OPERATORS = "OPERATORS"
    """The operators' organization."""


@dataclass(frozen=True, slots=True)
class EventEntity:
    """An entity that has events."""

    entity: str
    """The name in events, such as `OFFER`."""
    name: str
    """The name for people."""
    actions: tuple[str, ...]
    """The names of its events, such as `CREATE`."""
    subscribers: Subscribers = Subscribers.CLIENTS

    def open_to(self, *, client: bool, operators: bool) -> bool:
        """Return whether an organization may subscribe: `client` if it is one, `operators` if it is theirs."""
        return {
            Subscribers.CLIENTS: client,
            Subscribers.EVERYBODY: True,
            Subscribers.OPERATORS: operators,
        }[self.subscribers]


@cache
def catalog() -> Mapping[str, EventEntity]:
    """Return all entities that have events, by their names in events."""
    entities = orjson.loads(_CATALOG.read_bytes())
    return {
        name: EventEntity(
            name, entity["name"], tuple(entity["actions"]), Subscribers(entity.get("subscribers", Subscribers.CLIENTS))
        )
        for name, entity in entities.items()
    }


def actions_by_entity() -> dict[str, tuple[str, ...]]:
    """Return the actions of each entity."""
    return {name: entity.actions for name, entity in catalog().items()}
