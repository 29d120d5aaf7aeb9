"""What a query reads beside single items: bounded parts of partitions, such as the last days of a person, and numbers.

A link can lead to a series (`souk.graph.domain.Link`), and fields can need both. Those of a level are read at the same
time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from souk.storage.collection import Collection, E, Tally
from souk.storage.model import Key
from souk.storage.table import Table

_TO = ".."
V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class Series(Generic[E]):
    """A part of a partition. `partition` returns its key, and `between` the first and the last sort key."""

    name: str
    of: Collection[E] | Tally[E]
    partition: Callable[..., str]
    between: Callable[..., tuple[str, str]]
    most: int
    """The greatest number of items. It follows from the keys, or the writes enforce it."""
    attributes: tuple[str, ...] = ()
    """It has no attributes of its own."""
    absent: tuple[Any, ...] = ()

    def key(self, *parts: Any) -> Key:
        """Return the identity of a part of a partition. It is no key of an item."""
        return Key(self.partition(*parts), _TO.join(self.between(*parts)))

    def read(self, table: Table, key: Key, *, consistent: bool = False) -> list[E]:
        """Return the items of a part, in the order of their keys."""
        first, last = key.sk.split(_TO)
        return table.query_bounded(self.of, key.pk, between=(first, last), most=self.most, consistent=consistent)


@dataclass(frozen=True, eq=False)
class Reading(Generic[V]):
    """A value that takes a read of its own, such as the number of somebody's contracts. `of` reads it by an id."""

    name: str
    of: Callable[[Table, str], V]
    attributes: tuple[str, ...] = ()
    """It has no attributes of its own."""
    absent: None = None

    def key(self, owner_id: str) -> Key:
        """Return the identity of a value. It is no key of an item."""
        return Key(self.name, owner_id)

    def read(self, table: Table, key: Key, *, consistent: bool = False) -> V:  # noqa: ARG002 - `of` knows how to read
        """Return the value."""
        return self.of(table, key.sk)
