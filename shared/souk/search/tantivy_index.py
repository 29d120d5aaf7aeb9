"""The adapter for tantivy, an embedded search engine (a Rust library that reads an index from files or memory).

Tantivy is given words that `souk.search.text` has split already, joined by spaces, and queries built node by node: its
own query parser, which crashes the process on hostile input, is never called. How a document is laid out:

- `id`: the id as a number, to find, sort and delete by;  `_fingerprint`: what `verify` compares
- text: words with positions;  keyword: the exact values;  integer, float: columns ("fast fields")
- geo: the coordinates written out, as one exact value: a circle becomes the list of the places inside it
- `_present`: the names of the document's fields, which makes "has no budget" a term like any other
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

import tantivy

from souk.search import schema as schemas
from souk.search import text as words
from souk.search.port import Page, SearchIndex
from souk.search.query import ID, Search
from souk.search.schema import Document, Float, Geo, GeoPoint, IndexSchema, Integer, Keyword, Text
from souk.search.tantivy_query import PRESENT, write_point
from souk.search.tantivy_view import FINGERPRINT, View

_WRITER_HEAP_BYTES = 64_000_000


class TantivyIndex(SearchIndex):
    """A `SearchIndex` in a directory, or in memory when `path` is None. One writer at a time.

    A directory without an index becomes an empty one.
    """

    def __init__(self, schema: IndexSchema, path: Path | None = None) -> None:
        self.schema = schema
        self._native = _native_schema(schema)
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self._native, None if path is None else str(path))
        self._index.config_reader(reload_policy="manual")
        self.reload()

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`."""
        new = {
            schemas.number(id_): None if document is None else self._lay_out(schemas.under_its_id(id_, document))
            for id_, document in changes.items()
        }
        writer = self._writer()
        self._delete(writer, list(new))
        for document in new.values():
            if document is not None:
                writer.add_document(document)
        self._finish(writer)

    def rebuild(self, source: Iterable[Document]) -> None:
        """See `SearchIndex.rebuild`. Memory does not grow with the source, apart from the ids."""
        writer = self._writer()
        seen: set[str] = set()
        try:
            writer.delete_all_documents()
            for document in source:
                if document.id in seen:
                    self._delete(writer, [schemas.number(document.id)])
                writer.add_document(self._lay_out(document))
                seen.add(document.id)
        except BaseException:
            writer.rollback()
            raise
        self._finish(writer)

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`. Scores are BM25's."""
        self.schema.check(search)
        return self._view.search(search)

    def fingerprints(self) -> Mapping[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._view.fingerprints()

    def reload(self) -> None:
        """Look at what is in the directory now. What this object writes itself, it sees without that."""
        self._index.reload()
        self._view = View(self.schema, self._native, self._index.searcher())

    def _writer(self) -> tantivy.IndexWriter:
        return self._index.writer(_WRITER_HEAP_BYTES, 1)

    def _delete(self, writer: tantivy.IndexWriter, numbers: list[int]) -> None:
        # By query: tantivy 0.27's delete_documents_by_term takes an int for a signed one and finds nothing.
        writer.delete_documents_by_query(tantivy.Query.term_set_query(self._native, ID, numbers))

    def _finish(self, writer: tantivy.IndexWriter) -> None:
        """Commit and let merges end: afterwards no thread works on the files, which may then be copied."""
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def _lay_out(self, document: Document) -> tantivy.Document:
        document = self.schema.normalise(document)
        native = tantivy.Document()
        native.add_unsigned(ID, schemas.number(document.id))
        native.add_unsigned(FINGERPRINT, schemas.fingerprint(document))
        for name, value in document.values.items():
            native.add_text(PRESENT, name)
            match self.schema.field(name):
                case Text():
                    for one in cast("Sequence[str]", value):
                        native.add_text(name, " ".join(words.tokens(one)))
                case Keyword():
                    for one in cast("Sequence[str]", value):
                        native.add_text(name, one)
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
