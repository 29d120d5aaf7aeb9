"""Search: the port, the query tree, the search language and the adapters. This package knows no domain.

Importing it is cheap: callers import the parser (`souk.search.lucene`) and the engine (`souk.search.tantivy_index`)
only when they need them. `souk.search.engines` chooses the engine of a deployment.
"""

from souk.search.port import Hit, IndexState, Page, RebuildableIndex, SearchIndex, SearchReader
from souk.search.query import (
    ID,
    RELEVANCE,
    All,
    And,
    AnyOf,
    Boost,
    Exists,
    InvalidQuery,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Search,
    Sort,
    UnsupportedQuery,
    Words,
)
from souk.search.schema import Document, Float, Geo, GeoPoint, IndexSchema, Integer, Keyword, Text

__all__ = [
    "ID",
    "RELEVANCE",
    "All",
    "And",
    "AnyOf",
    "Boost",
    "Document",
    "Exists",
    "Float",
    "Geo",
    "GeoPoint",
    "Hit",
    "IndexSchema",
    "IndexState",
    "Integer",
    "InvalidQuery",
    "Keyword",
    "Near",
    "Not",
    "Or",
    "Page",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "RebuildableIndex",
    "Search",
    "SearchIndex",
    "SearchReader",
    "Sort",
    "Text",
    "UnsupportedQuery",
    "Words",
]
