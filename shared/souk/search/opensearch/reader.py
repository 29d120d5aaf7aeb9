"""Searching the index in a cluster."""

import time
from collections.abc import Callable, Collection
from typing import Final

from souk.search.opensearch.client import Client, Missing
from souk.search.opensearch.mapping import fields_in
from souk.search.opensearch.searching import Searcher
from souk.search.port import Page, SearchReader
from souk.search.query import Search
from souk.search.schema import Field, IndexSchema
from souk.search.subset import Subset

_KNOWN_SECONDS: Final = 10.0
"""How long the fields of the index are known. They change when a rebuild ends that another version has begun."""


class OpenSearchReader(SearchReader):
    """Searches the index that the writer fills. It sends nothing before the first search."""

    def __init__(self, schema: IndexSchema, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self.schema = schema
        self._client = client
        self._clock = clock
        self._subset = Subset(schema, schema.fields)
        self._known_until = float("-inf")

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`. Scores are BM25.

        Raises Unavailable if the cluster does not answer, and for a field that the index has not got yet.
        """
        self.schema.check(search)
        subset = self._fields()
        return Searcher(self._client, subset.schema, self.schema.name).search(subset.restrict(search))

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return Searcher(self._client, self.schema, self.schema.name).fingerprints(ids)

    def _fields(self) -> Subset:
        now = self._clock()
        if now >= self._known_until:
            self._subset = Subset(self.schema, self._read_fields())
            self._known_until = now + _KNOWN_SECONDS
        return self._subset

    def _read_fields(self) -> tuple[Field, ...]:
        try:
            found = self._client.call("GET", f"/{self.schema.name}/_mapping", filter_path="*.mappings._meta")
        except Missing:  # there is no index yet, which gets all fields
            return self.schema.fields
        described = next(iter(found.values()))
        return fields_in(self.schema, described["mappings"]["_meta"])
