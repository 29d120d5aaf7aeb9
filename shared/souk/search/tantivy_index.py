"""The adapter for tantivy, an embedded search engine (a Rust library that reads an index from files or memory).

Tantivy receives words that `souk.search.text` has already split, joined by spaces, and queries built node by node. Its
own query parser, which crashes the process on hostile input, is never called. The fields of a tantivy document:

- `id`: the id as a number, for finding, sorting and deleting;  `_fingerprint`: the value that `verify` compares
- text: words with positions;  keyword: the exact values;  integer, float: columns ("fast fields")
- geo: the coordinates as one exact value, so a circle becomes the list of the places inside it
- `_present`: the names of the document's fields, so that "has no budget" is an ordinary term

An index keeps the schema that it was made with. If that differs from the code's, only the fields of both are used
(`souk.search.subset`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import orjson
import tantivy

from souk.search import schema as schemas
from souk.search import text as words
from souk.search.port import Page, SearchIndex
from souk.search.query import ID, Search
from souk.search.schema import Document, Field, Float, Geo, GeoPoint, IndexSchema, Integer, Keyword, Text
from souk.search.subset import Subset
from souk.search.tantivy_query import PRESENT, write_point
from souk.search.tantivy_view import FINGERPRINT, View

_WRITER_HEAP_BYTES = 64_000_000
_META = "meta.json"
"""The file in which the engine describes an index."""


class TantivyIndex(SearchIndex):
    """A `SearchIndex` in a directory, or in memory if `path` is None. It has one writer at a time.

    A directory without an index gets an empty one.
    """

    def __init__(self, schema: IndexSchema, path: Path | None = None) -> None:
        self.schema = schema
        self._fields = Subset(schema, _stored_fields(schema, path))
        if path is not None and (path / _META).exists():
            self._index = tantivy.Index.open(str(path))
        else:
            if path is not None:
                path.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(_native_schema(schema), None if path is None else str(path))
        self._native = self._index.schema
        self._index.config_reader(reload_policy="manual")
        self.reload()

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`. Without real changes, there is no commit."""
        new = {
            id_: None if document is None else schemas.require_id(id_, self._normalise(document))
            for id_, document in changes.items()
        }
        before = self.fingerprints(new.keys())
        after = {id_: None if document is None else schemas.fingerprint(document) for id_, document in new.items()}
        changed = [id_ for id_ in new if after[id_] != before.get(id_)]
        if not changed:
            return
        with self._writer() as writer:
            self._delete(writer, changed)
            for id_ in changed:
                if (document := new[id_]) is not None:
                    writer.add_document(self._to_native(document))

    def rebuild(self, source: Iterable[Document]) -> None:
        """See `SearchIndex.rebuild`. Apart from the ids, memory use does not grow with the source."""
        seen: set[str] = set()
        with self._writer() as writer:
            writer.delete_all_documents()
            for document in source:
                if document.id in seen:
                    self._delete(writer, [document.id])
                writer.add_document(self._to_native(self._normalise(document)))
                seen.add(document.id)

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`. Scores are BM25. Raises Unavailable for a field that the index has not got yet."""
        self.schema.check(search)
        return self._view.search(self._fields.restrict(search))

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._view.fingerprints(ids)

    def reload(self) -> None:
        """Load the current state of the directory. Changes by this object are visible without it."""
        self._index.reload()
        self._view = View(self._fields.schema, self._native, self._index.searcher())

    def _normalise(self, document: Document) -> Document:
        return self._fields.reduce(self.schema.normalise(document))

    @contextmanager
    def _writer(self) -> Iterator[tantivy.IndexWriter]:
        """Commit the changes in the block, or none of them. Afterwards the files are stable and can be copied."""
        writer = self._index.writer(_WRITER_HEAP_BYTES, num_threads=1)
        try:
            yield writer
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        self.reload()

    def _delete(self, writer: tantivy.IndexWriter, ids: Iterable[str]) -> None:
        # By query: delete_documents_by_term of tantivy 0.27 treats an int as signed and finds nothing.
        numbers = [number for id_ in ids if (number := schemas.parse_id(id_)) is not None]
        writer.delete_documents_by_query(tantivy.Query.term_set_query(self._native, ID, numbers))

    def _to_native(self, document: Document) -> tantivy.Document:
        native = tantivy.Document()
        native.add_unsigned(ID, schemas.number(document.id))
        native.add_unsigned(FINGERPRINT, schemas.fingerprint(document))
        for name, value in document.values.items():
            native.add_text(PRESENT, name)
            match self.schema.field(name):
                case Text():
                    for text in cast("Sequence[str]", value):
                        native.add_text(name, " ".join(words.tokens(text)))
                case Keyword():
                    for keyword in cast("Sequence[str]", value):
                        native.add_text(name, keyword)
                case Integer():
                    native.add_integer(name, cast("int", value))
                case Float():
                    native.add_float(name, cast("float", value))
                case Geo():
                    native.add_text(name, write_point(cast("GeoPoint", value)))
        return native


def _native_schema(schema: IndexSchema) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(ID, indexed=True, fast=True)
    builder.add_unsigned_field(FINGERPRINT, fast=True)
    builder.add_text_field(PRESENT, tokenizer_name="raw", index_option="basic")
    for declared in schema.fields:
        match declared:
            case Text(name):
                builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
            case Keyword(name) | Geo(name):
                builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
            case Integer(name):
                builder.add_integer_field(name, fast=True)
            case Float(name):
                builder.add_float_field(name, fast=True)
    return builder.build()


def _stored_fields(schema: IndexSchema, path: Path | None) -> tuple[Field, ...]:
    """Return the fields of the schema that the index in a directory has. If there is no index, it gets all of them."""
    if path is None or not (path / _META).exists():
        return schema.fields
    # Python cannot ask tantivy for the fields of a schema. Its file is JSON, and part of its stable format.
    described = orjson.loads((path / _META).read_bytes())["schema"]
    stored = {field["name"]: _form(field["type"], field["options"]) for field in described}
    return tuple(declared for declared in schema.fields if stored.get(declared.name) == _FORMS[type(declared)])


def _form(kind: str, options: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the form in which the engine stores a field: its type, and how its text is split."""
    return kind, (options.get("indexing") or {}).get("tokenizer")


_FORMS: Mapping[type[Field], tuple[str, str | None]] = {
    Text: ("text", "whitespace"),
    Keyword: ("text", "raw"),
    Geo: ("text", "raw"),  # like keywords: a field that changes between the two needs a new name
    Integer: ("i64", None),
    Float: ("f64", None),
}
