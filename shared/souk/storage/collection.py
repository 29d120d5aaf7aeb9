"""How the entities of one kind lie in the table: declared once, in the `store.py` of the domain that owns them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from souk.storage.model import Entity, Key
from souk.values.errors import Unprocessable

E = TypeVar("E", bound=Entity)

Item = dict[str, Any]
"""An item as DynamoDB's low-level client takes and gives it."""

# DynamoDB refuses items over 400 KB; the keys and indexed attributes need a little of it.
_MAX_DOC_BYTES = 380_000
_SHOWN = 40  # characters of a key in a message


@dataclass(frozen=True, eq=False)
class Collection(Generic[E]):
    """The model, the keys and the index entries of one kind of entity.

    `key` makes the key from whatever the links to this collection hold, most often the id. `key_of` makes it from
    the entity. `indexes` says in which GSIs an entity appears; a rule that returns None leaves it out of that index.
    """

    name: str
    model: type[E]
    key: Callable[..., Key]
    key_of: Callable[[E], Key]
    indexes: Mapping[str, Callable[[E], Key | None]] = field(default_factory=dict)
    expires_at: Callable[[E], int | None] | None = None
    """When DynamoDB may delete the item, in seconds since 1970. It does so late: readers check the time themselves."""
    attributes: tuple[str, ...] = ("doc",)
    """What has to be read of an item to decode it."""
    absent: None = None
    """What stands for an item that there is not."""

    def encode(self, entity: E) -> Item:
        """Return the item of an entity.

        Raises Unprocessable where it or a key of it is larger than the table can hold.
        """
        doc = entity.model_dump_json(by_alias=True, exclude_none=True)
        size = len(doc.encode())
        if size > _MAX_DOC_BYTES:
            raise Unprocessable(f"This {self.name} takes {size} bytes to store and {_MAX_DOC_BYTES} are the limit.")
        item: Item = {
            "type": {"S": self.name},
            "version": {"N": str(entity.version)},
            "doc": {"S": doc},
            **new_key_attributes(self.key_of(entity)),
        }
        for index, rule in self.indexes.items():
            if at := rule(entity):
                item |= new_key_attributes(at, index)
        if self.expires_at and (expires := self.expires_at(entity)):
            item["ttl"] = {"N": str(expires)}
        return item

    def decode(self, item: Mapping[str, Any]) -> E:
        """Return the entity of an item."""
        return self.model.model_validate_json(item["doc"]["S"])


@dataclass(frozen=True, eq=False)
class Tally(Generic[E]):
    """Numbers about something that are added to without being read first: `Transaction.tally`.

    The model's fields are the numbers, all of them whole and 0 at first. They are attributes of the item, so that
    DynamoDB can add to them. It is read as a collection is; one that nobody has added to yet is all zeros.
    """

    name: str
    model: type[E]
    key: Callable[..., Key]

    @property
    def names(self) -> tuple[str, ...]:
        """What it counts."""
        return tuple(name for name in self.model.model_fields if name != "version")

    @property
    def attributes(self) -> tuple[str, ...]:
        """What has to be read of an item to decode it."""
        return tuple(map(tally_attribute, self.names))

    @property
    def absent(self) -> E:
        """What stands for an item that there is not."""
        return self.model()

    def decode(self, item: Mapping[str, Any]) -> E:
        """Return what an item counts."""
        numbers = {name: item.get(tally_attribute(name)) for name in self.names}
        return self.model.model_validate({name: int(held["N"]) for name, held in numbers.items() if held})


def tally_attribute(name: str) -> str:
    """Return the attribute that a number is kept in: none of DynamoDB's reserved words begins so."""
    return f"n_{name}"


def key_attributes(key: Key, index: str = "") -> Item:
    """Return a key as the attributes of the table (`PK`, `SK`) or of an index (`GSI1PK`, `GSI1SK`)."""
    return {f"{index}PK": {"S": key.pk}, f"{index}SK": {"S": key.sk}}


def new_key_attributes(key: Key, index: str = "") -> Item:
    """Return the attributes of a key that is to be stored. Raises Unprocessable for one that no item can have."""
    if not key.possible:
        raise Unprocessable(
            f"The key {key.pk[:_SHOWN]!r}, {key.sk[:_SHOWN]!r} is longer than the table can hold, or empty."
        )
    return key_attributes(key, index)
