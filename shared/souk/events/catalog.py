"""What can be told: the contract's events, and ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

_CATALOG = Path(__file__).with_name("catalog.json")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that events happen to."""

    entity: str
    """As events name it."""
    name: str
    """As people read it."""
    actions: tuple[str, ...]
    """What can happen to it, as events name it."""


@cache
def catalog() -> Mapping[str, Kind]:
    """Return every kind of thing that events happen to, by the word that events have for it."""
    known = orjson.loads(_CATALOG.read_bytes())
    return {entity: Kind(entity, one["name"], tuple(one["actions"])) for entity, one in known.items()}


def actions() -> dict[str, tuple[str, ...]]:
    """Return what can happen, by the kind of thing that it happens to."""
    return {entity: kind.actions for entity, kind in catalog().items()}
