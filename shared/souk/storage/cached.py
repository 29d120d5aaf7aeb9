"""Items that change rarely and that many requests need, kept for a while in each function."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from souk.storage.collection import Collection, E
from souk.storage.model import Key


@dataclass
class _Kept:
    """An item as it was read, and its entities by collection: several collections may read parts of one item."""

    item: Mapping[str, Any] | None
    until: datetime
    entities: dict[Collection[Any], Any] = field(default_factory=dict)


class ItemCache:
    """The kept items of one function, by key. Times are real."""

    def __init__(self) -> None:
        self._kept: dict[Key, _Kept] = {}

    def has(self, key: Key, now: datetime) -> bool:
        """Return whether an item, or its absence, is kept."""
        kept = self._kept.get(key)
        return kept is not None and now < kept.until

    def put(self, key: Key, item: Mapping[str, Any] | None, until: datetime) -> None:
        """Keep an item that was read or written; None if there is none."""
        self._kept[key] = _Kept(item, until)

    def entity(self, collection: Collection[E], key: Key) -> E | None:
        """Return the entity of a kept item; None if there is none. Raises KeyError if it is not kept."""
        kept = self._kept[key]
        if kept.item is None:
            return None
        if collection not in kept.entities:
            kept.entities[collection] = collection.decode(kept.item)
        entity: E = kept.entities[collection]
        return entity
