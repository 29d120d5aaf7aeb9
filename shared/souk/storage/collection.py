"""The layout of one kind of entity in the table, declared in the `store.py` of the domain that owns it."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson

from souk.storage.model import Entity, Key
from souk.storage.unknown import has_unknown, with_unknown
from souk.values.errors import Unprocessable

E = TypeVar("E", bound=Entity)

Item = dict[str, Any]
"""An item in the format of DynamoDB's low-level client."""

# DynamoDB's limit is 400 KB for an item, including the keys and indexed attributes.
_MAX_DOC_BYTES = 380_000
_MAX_SHOWN = 40  # characters of a key in a message
_MAX_COMPARED = 100  # DynamoDB's limit for IN


@dataclass(frozen=True, eq=False)
class Collection(Generic[E]):
    """The model, the keys and the index entries of one kind of entity.

    `key` returns the key from the parts that links hold, usually the id. `key_of` returns it from the entity. `indexes`
    returns the entity's key in each GSI, or None to leave it out of the index.
    """

    name: str
    model: type[E]
    key: Callable[..., Key]
    key_of: Callable[[E], Key]
    indexes: Mapping[str, Callable[[E], Key | None]] = field(default_factory=dict)
    expires_at: Callable[[E], int | None] | None = None
    """When DynamoDB may delete the item, as a Unix timestamp. It may do so late, so readers check the time."""
    filters: Mapping[str, Callable[[E], str | None]] = field(default_factory=dict)
    """Values that lists filter by, stored as attributes of their own (`filter_of`)."""
    counters: Mapping[str, Callable[[E], Key | None]] = field(default_factory=dict)
    """The keys of counters of lists, by the list's index; "" for the table's own partitions. A counter counts an entity
    from its creation to its deletion, so an entity must never move to another partition of the index."""
    attributes: tuple[str, ...] = ("doc",)
    """The attributes to read for decoding an item."""
    whole: bool = True
    """Whether the model has all of the document. One that has only a part of it is never written."""
    absent: None = None
    """The value of an item that does not exist."""

    def encode(self, entity: E) -> Item:
        """Return the item of an entity.

        Raises Unprocessable if it or one of its keys is too large for the table.
        """
        doc = entity.model_dump_json(by_alias=True, exclude_none=True)
        if has_unknown(entity):
            doc = orjson.dumps(with_unknown(orjson.loads(doc), entity)).decode()
        size = len(doc.encode())
        if size > _MAX_DOC_BYTES:
            raise Unprocessable(f"This {self.name} takes {size} bytes; the limit is {_MAX_DOC_BYTES}.")
        item: Item = {
            "type": {"S": self.name},
            "version": {"N": str(entity.version)},
            "doc": {"S": doc},
            **new_key_attributes(self.key_of(entity)),
        }
        for index, rule in self.indexes.items():
            if key := rule(entity):
                item |= new_key_attributes(key, index)
        for name, read in self.filters.items():
            if value := read(entity):
                item[filter_attribute(name)] = {"S": value}
        if self.expires_at and (expires := self.expires_at(entity)):
            item["ttl"] = {"N": str(expires)}
        return item

    def decode(self, item: Mapping[str, Any]) -> E:
        """Return the entity of an item."""
        return self.model.model_validate_json(item["doc"]["S"], extra="allow" if self.whole else None)


@dataclass(frozen=True, eq=False)
class ListedCounters(Collection[E]):
    """Counters that lists show (`Transaction.count` with `listed`). The model is made of a counter's key and value.

    All of them are below `prefix`. `make` returns None for other counters there, which no list shows.
    """

    attributes: tuple[str, ...] = ("PK", "SK", "counted", "version")
    prefix: str = ""
    make: Callable[[Key, int], E | None] = field(default=lambda _key, _number: None)
    number: Callable[[E], int] = field(default=lambda _: 0)
    """Returns the value of the counter."""

    def encode(self, entity: E) -> Item:
        """Return the item of a counter."""
        own = {"counted": {"N": str(self.number(entity))}, "version": {"N": str(entity.version)}}
        return own | new_key_attributes(self.key_of(entity)) | self.listed(entity)

    def listed(self, entity: E) -> Item:
        """Return the attributes with which the lists find a counter."""
        keys = {index: rule(entity) for index, rule in self.indexes.items()}
        return {
            name: value for index, key in keys.items() if key for name, value in new_key_attributes(key, index).items()
        }

    def decode(self, item: Mapping[str, Any]) -> E:
        """Return the model of a counter's item."""
        made = self.make(Key(item["PK"]["S"], item["SK"]["S"]), int(item["counted"]["N"]))
        if made is None:
            raise ValueError(f"{item['PK']['S']} is in no list of {self.name}.")
        return made.model_copy(update={"version": int(item.get("version", {}).get("N", 0))})


@dataclass(frozen=True, eq=False)
class Tally(Generic[E]):
    """A group of counters in one item. They are incremented without being read first: `Transaction.tally`.

    The model's integers are the counters, which start at 0. Each is an attribute of the item, which DynamoDB can add
    to. Its `frozenset[str]` fields are sets (`Transaction.mark`), and its texts the latest times of something
    (`Transaction.latest`). A tally is read like a collection; one that does not exist yet is all zeros.
    """

    name: str
    model: type[E]
    key: Callable[..., Key]
    sort_key: str | None = None
    """The field that holds the item's sort key. It is not stored twice."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the counters."""
        return tuple(name for name in self._of_type(int) if name != "version")

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of the sets."""
        return self._of_type(frozenset[str])

    @property
    def times(self) -> tuple[str, ...]:
        """The names of the times."""
        return tuple(name for name in self._of_type(str) if name != self.sort_key)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes to read for decoding an item."""
        named = (*self.names, *self.sets, *self.times)
        return (*map(tally_attribute, named), *(("SK",) if self.sort_key else ()))

    @property
    def absent(self) -> E:
        """The value of an item that does not exist: all zeros."""
        return self.model()

    def decode(self, item: Mapping[str, Any]) -> E:
        """Return the counters of an item."""
        found: dict[str, Any] = {}
        for names, read in ((self.names, _number), (self.sets, _set), (self.times, _text)):
            found |= {name: read(value) for name in names if (value := item.get(tally_attribute(name)))}
        if self.sort_key:
            found[self.sort_key] = item["SK"]["S"]
        return self.model.model_validate(found)

    def _of_type(self, wanted: Any) -> tuple[str, ...]:
        return tuple(name for name, field in self.model.model_fields.items() if field.annotation == wanted)


def _number(value: Mapping[str, Any]) -> int:
    return int(value["N"])


def _set(value: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(value["SS"])


def _text(value: Mapping[str, Any]) -> str:
    return str(value["S"])


def tally_attribute(name: str) -> str:
    """Return the attribute of a field of a tally. Its prefix avoids DynamoDB's reserved words."""
    return f"n_{name}"


def filter_of(among: Mapping[str, AbstractSet[str]]) -> tuple[str, Item]:
    """Return DynamoDB's filter expression for accepted values of attributes, and the values.

    It also accepts items without an attribute: those that an earlier release wrote. An attribute with more values than
    DynamoDB compares is not filtered by.
    """
    conditions: list[str] = []
    values: Item = {}
    for name, accepted in among.items():
        attribute = filter_attribute(name)
        if len(accepted) > _MAX_COMPARED:
            continue
        named = {f":{attribute}{at}": {"S": value} for at, value in enumerate(sorted(accepted))}
        matches = [f"{attribute} IN ({', '.join(named)})"] if named else []
        conditions.append(f"({' OR '.join([f'attribute_not_exists({attribute})', *matches])})")
        values |= named
    return " AND ".join(conditions), values


def filter_attribute(name: str) -> str:
    """Return the attribute that lists filter by. Its prefix avoids DynamoDB's reserved words."""
    return f"f_{name}"


def key_attributes(key: Key, index: str = "") -> Item:
    """Return a key as the attributes of the table (`PK`, `SK`) or of an index (`GSI1PK`, `GSI1SK`)."""
    return {f"{index}PK": {"S": key.pk}, f"{index}SK": {"S": key.sk}}


def new_key_attributes(key: Key, index: str = "") -> Item:
    """Return the attributes of a key to store. Raises Unprocessable for a key that DynamoDB does not accept."""
    if not key.possible:
        raise Unprocessable(f"The key {key.pk[:_MAX_SHOWN]!r}, {key.sk[:_MAX_SHOWN]!r} is empty or too long.")
    return key_attributes(key, index)
