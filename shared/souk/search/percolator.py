"""The percolator: which of many stored queries find one document. It is a search the other way round.

It is exact: a query is reported if and only if a search with it, over an index of only this document, finds it. Two
things make it fast. Each query is compiled once, so its words are not split again for each document. And each query is
filed under terms of which a document must have one, the rarest that the query requires. A document meets only the
queries that are filed under its own terms, and those that require no term at all, such as a range of budgets alone.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias, cast

from souk.search import text as words
from souk.search.geo import miles_between
from souk.search.query import (
    ID,
    All,
    And,
    AnyOf,
    Exists,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Search,
    Words,
    walk,
)
from souk.search.schema import Document, GeoPoint, IndexSchema, Text, number

Term: TypeAlias = tuple[str, str]
"""A keyword field and one of its values, or `WORD` and a word of any text field, or `START` and its first letters."""
WORD: Final = "*word"
START: Final = "*start"
_START_LETTERS: Final = 2
_WORDS_IN_USE: Final = 20_000
"""Words are rare: the number of different words in the texts, roughly."""


class Prepared:
    """A document in the form that compiled queries look at."""

    def __init__(self, schema: IndexSchema, document: Document) -> None:
        normal = schema.normalise(document)
        self.id = normal.id
        self.values = normal.values
        self.number = number(normal.id)
        self.texts: dict[str, list[list[str]]] = {
            text.name: [words.tokens(value) for value in cast("Sequence[str]", normal.values.get(text.name, ()))]
            for text in schema.of_kind(Text)
        }
        self.words = {name: {word for value in values for word in value} for name, values in self.texts.items()}

    @cached_property
    def terms(self) -> set[Term]:
        """All its terms."""
        found = set().union(*self.words.values())
        terms = {(WORD, word) for word in found} | {(START, word[:_START_LETTERS]) for word in found}
        for name, value in self.values.items():
            if isinstance(value, tuple) and name not in self.texts:
                terms |= {(name, one) for one in value}
        return terms | {(ID, self.id)}


Matches: TypeAlias = Callable[[Prepared], bool]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledQuery:
    """A query that can be asked about one document after the other. It holds nothing of them."""

    matches: Matches
    anchors: tuple[frozenset[Term], ...]
    """Sets of terms. A document that matches has at least one term of each set. An empty set: nothing matches."""


def compiled(schema: IndexSchema, query: Query) -> CompiledQuery:
    """Compile a query. Raises as `IndexSchema.check` does."""
    schema.check(Search(query))
    return CompiledQuery(_compile(query), tuple(_anchors(query)))


class Percolator:
    """Stored queries by id. To change them, make a new one of the compiled queries: that takes microseconds each."""

    def __init__(self, queries: Mapping[str, CompiledQuery]) -> None:
        self._queries = queries
        self._filed: dict[Term, list[str]] = defaultdict(list)
        self._always: list[str] = []
        in_use: dict[str, set[str]] = defaultdict(set)
        for query in queries.values():
            for field, value in (term for anchor in query.anchors for term in anchor):
                in_use[field].add(value)
        for id_, query in queries.items():
            if query.anchors:
                for term in min(query.anchors, key=lambda anchor: _share(anchor, in_use)):
                    self._filed[term].append(id_)
            else:
                self._always.append(id_)

    def __len__(self) -> int:
        return len(self._queries)

    def candidates(self, document: Prepared) -> set[str]:
        """Return the ids of the queries that have to be asked about a document."""
        return set(self._always).union(*(self._filed[term] for term in document.terms if term in self._filed))

    def matching(self, document: Prepared) -> list[str]:
        """Return the ids of the queries that find a document, sorted."""
        return sorted(id_ for id_ in self.candidates(document) if self._queries[id_].matches(document))


def _share(anchor: Iterable[Term], in_use: Mapping[str, set[str]]) -> float:
    """Estimate the share of documents that have one of these terms: fields with many values in use have rare ones."""
    return sum(1 / (_WORDS_IN_USE if field in (WORD, START) else len(in_use[field])) for field, _ in anchor)


def _anchors(query: Query) -> list[frozenset[Term]]:  # noqa: PLR0911 - one case for each kind of node
    """Return sets of terms, of each of which a matching document has one; none if the query requires no terms."""
    match query:
        case And(clauses):
            return [anchor for clause in clauses for anchor in _anchors(clause)]
        case Or(clauses):
            parts = [_anchors(clause) for clause in clauses]
            return [_union(min(part, key=len) for part in parts)] if all(parts) else []
        case AnyOf(field, values):
            return [frozenset((field, one if field == ID else words.keyword(one)) for one in values)]
        case Words(_, text, match):
            required = [frozenset({(WORD, max(unit, key=len))}) for unit in words.units(text)]
            return required if required and match == "all" else [_union(required)]
        case Phrase(_, text):
            return [frozenset({(WORD, word)}) for word in words.tokens(text)] or [frozenset()]
        case Prefix(_, text):
            (start,) = words.tokens(text)
            return [frozenset({(START, start[:_START_LETTERS])})] if len(start) >= _START_LETTERS else []
        case _:
            return []


def _union(anchors: Iterable[frozenset[Term]]) -> frozenset[Term]:
    return frozenset[Term]().union(*anchors)


def _compile(query: Query) -> Matches:  # noqa: PLR0911 - one case for each kind of node
    match query:
        case All():
            return lambda _: True
        case And(clauses):
            # Cheap conditions first: most documents fail one of them.
            each = [_compile(clause) for clause in sorted(clauses, key=_effort)]
            return lambda one: all(matches(one) for matches in each)
        case Or(clauses):
            parts = [_compile(clause) for clause in sorted(clauses, key=_effort)]
            return lambda one: any(matches(one) for matches in parts)
        case Not(clause):
            inner = _compile(clause)
            return lambda one: not inner(one)
        case AnyOf(field, values):
            return _any_of(field, values)
        case Words(fields, text, match):
            return _words(fields, text, every=match == "all")
        case Phrase(fields, text):
            return _phrase(fields, tuple(words.tokens(text)))
        case Prefix(fields, text):
            (start,) = words.tokens(text)
            return lambda one: any(word.startswith(start) for name in fields for word in one.words.get(name, ()))
        case Range():
            return _range(query)
        case Exists(field):
            return lambda one: field in one.values
        case Near():
            return _near(query)


def _effort(query: Query) -> int:
    """Return how much work a condition is, roughly: the number of its nodes, and more for those that read texts."""
    return sum(10 if isinstance(node, Words | Phrase | Prefix | Near) else 1 for node in walk(query))


def _any_of(field: str, values: Iterable[str]) -> Matches:
    if field == ID:
        ids = frozenset(values)
        return lambda one: one.id in ids
    wanted = frozenset(map(words.keyword, values))
    return lambda one: not wanted.isdisjoint(cast("Sequence[str]", one.values.get(field, ())))


def _words(fields: tuple[str, ...], text: str, *, every: bool) -> Matches:
    units = [_phrase(fields, unit) for unit in words.units(text)]
    if not units:
        return lambda _: False
    if every:
        return lambda one: all(unit(one) for unit in units)
    return lambda one: any(unit(one) for unit in units)


def _phrase(fields: tuple[str, ...], phrase: tuple[str, ...]) -> Matches:
    if not phrase:
        return lambda _: False
    if len(phrase) == 1:
        (word,) = phrase
        return lambda one: any(word in one.words.get(name, ()) for name in fields)
    wanted, size = list(phrase), len(phrase)

    def matches(one: Prepared) -> bool:
        return any(
            value[start : start + size] == wanted
            for name in fields
            if one.words.get(name, set()).issuperset(phrase)
            for value in one.texts[name]
            for start in range(len(value) - size + 1)
        )

    return matches


def _range(query: Range) -> Matches:
    field, missing = query.field, query.or_missing
    lower = -math.inf if query.lower is None else query.lower
    upper = math.inf if query.upper is None else query.upper

    def matches(one: Prepared) -> bool:
        value = one.number if field == ID else cast("float | None", one.values.get(field))
        if value is None:
            return missing
        above = value >= lower if query.include_lower else value > lower
        return above and (value <= upper if query.include_upper else value < upper)

    return matches


def _near(query: Near) -> Matches:
    centre = GeoPoint(query.latitude, query.longitude)

    def matches(one: Prepared) -> bool:
        place = cast("GeoPoint | None", one.values.get(query.field))
        return place is not None and miles_between(place, centre) <= query.miles

    return matches
