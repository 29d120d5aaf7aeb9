"""How a schema and its documents are stored in OpenSearch.

OpenSearch receives words that `souk.search.text` has already split, joined by spaces, so every adapter finds the same
words. The fields of a stored document:

- `id`: the id as a number, for ranges and sorting;  `_fingerprint`: the value that `verify` compares
- text: words with positions;  keyword: the exact values;  integer, float: numbers
- geo: `latitude` and `longitude`
- `_present`: the names of the document's fields, so that "has no budget" is an ordinary term

The documents themselves are not stored: searches return ids, and nobody can read a text back from the cluster.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from souk.search import schema as schemas
from souk.search import text as words
from souk.search.query import ID
from souk.search.schema import Document, Field, Float, Geo, GeoPoint, IndexSchema, Integer, Keyword, Text

PRESENT: Final = "_present"
"""The keyword field that contains the names of a document's fields."""
FINGERPRINT: Final = "_fingerprint"
LATITUDE, LONGITUDE = "latitude", "longitude"
"""The parts of a geo field."""

_TYPES: Final[Mapping[type[Field], Mapping[str, Any]]] = {
    Text: {"type": "text", "analyzer": "whitespace"},
    Keyword: {"type": "keyword"},
    Integer: {"type": "long"},
    Float: {"type": "double"},
    Geo: {"properties": {LATITUDE: {"type": "double"}, LONGITUDE: {"type": "double", "index": False}}},
}
_SETTINGS: Final = {
    "number_of_shards": 1,  # scores and ties are those of one list; a shard is good for tens of gigabytes
    "auto_expand_replicas": "0-1",  # a second copy as soon as there is a second node
}


def index_body(schema: IndexSchema, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings and the mapping of a new index. `facts` are kept with it (`_meta`), beside its fields."""
    fields = {field.name: _TYPES[type(field)] for field in schema.fields}
    return {
        "settings": _SETTINGS,
        "mappings": {
            "dynamic": "strict",
            "_source": {"enabled": False},
            "_meta": {**facts, "fields": {field.name: type(field).__name__ for field in schema.fields}},
            "properties": {
                ID: {"type": "unsigned_long"},
                FINGERPRINT: {"type": "long", "index": False},
                PRESENT: {"type": "keyword"},
                **fields,
            },
        },
    }


def fields_in(schema: IndexSchema, facts: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the fields of a schema that an index has. `facts` are those that are kept with it."""
    return tuple(field for field in schema.fields if facts["fields"].get(field.name) == type(field).__name__)


def to_stored(schema: IndexSchema, document: Document) -> dict[str, Any]:
    """Return the stored form of a normalised document."""
    stored: dict[str, Any] = {
        ID: schemas.number(document.id),
        FINGERPRINT: schemas.fingerprint(document),
        PRESENT: list(document.values),
    }
    for name, value in document.values.items():
        match schema.field(name):
            case Text():
                stored[name] = [" ".join(words.tokens(text)) for text in cast("Sequence[str]", value)]
            case Geo():
                place = cast("GeoPoint", value)
                stored[name] = {LATITUDE: place.latitude, LONGITUDE: place.longitude}
            case _:
                stored[name] = value
    return stored
