"""The schema of an index, declared by the domain that owns the index, and the documents that fit it."""

import hashlib
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias, TypeVar

import orjson

from souk.search import text as words
from souk.search.query import (
    ID,
    RELEVANCE,
    AnyOf,
    Exists,
    InvalidQuery,
    Near,
    Phrase,
    Prefix,
    Query,
    Range,
    Search,
    Words,
    walk,
)

_MAX_ID = 2**64 - 1
_MAX_INTEGER = 2**63 - 2
"""One less than 64 bits hold, because an engine sorts missing values as the largest or the least number."""
_MAX_TEXT = 1000
_MAX_LATITUDE = 90
_MAX_LONGITUDE = 180


@dataclass(frozen=True, slots=True)
class Text:
    """Text that is searched by its words, with one or several values. A phrase stays within one value.

    `weight` multiplies the score of matches in this field when results are ordered by relevance.
    """

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Keyword:
    """One or several exact values, such as ids or states. Only the first 512 characters of a value count."""

    name: str


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number of 64 bits without their largest and least, for ranges and sorting. At most one value."""

    name: str


@dataclass(frozen=True, slots=True)
class Float:
    """A finite number, for ranges and sorting. At most one value."""

    name: str


@dataclass(frozen=True, slots=True)
class Geo:
    """A place on earth. At most one value."""

    name: str


Field: TypeAlias = Text | Keyword | Integer | Float | Geo


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """Latitude (-90 to 90) and longitude (-180 to 180) in degrees. Raises ValueError outside these ranges."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (abs(self.latitude) <= _MAX_LATITUDE and abs(self.longitude) <= _MAX_LONGITUDE):
            raise ValueError(f"no place on earth has latitude {self.latitude} and longitude {self.longitude}")


Value: TypeAlias = str | Sequence[str] | int | float | GeoPoint | None
F = TypeVar("F", bound=Field)


@dataclass(frozen=True, slots=True)
class Document:
    """The indexed data of one entity. `id` is a 64-bit unsigned number in decimal, without leading zeros.

    A field that is None, empty or left out counts as missing.
    """

    id: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class IndexSchema:
    """The declaration of one index.

    `searchable` maps field names of the search language (`title:`) to fields. `default` lists the text fields to search
    for words without a field name.

    Raises ValueError for an inconsistent declaration.
    """

    name: str
    fields: tuple[Field, ...]
    default: tuple[str, ...]
    searchable: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self._by_name) != len(self.fields):
            raise ValueError(f"index {self.name} declares a field twice")
        for name in self._by_name:
            if name in (ID, RELEVANCE) or not name.isidentifier() or name.startswith("_"):
                raise ValueError(f"index {self.name} cannot have a field named {name!r}")
        for name in self.default:
            self._require(name, Text)
        for name in self.searchable.values():
            self._require(name, Text, Keyword, Integer, Float)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {declared.name: declared for declared in self.fields}

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever documents are indexed differently, so that incompatible versions never share files."""
        described = repr((words.RULES, sorted(self.fields, key=lambda declared: declared.name)))
        return hashlib.blake2b(described.encode(), digest_size=6).hexdigest()

    def field(self, name: str) -> Field:
        """Return the declaration of a field. Raises ValueError if there is none, which is a bug of the caller."""
        if name not in self._by_name:
            raise ValueError(f"index {self.name} has no field {name!r}")
        return self._by_name[name]

    def of_kind(self, kind: type[F]) -> list[F]:
        """Return the fields of one kind, in the order of declaration."""
        return [declared for declared in self.fields if isinstance(declared, kind)]

    def normalise(self, document: Document) -> Document:
        """Return the document in the form that adapters index: without missing fields, and with normal values.

        Text and keyword values become tuples of strings. Numbers and places stay single values. Raises ValueError for
        a field that is not in the schema, or a value of the wrong kind.
        """
        number(document.id)
        values: dict[str, Value] = {}
        for name, value in document.values.items():
            declared = self.field(name)
            if value is None or value in ("", (), []):
                continue
            values[name] = _NORMALISE[type(declared)](name, value)
        return Document(document.id, {name: value for name, value in values.items() if value != ()})

    def check(self, search: Search) -> None:
        """Raise ValueError if the search does not fit the schema. Code builds the tree, so that is a bug.

        Raises InvalidQuery for words, phrases and prefixes of more than 1,000 characters, which can come from users.
        """
        if search.offset < 0 or search.limit < 0:
            raise ValueError("offset and limit cannot be negative")
        for position, sort in enumerate(search.order):
            if isinstance(sort, Near) or sort.field == RELEVANCE:
                if position:
                    raise ValueError("relevance and distance can only be the first key of an order")
                if isinstance(sort, Near):
                    self._check_node(sort)
            elif sort.field != ID:
                self._require(sort.field, Integer, Float)
        for boost in search.boosts:
            self._check_node(boost.where)
            if not (boost.weight > 0 and math.isfinite(boost.weight)):
                raise ValueError("a weight must be a finite number above 0")
        for node in walk(search.where):
            self._check_node(node)

    def _check_node(self, node: Query) -> None:
        match node:
            case Words() | Phrase() | Prefix():
                for name in node.fields:
                    self._require(name, Text)
                if len(node.text) > _MAX_TEXT:
                    raise InvalidQuery(f"Each text in a search can have at most {_MAX_TEXT} characters.")
                if isinstance(node, Prefix) and len(words.tokens(node.text)) != 1:
                    raise ValueError("a prefix must be one word")
            case AnyOf() if node.field != ID:
                self._require(node.field, Keyword)
            case Range() if node.field != ID:
                self._require(node.field, Integer, Float)
            case Exists():
                self.field(node.field)
            case Near():
                self._require(node.field, Geo)
                GeoPoint(node.latitude, node.longitude)
                if not (node.miles >= 0 and math.isfinite(node.miles)):
                    raise ValueError("a radius must be a finite number of miles and not negative")
        if isinstance(node, Range) and not all(
            abs(bound) <= sys.float_info.max for bound in (node.lower, node.upper) if bound is not None
        ):
            raise ValueError("the bounds of a range must be finite numbers")

    def _require(self, name: str, *kinds: type[Field]) -> None:
        if not isinstance(self.field(name), kinds):
            allowed = " or ".join(kind.__name__ for kind in kinds)
            raise ValueError(f"field {name!r} of index {self.name} is not {allowed}")


def number(identifier: str) -> int:
    """Return an id as a number. Raises ValueError unless it is a 64-bit unsigned number in decimal."""
    value = parse_id(identifier)
    if value is None:
        raise ValueError(f"an id is a 64-bit unsigned number in decimal, not {identifier!r}")
    return value


def parse_id(identifier: str) -> int | None:
    """Return an id as a number, or None if the text is not a valid id."""
    if not (identifier.isascii() and identifier.isdecimal() and len(identifier) <= len(str(_MAX_ID))):
        return None
    value = int(identifier)
    return value if value <= _MAX_ID and str(value) == identifier else None


def require_id(id_: str, document: Document) -> Document:
    """Return the document. Raises ValueError unless it has this id."""
    if document.id != id_:
        raise ValueError(f"document {document.id} was given as {id_}")
    return document


def fingerprint(document: Document) -> int:
    """Return 63 bits that change when a normalised document changes. `verify` compares them."""
    plain = {
        name: [value.latitude, value.longitude] if isinstance(value, GeoPoint) else value
        for name, value in document.values.items()
    }
    digest = hashlib.blake2b(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def _strings(name: str, value: Value) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else value
    if not isinstance(values, Sequence) or not all(isinstance(text, str) for text in values):
        raise ValueError(f"field {name!r} holds text, not {value!r}")
    return tuple(words.clean(text) for text in values if text)


def _keywords(name: str, value: Value) -> tuple[str, ...]:
    return tuple(sorted({words.keyword(text) for text in _strings(name, value)}))


def _integer(name: str, value: Value) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -_MAX_INTEGER <= value <= _MAX_INTEGER:
        raise ValueError(f"field {name!r} holds a 64-bit whole number, not {value!r}")
    return value


def _float(name: str, value: Value) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"field {name!r} holds a finite number, not {value!r}")
    return float(value) + 0.0  # -0.0 becomes 0.0, because engines sort them differently


def _point(name: str, value: Value) -> GeoPoint:
    if not isinstance(value, GeoPoint):
        raise ValueError(f"field {name!r} holds a GeoPoint, not {value!r}")
    return GeoPoint(value.latitude + 0.0, value.longitude + 0.0)


_NORMALISE: Mapping[type[Field], Callable[[str, Value], Value]] = {
    Text: _strings,
    Keyword: _keywords,
    Integer: _integer,
    Float: _float,
    Geo: _point,
}
