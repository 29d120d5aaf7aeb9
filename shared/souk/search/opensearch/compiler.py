"""Compiles the query tree to OpenSearch's query language, node by node.

The result is JSON built from values, and no text is ever parsed as a query. Only words and boosts contribute to scores.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from souk.search import schema as schemas
from souk.search import text as words
from souk.search.geo import MILES_PER_DEGREE_OF_LATITUDE
from souk.search.opensearch.mapping import LATITUDE, LONGITUDE, PRESENT
from souk.search.query import (
    ID,
    RELEVANCE,
    All,
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
    Sort,
    Words,
    conjuncts,
    has_words,
    whole_bounds,
)
from souk.search.schema import Float, IndexSchema, Text
from souk.values.distance import EARTH_RADIUS_MILES

Json = dict[str, Any]

_UNSIGNED: Final = (0, 2**64 - 1)
_SIGNED: Final = (-(2**63), 2**63 - 1)
_OUTSIDE: Final = 1e6
"""More than any distance on earth."""
_ALL: Final[Json] = {"match_all": {}}
_NOTHING: Final[Json] = {"match_none": {}}

_MILES: Final = (
    # souk.values.distance, step by step. OpenSearch's own distances differ by some yards, and places are rounded there.
    "double latitude = doc[params.latitude].value, longitude = doc[params.longitude].value;"
    "double half_latitude = Math.sin(Math.toRadians(params.to_latitude - latitude) / 2);"
    "double half_longitude = Math.sin(Math.toRadians(params.to_longitude - longitude) / 2);"
    "double chord = half_latitude * half_latitude + Math.cos(Math.toRadians(latitude))"
    " * Math.cos(Math.toRadians(params.to_latitude)) * half_longitude * half_longitude;"
    "double miles = 2 * params.radius * Math.asin(Math.min(1.0, Math.sqrt(chord)));"
)
_IS_INSIDE: Final = f"if (doc[params.latitude].size() == 0) return false; {_MILES} return miles <= params.miles;"
_DISTANCE: Final = (
    f"if (doc[params.latitude].size() == 0) return params.outside; {_MILES}"
    " return miles <= params.miles ? miles : params.outside;"
)


class Compiler:
    """Compiles queries for an index with the fields of a schema."""

    def __init__(self, schema: IndexSchema) -> None:
        self._schema = schema
        self._weights = {text.name: text.weight for text in schema.of_kind(Text)}

    def query(self, query: Query, boosts: Sequence[Boost] = ()) -> Json:
        """Return the query, with an added score for the results that match boosts."""
        compiled = self._compile(query)
        if not boosts:
            return compiled
        added = [{"constant_score": {"filter": self._compile(one.where), "boost": one.weight}} for one in boosts]
        return {"bool": {"must": [compiled], "should": added}}

    def order(self, order: Iterable[Sort | Near]) -> list[Json]:
        """Return the sort keys of an order, which end with the id."""
        keys = [self._key(key) for key in order]
        return keys if any(ID in key for key in keys) else [*keys, {ID: {"order": "desc"}}]

    def _key(self, key: Sort | Near) -> Json:
        if isinstance(key, Near):
            return {"_script": {"type": "number", "order": "asc", "script": _script(_DISTANCE, key)}}
        if key.field == RELEVANCE:
            return {"_score": {"order": "desc"}}
        return {key.field: {"order": "desc" if key.descending else "asc", "missing": "_last"}}

    def _compile(self, query: Query) -> Json:
        """Return the query. Parts without words are filters, which have no score and can be cached by the cluster."""
        if not has_words(query):
            return {"bool": {"filter": self._node(query)}}
        return self._node(query)

    def _node(self, query: Query) -> Json:  # noqa: PLR0911 - one line for each kind of node
        match query:
            case All():
                return _ALL
            case And():
                return self._conjunction(query)
            case Or(clauses):
                return _any_of([self._compile(clause) for clause in clauses])
            case Not(clause):
                return {"bool": {"must_not": self._node(clause)}}
            case AnyOf(field, values):
                return self._any_value(field, values)
            case Words(fields, text, match):
                pieces = [self._phrase(fields, piece) for piece in words.units(text)]
                return {"bool": {"must": pieces}} if pieces and match == "all" else _any_of(pieces)
            case Phrase(fields, text):
                return self._phrase(fields, words.tokens(text))
            case Prefix(fields, text):
                (start,) = words.tokens(text)
                return _any_of([{"prefix": {name: {"value": start, "boost": self._weights[name]}}} for name in fields])
            case Range():
                return self._range(query)
            case Exists(field):
                return _exists(field)
            case Near():
                return _inside(query)

    def _conjunction(self, query: And) -> Json:
        clauses = list(conjuncts(query))
        scored = [self._node(clause) for clause in clauses if has_words(clause)]
        filters = [self._node(clause) for clause in clauses if not has_words(clause)]
        return {"bool": {"must": scored, "filter": filters or [_ALL]}}

    def _any_value(self, field: str, values: Iterable[str]) -> Json:
        if field == ID:
            return {"ids": {"values": [value for value in values if schemas.parse_id(value) is not None]}}
        return {"terms": {field: [words.keyword(value) for value in values]}}

    def _phrase(self, fields: Iterable[str], phrase: Sequence[str]) -> Json:
        if not phrase:
            return _NOTHING
        if len(phrase) == 1:
            return _any_of([{"term": {name: {"value": phrase[0], "boost": self._weights[name]}}} for name in fields])
        text = " ".join(phrase)
        return _any_of([{"match_phrase": {name: {"query": text, "boost": self._weights[name]}}} for name in fields])

    def _range(self, query: Range) -> Json:
        inside = self._bounded(query)
        if not query.or_missing:
            return inside
        return _any_of([inside, {"bool": {"must_not": _exists(query.field)}}])

    def _bounded(self, query: Range) -> Json:
        if query.lower is None and query.upper is None:
            return _exists(query.field)
        if query.field != ID and isinstance(self._schema.field(query.field), Float):
            bounds = {
                "gte" if query.include_lower else "gt": query.lower,
                "lte" if query.include_upper else "lt": query.upper,
            }
            return {"range": {query.field: {sign: float(at) for sign, at in bounds.items() if at is not None}}}
        least, most = _UNSIGNED if query.field == ID else _SIGNED
        lower, upper = whole_bounds(query)
        lower, upper = max(lower, least), min(upper, most)
        return {"range": {query.field: {"gte": lower, "lte": upper}}} if lower <= upper else _NOTHING


def _exists(field: str) -> Json:
    return _ALL if field == ID else {"term": {PRESENT: field}}


def _inside(near: Near) -> Json:
    """Return the query for places inside a circle. Only those in a band as high as the circle are measured."""
    band = near.miles / MILES_PER_DEGREE_OF_LATITUDE + 1e-6  # more than any rounding error
    latitudes = {"gte": near.latitude - band, "lte": near.latitude + band}
    return {
        "bool": {
            "filter": [
                {"range": {f"{near.field}.{LATITUDE}": latitudes}},
                {"script": {"script": _script(_IS_INSIDE, near)}},
            ]
        }
    }


def _script(source: str, near: Near) -> Json:
    """Return a script, whose text is always the same: the cluster compiles it once."""
    return {
        "source": source,
        "params": {
            "latitude": f"{near.field}.{LATITUDE}",
            "longitude": f"{near.field}.{LONGITUDE}",
            "to_latitude": float(near.latitude),
            "to_longitude": float(near.longitude),
            "miles": float(near.miles),
            "radius": EARTH_RADIUS_MILES,
            "outside": _OUTSIDE,
        },
    }


def _any_of(queries: Sequence[Json]) -> Json:
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": queries, "minimum_should_match": 1}} if queries else _NOTHING
