"""Compiles the query tree to tantivy's queries, node by node. Part of the tantivy adapter."""

import bisect
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import tantivy
from tantivy import FieldType, Occur

from souk.search import schema as schemas
from souk.search import text as words
from souk.search.geo import MILES_PER_DEGREE_OF_LATITUDE, miles_between
from souk.search.query import (
    ID,
    And,
    AnyOf,
    Boost,
    Exists,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Words,
    whole_bounds,
)
from souk.search.schema import Float, GeoPoint, IndexSchema, Text

PRESENT = "_present"
"""The keyword field that contains the names of a document's fields."""

_MAX_UNION = 8
"""Up to this many values, a union is faster than a set, which the engine reads completely."""

_UNSIGNED = (0, 2**64 - 1)
_SIGNED = (-(2**63), 2**63 - 1)

Native: TypeAlias = tantivy.Query


class Compiler:
    """Compiles queries for one commit of an index."""

    def __init__(self, schema: IndexSchema, native: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._native = native
        self._searcher = searcher
        self._weights = {text.name: text.weight for text in schema.of_kind(Text)}
        self._places: dict[str, list[GeoPoint]] = {}

    def compile(self, query: Query, boosts: Sequence[Boost] = ()) -> Native:
        """Return tantivy's query for a query that fits the schema. Only words and boosts contribute to its score."""
        required, excluded = self._parts(query)
        if len(required) == 1 and not excluded and not boosts:
            return required[0]
        return Native.boolean_query(
            [
                *((Occur.Must, part) for part in required or [_unscored(Native.all_query())]),
                *((Occur.MustNot, part) for part in excluded),
                *((Occur.Should, self._boost(boost)) for boost in boosts),
            ]
        )

    def _parts(self, query: Query) -> tuple[list[Native], list[Native]]:
        """Return the required and the excluded parts of a query.

        A conjunction becomes one flat query, so that the engine starts from its rarest part. The engine checks
        exclusions only for documents that match the rest. That makes them the cheap form of "missing, or inside the
        range".
        """
        match query:
            case And(clauses):
                parts = [self._parts(clause) for clause in clauses]
                return [part for required, _ in parts for part in required], [
                    part for _, excluded in parts for part in excluded
                ]
            case Not(clause):
                return [], [self.compile(clause)]
            case Range(or_missing=True):
                return [], [self._range(side) for side in _complement(query)]
            case Words(fields, text, "all"):
                return [self._phrase(fields, piece) for piece in words.units(text) or [()]], []
            case _:
                return [self._node(query)], []

    def _node(self, query: Query) -> Native:  # noqa: PLR0911 - one line for each kind of node
        match query:
            case Or(clauses):
                return _any_of([self.compile(clause) for clause in clauses])
            case AnyOf(field, values):
                return self._any_value(field, values)
            case Words(fields, text):
                return _any_of([self._phrase(fields, piece) for piece in words.units(text)])
            case Phrase(fields, text):
                return self._phrase(fields, words.tokens(text))
            case Prefix(fields, text):
                return self._prefix(fields, *words.tokens(text))
            case Range():
                return self._range(query)
            case Exists(field):
                return self._exists(field)
            case Near():
                return self._near(query)
            case _:
                return _unscored(Native.all_query())

    def _boost(self, boost: Boost) -> Native:
        return Native.const_score_query(self._any_value(boost.where.field, boost.where.values), boost.weight)

    def distances(self, near: Near) -> list[float]:
        """Return the distances of all places of the index that are inside a circle from its centre, in miles."""
        return [miles for _, miles in self._inside(near)]

    def _any_value(self, field: str, values: Iterable[str]) -> Native:
        if field == ID:
            numbers = [number for value in values if (number := schemas.parse_id(value)) is not None]
            return _unscored(Native.term_set_query(self._native, ID, numbers))
        exact = [words.keyword(value) for value in values]
        if len(exact) <= _MAX_UNION:
            return _unscored(_any_of([Native.term_query(self._native, field, value) for value in exact]))
        return _unscored(Native.term_set_query(self._native, field, exact))

    def _exists(self, field: str) -> Native:
        return Native.all_query() if field == ID else self._any_value(PRESENT, [field])

    def _phrase(self, fields: Iterable[str], phrase: Sequence[str]) -> Native:
        if not phrase:
            return Native.empty_query()
        if len(phrase) == 1:
            return self._weighted((field, Native.term_query(self._native, field, phrase[0])) for field in fields)
        return self._weighted((field, Native.phrase_query(self._native, field, list(phrase))) for field in fields)

    def _prefix(self, fields: Iterable[str], start: str) -> Native:
        return self._weighted(
            (field, Native.fuzzy_term_query(self._native, field, start, distance=0, prefix=True)) for field in fields
        )

    def _weighted(self, queries: Iterable[tuple[str, Native]]) -> Native:
        return _any_of([Native.boost_query(query, self._weights[field]) for field, query in queries])

    def _range(self, query: Range) -> Native:
        if query.lower is None and query.upper is None:
            return self._exists(query.field)
        if query.field != ID and isinstance(self._schema.field(query.field), Float):
            return _unscored(
                Native.range_query(
                    self._native,
                    query.field,
                    FieldType.Float,
                    _bound(query.lower),
                    _bound(query.upper),
                    query.lower is None or query.include_lower,
                    query.upper is None or query.include_upper,
                )
            )
        kind, (least, most) = (FieldType.Unsigned, _UNSIGNED) if query.field == ID else (FieldType.Integer, _SIGNED)
        lower, upper = whole_bounds(query)
        lower, upper = max(lower, least), min(upper, most)
        if lower > upper:
            return Native.empty_query()
        return _unscored(Native.range_query(self._native, query.field, kind, lower, upper))

    def _near(self, query: Near) -> Native:
        """Return the query for all places of the index that are inside the circle."""
        inside = [write_point(place) for place, _ in self._inside(query)]
        return _unscored(Native.term_set_query(self._native, query.field, inside))

    def _inside(self, near: Near) -> list[tuple[GeoPoint, float]]:
        """Return the places of the index that are inside a circle, with their distances from the centre.

        Places are sorted by latitude, so only those in a band as high as the circle are measured.
        """
        centre = GeoPoint(near.latitude, near.longitude)
        band = near.miles / MILES_PER_DEGREE_OF_LATITUDE + 1e-6  # more than any rounding error
        places = self._places_of(near.field)
        first = bisect.bisect_left(places, near.latitude - band, key=lambda place: place.latitude)
        last = bisect.bisect_right(places, near.latitude + band, key=lambda place: place.latitude)
        measured = ((place, miles_between(place, centre)) for place in places[first:last])
        return [(place, miles) for place, miles in measured if miles <= near.miles]

    def _places_of(self, field: str) -> list[GeoPoint]:
        if field not in self._places:
            written = (text for text, _ in self._searcher.terms_with_prefix(field, ""))
            self._places[field] = sorted(map(_read_point, written), key=lambda place: place.latitude)
        return self._places[field]


def write_point(point: GeoPoint) -> str:
    """Return the exact coordinates as one term."""
    return f"{point.latitude!r},{point.longitude!r}"


def _read_point(written: str) -> GeoPoint:
    latitude, longitude = written.split(",")
    return GeoPoint(float(latitude), float(longitude))


def _complement(query: Range) -> list[Range]:
    """Return the ranges below and above a range."""
    sides = []
    if query.lower is not None:
        sides.append(Range(query.field, upper=query.lower, include_upper=not query.include_lower))
    if query.upper is not None:
        sides.append(Range(query.field, lower=query.upper, include_lower=not query.include_upper))
    return sides


def _bound(bound: float | None) -> float | None:
    return None if bound is None else float(bound) + 0.0  # -0.0 becomes 0.0, because the engine sorts -0.0 below 0.0


def _unscored(query: Native) -> Native:
    return Native.const_score_query(query, 0.0)


def _any_of(queries: Sequence[Native]) -> Native:
    if len(queries) == 1:
        return queries[0]
    return Native.boolean_query([(Occur.Should, query) for query in queries])
