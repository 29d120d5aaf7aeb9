"""The in-memory adapter. It looks at every document, so it is slow but simple enough to be obviously correct.

Tests compare other adapters with it. It also serves small indexes without an engine.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from souk.search import schema as schemas
from souk.search import text as words
from souk.search.geo import miles_between
from souk.search.port import Hit, Page, SearchIndex
from souk.search.query import (
    ID,
    RELEVANCE,
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
    Sort,
    Words,
)
from souk.search.schema import Document, GeoPoint, IndexSchema, Text


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    document: Document
    words: Mapping[str, Sequence[Sequence[str]]]
    """The words of each text field, one list for each value."""

    def values_of(self, fields: Iterable[str]) -> list[Sequence[str]]:
        return [value for name in fields for value in self.words.get(name, ())]


class MemoryIndex(SearchIndex):
    """A `SearchIndex` in the memory of the process."""

    def __init__(self, schema: IndexSchema) -> None:
        self.schema = schema
        self._entries: dict[str, _Entry] = {}

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`."""
        entries = {id_: self._entry(id_, document) for id_, document in changes.items() if document is not None}
        for id_ in changes:
            self._entries.pop(id_, None)
        self._entries.update(entries)

    def rebuild(self, source: Iterable[Document]) -> None:
        """See `SearchIndex.rebuild`."""
        self._entries = {document.id: self._entry(document.id, document) for document in source}

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return {
            id_: schemas.fingerprint(entry.document)
            for id_, entry in self._entries.items()
            if ids is None or id_ in ids
        }

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`. The score is the number of matching words, times the weight of the field."""
        self.schema.check(search)
        matching = [entry for entry in self._entries.values() if _matches(search.where, entry)]
        matching.sort(key=lambda entry: -entry.number)
        for sort in reversed(search.order):  # sorting is stable, so the first key is sorted last
            matching.sort(key=self._sort_key(sort, search))
        first = search.order[0] if search.order else None
        by_relevance = isinstance(first, Sort) and first.field == RELEVANCE
        hits = tuple(
            Hit(entry.document.id, self._score(search, entry) if by_relevance else None)
            for entry in matching[search.offset : search.offset + search.limit]
        )
        return Page(len(matching), hits)

    def _entry(self, id_: str, document: Document) -> _Entry:
        document = schemas.require_id(id_, self.schema.normalise(document))
        return _Entry(
            schemas.number(id_),
            document,
            {
                text.name: [words.tokens(value) for value in cast("Sequence[str]", document.values.get(text.name, ()))]
                for text in self.schema.of_kind(Text)
            },
        )

    def _sort_key(self, sort: Sort | Near, search: Search) -> Callable[[_Entry], tuple[bool, float]]:
        if isinstance(sort, Near):
            return lambda entry: _distance(sort, entry)
        if sort.field == RELEVANCE:
            return lambda entry: (False, -self._score(search, entry))
        sign = -1 if sort.descending else 1

        def key(entry: _Entry) -> tuple[bool, float]:
            value = _number(entry, sort.field)
            return (True, 0) if value is None else (False, sign * value)

        return key

    def _score(self, search: Search, entry: _Entry) -> float:
        boosts = sum(boost.weight for boost in search.boosts if _matches(boost.where, entry))
        return self._relevance(search.where, entry) + boosts

    def _relevance(self, query: Query, entry: _Entry) -> float:
        match query:
            case And(clauses) | Or(clauses):
                return sum(self._relevance(clause, entry) for clause in clauses if _matches(clause, entry))
            case Words(fields, text) | Phrase(fields, text):
                searched = set(words.tokens(text))
                return self._weigh(fields, entry, searched.__contains__)
            case Prefix(fields, text):
                return self._weigh(fields, entry, lambda word: word.startswith(words.tokens(text)[0]))
            case _:
                return 0.0

    def _weigh(self, fields: Iterable[str], entry: _Entry, counts: Callable[[str], bool]) -> float:
        weights = {text.name: text.weight for text in self.schema.of_kind(Text)}
        return sum(
            weights[name] * sum(counts(word) for value in entry.words.get(name, ()) for word in value)
            for name in fields
        )


def _matches(query: Query, entry: _Entry) -> bool:  # noqa: PLR0911 - one line for each kind of node
    match query:
        case All():
            return True
        case And(clauses):
            return all(_matches(clause, entry) for clause in clauses)
        case Or(clauses):
            return any(_matches(clause, entry) for clause in clauses)
        case Not(clause):
            return not _matches(clause, entry)
        case AnyOf(field, values):
            return _has_any(entry, field, values)
        case Words(fields, text, match):
            pieces = words.units(text)
            matches = (_has_phrase(entry, fields, piece) for piece in pieces)
            return bool(pieces) and (all(matches) if match == "all" else any(matches))
        case Phrase(fields, text):
            return _has_phrase(entry, fields, words.tokens(text))
        case Prefix(fields, text):
            (start,) = words.tokens(text)
            return any(word.startswith(start) for value in entry.values_of(fields) for word in value)
        case Range():
            return _in_range(query, _number(entry, query.field))
        case Exists(field):
            return field in entry.document.values
        case Near():
            return not _distance(query, entry)[0]


def _has_any(entry: _Entry, field: str, values: Iterable[str]) -> bool:
    if field == ID:
        return entry.document.id in values
    stored = cast("Sequence[str]", entry.document.values.get(field, ()))
    return any(words.keyword(value) in stored for value in values)


def _has_phrase(entry: _Entry, fields: Iterable[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return size > 0 and any(
        list(value[start : start + size]) == list(phrase)
        for value in entry.values_of(fields)
        for start in range(len(value) - size + 1)
    )


def _distance(near: Near, entry: _Entry) -> tuple[bool, float]:
    """Return whether a document is outside of a circle, and its distance from the centre if it is inside."""
    place = cast("GeoPoint | None", entry.document.values.get(near.field))
    if place is None:
        return True, 0.0
    miles = miles_between(place, GeoPoint(near.latitude, near.longitude))
    return (False, miles) if miles <= near.miles else (True, 0.0)


def _number(entry: _Entry, field: str) -> float | None:
    return entry.number if field == ID else cast("float | None", entry.document.values.get(field))


def _in_range(query: Range, value: float | None) -> bool:
    if value is None:
        return query.or_missing
    lower = -math.inf if query.lower is None else query.lower
    upper = math.inf if query.upper is None else query.upper
    above = value >= lower if query.include_lower else value > lower
    below = value <= upper if query.include_upper else value < upper
    return above and below
