"""The catalog of events: the contract's and Souk's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

_CATALOG = Path(__file__).with_name("catalog.json")


@dataclass(frozen=True, slots=True)
class EventEntity:
    """An entity that has events."""

    entity: str
    """The name in events, such as `OFFER`."""
    name: str
    """The name for people."""
    actions: tuple[str, ...]
    """The names of its events, such as `CREATE`."""


@cache
def catalog() -> Mapping[str, EventEntity]:
    """Return all entities that have events, by their names in events."""
    entities = orjson.loads(_CATALOG.read_bytes())
    return {name: EventEntity(name, entity["name"], tuple(entity["actions"])) for name, entity in entities.items()}


def actions_by_entity() -> dict[str, tuple[str, ...]]:
    """Return the actions of each entity."""
    return {name: entity.actions for name, entity in catalog().items()}
