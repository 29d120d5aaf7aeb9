"""The query tree: small immutable nodes that every adapter understands.

Code builds trees from the API's filters, and `souk.search.lucene` from users' expressions. Words are plain text, which
`souk.search.text` splits in the same way for all adapters. No search engine ever parses them.

    Search(
        where=And((
            Words(("title", "description"), "django rest"),
            AnyOf("category", ("531770282580668418",)),
            Range("budget", lower=500, or_missing=True),     # includes hourly jobs, which have no budget
            Not(AnyOf("client", ("1803",))),
        )),
        order=(Sort("client_rating"),),                      # then always by id, newest first
        limit=20,
    )

The field name `id` means the document's id in `AnyOf`, `Range` (as a whole number) and `Sort`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from souk.values.errors import Unprocessable

ID = "id"
"""The field of the document's id, a 64-bit unsigned number in decimal. Every index has it."""

RELEVANCE = "relevance"
"""In `Sort`: by relevance, best first, regardless of `descending`. Only allowed as the first key."""


Match: TypeAlias = Literal["all", "any"]
"""Whether all words of a text must match, or any of them."""


class InvalidQuery(Unprocessable):
    """The query is invalid or too large. The message gives the reason."""


class UnsupportedQuery(InvalidQuery):
    """The query uses an unsupported operator. The message names it."""


@dataclass(frozen=True, slots=True)
class All:
    """Matches every document."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The keyword field (or `id`) has at least one of these exact values. Without values, nothing matches."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The text fields contain all words of the text (each in any of the fields), or any one of them.

    The text is split at white space. A piece that has several words, such as `front-end`, must match as a phrase in
    one field. A text without words matches nothing.
    """

    fields: tuple[str, ...]
    text: str
    match: Match = "all"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One of the text fields contains the words of the text next to each other, in this order.

    A text without words matches nothing. A phrase does not continue from one value of a field into the next.
    """

    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """One of the text fields contains a word that begins with this text, which must be a single word."""

    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Range:
    """The numeric field (or `id`) is between the bounds. None means no bound.

    Documents without the field match only with `or_missing`. A range without bounds and without `or_missing` is the
    same as `Exists`.
    """

    field: str
    lower: float | None = None
    upper: float | None = None
    include_lower: bool = True
    include_upper: bool = True
    or_missing: bool = False


@dataclass(frozen=True, slots=True)
class Exists:
    """The document has a value in this field, which may be of any kind."""

    field: str


@dataclass(frozen=True, slots=True)
class Near:
    """The geo field is within `miles` of the point, along the surface of the earth (haversine, radius 3,958.8 mi)."""

    field: str
    latitude: float
    longitude: float
    miles: float


@dataclass(frozen=True, slots=True)
class And:
    """Every clause matches. Without clauses, every document matches."""

    clauses: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one clause matches. Without clauses, no document matches."""

    clauses: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The clause does not match."""

    clause: "Query"


Query: TypeAlias = All | AnyOf | Words | Phrase | Prefix | Range | Exists | Near | And | Or | Not


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key: an integer or float field, `id`, or `RELEVANCE`.

    Documents without the field come last in both directions.
    """

    field: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Boost:
    """Adds `weight` to the score of the results that match `where`. The weight is a finite number above 0."""

    where: AnyOf
    weight: float


@dataclass(frozen=True, slots=True)
class Search:
    """A search request: the query, the order, and the slice of the results.

    The first key of the order can be a circle (`Near`): nearest to its centre first, and those outside last.

    The score is the relevance of the words and the sum of the boosts. Boosts count only in an order by relevance.

    Documents that are equal in the order are sorted by id, highest (newest) first. So the order is total, and slices
    join without gaps or repeats as long as the index does not change. `limit` 0 only counts.
    """

    where: Query = All()
    order: "tuple[Sort | Near, ...]" = ()
    offset: int = 0
    limit: int = 20
    boosts: tuple[Boost, ...] = ()


def walk(query: Query) -> Iterator[Query]:
    """Yield the query and every node below it, without recursion."""
    stack = [query]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, And | Or):
            stack.extend(node.clauses)
        elif isinstance(node, Not):
            stack.append(node.clause)


def conjuncts(query: Query) -> Iterator[Query]:
    """Yield the parts of a conjunction, and of those inside it; any other query alone."""
    if isinstance(query, And):
        for clause in query.clauses:
            yield from conjuncts(clause)
    else:
        yield query


def has_words(query: Query) -> bool:
    """Return whether some results can be more relevant than others."""
    if isinstance(query, And | Or):
        return any(has_words(clause) for clause in query.clauses)
    return isinstance(query, Words | Phrase | Prefix)


def whole_bounds(query: Range) -> tuple[float, float]:
    """Return the bounds as whole numbers inside the range, or infinity."""
    lower: float = -math.inf
    upper: float = math.inf
    if query.lower is not None:
        lower = math.ceil(query.lower) if query.include_lower else math.floor(query.lower) + 1
    if query.upper is not None:
        upper = math.floor(query.upper) if query.include_upper else math.ceil(query.upper) - 1
    return lower, upper
