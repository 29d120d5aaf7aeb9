"""The query tree: what can be asked of an index, in small immutable nodes that every adapter understands.

A tree is built by code (filters of the API) or by `souk.search.lucene` (what a user typed). Words are given as plain
text and split by `souk.search.text`, the same for all adapters; nothing here is ever parsed by a search engine.

    Search(
        where=And((
            Words(("title", "description"), "django rest"),
            AnyOf("category", ("531770282580668418",)),
            Range("budget", lower=500, or_missing=True),     # hourly jobs have no budget and are wanted all the same
            Not(AnyOf("client", ("1803",))),
        )),
        order=(Sort("client_rating"),),                      # then by id, newest first, always
        limit=20,
    )

The name `id` stands for the document's id in `AnyOf`, `Range` (as a whole number) and `Sort`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from souk.values.errors import Unprocessable

ID = "id"
"""The field that every index has: the document's id, a 64-bit unsigned number written in decimal."""

RELEVANCE = "relevance"
"""In `Sort`: how well the words match. The best first, whatever `descending` says. Only as the first key."""


class InvalidQuery(Unprocessable):
    """What was searched for cannot be understood, or is larger than is served; the message says why."""


class UnsupportedQuery(InvalidQuery):
    """The search uses an operator that this search language does not have; the message says which."""


@dataclass(frozen=True, slots=True)
class All:
    """Matches every document."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The keyword field (or `id`) holds at least one of these exact values. With no values nothing matches."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the text are found in the text fields: all of them (each in any of the fields), or any one of them.

    The text is split at white space; a piece that the tokenizer divides further, such as `front-end`, must be found
    as a phrase in one field. A text without a single word matches nothing.
    """

    fields: tuple[str, ...]
    text: str
    match: Literal["all", "any"] = "all"


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of the text stand next to each other, in this order, in one of the text fields.

    A text without a single word matches nothing. A phrase never runs from one value of a field into the next.
    """

    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """One of the text fields has a word that begins with this text, which must be a single word."""

    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Range:
    """The numeric field (or `id`) lies between the bounds, which belong to the range unless excluded; None is open.

    Documents that lack the field match only if `or_missing` says so. (A range without bounds and without `or_missing`
    is `Exists`.)
    """

    field: str
    lower: float | None = None
    upper: float | None = None
    include_lower: bool = True
    include_upper: bool = True
    or_missing: bool = False


@dataclass(frozen=True, slots=True)
class Exists:
    """The document has at least one value in this field, of whatever kind. Its opposite is `Not(Exists(field))`."""

    field: str


@dataclass(frozen=True, slots=True)
class Near:
    """The geo field lies within `miles` of the point, along the surface of the earth (haversine, radius 3,958.8 mi)."""

    field: str
    latitude: float
    longitude: float
    miles: float


@dataclass(frozen=True, slots=True)
class And:
    """Every clause matches. Without clauses, every document does."""

    clauses: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one clause matches. Without clauses, no document does."""

    clauses: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The clause does not match."""

    clause: "Query"


Query: TypeAlias = All | AnyOf | Words | Phrase | Prefix | Range | Exists | Near | And | Or | Not


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order: an integer or float field, `id`, or `RELEVANCE`.

    Documents without the field come last, whichever the direction.
    """

    field: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Search:
    """A question to an index: which documents, in which order, and which slice of them.

    What the order leaves equal is ordered by id, highest (newest) first, so the order is total and the slices of one
    search join without gaps or repeats for as long as the index does not change. `limit` 0 only counts.
    """

    where: Query = All()
    order: tuple[Sort, ...] = ()
    offset: int = 0
    limit: int = 20


def walk(query: Query) -> Iterator[Query]:
    """Yield the query and every node below it, without recursion."""
    waiting = [query]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, And | Or):
            waiting.extend(node.clauses)
        elif isinstance(node, Not):
            waiting.append(node.clause)
