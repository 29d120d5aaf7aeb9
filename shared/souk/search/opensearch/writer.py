"""Changing the index in a cluster.

Several processes write at the same time, and a document is made of several items of the table, so there is no version
that would put two writes in order. Instead, every writer reads its documents again after it has written them. If they
have changed meanwhile, it writes them again. The last one to write a document has then read it after writing it. So
the document is what the table contained at that time or later, and a later change of the table has a later writer.

This also holds for documents that another writer does not find because they are just being added, or that it has
nothing to remove of. Versions and conditions of the cluster see only documents that exist.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from souk.search import schema as schemas
from souk.search.opensearch.client import Client
from souk.search.opensearch.generations import Generation, Generations, write_alias
from souk.search.opensearch.target import Gone, Target
from souk.search.port import Page, Read, RebuildableIndex, matching
from souk.search.query import AnyOf, Search
from souk.search.schema import Document, IndexSchema
from souk.values.clock import Clock
from souk.values.errors import Conflict

_ATTEMPTS: Final = 10


class OpenSearchWriter(RebuildableIndex):
    """Changes the index that is searched, and makes new generations of it.

    While a rebuild is running, each change is written to both generations.
    """

    def __init__(self, schema: IndexSchema, client: Client, clock: Clock) -> None:
        self.schema = schema
        self._client = client
        self._generations = Generations(schema, client, clock)

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`."""
        self.schema.check(search)
        return self._searched().search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._searched().fingerprints(ids)

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`. Without real changes, nothing is written.

        If the cluster fails, a part may have been written.
        """
        self.update(changes.keys(), lambda ids: {id_: changes[id_] for id_ in ids})

    def update(self, ids: Collection[str], read: Read) -> None:
        """See `SearchIndex.update`. Raises Conflict if the documents change all the time."""
        self._write(ids, read, self._targets)

    def update_matching(self, query: AnyOf, read: Read, *, after: str | None = None, limit: int) -> str | None:
        """See `SearchIndex.update_matching`. Also finds documents that only the generation of a rebuild has."""
        pages = [target.search(matching(query, after, limit)) for target in self._targets()]
        found = sorted({id_ for page in pages for id_ in page.ids}, key=schemas.number)
        piece = found[:limit]
        self.update(piece, read)
        has_more = len(found) > limit or any(page.total > limit for page in pages)
        return piece[-1] if has_more else None

    def begin_rebuild(self) -> str:
        """See `RebuildableIndex.begin_rebuild`."""
        return self._generations.begin()

    def add_to_rebuild(self, generation: str, ids: Collection[str], read: Read) -> None:
        """See `RebuildableIndex.add_to_rebuild`."""
        self._write(ids, read, lambda: [self._target(self._generations.require_build(generation))])
        self._generations.touch(self._generations.require_build(generation))

    def finish_rebuild(self, generation: str, read: Read) -> bool:  # noqa: ARG002 - changes are in both generations
        """See `RebuildableIndex.finish_rebuild`. There is never anything to repeat."""
        self._generations.finish(generation)
        return True

    def abandon_rebuild(self, generation: str) -> None:
        """See `RebuildableIndex.abandon_rebuild`."""
        self._generations.abandon(generation)

    def _write(self, ids: Collection[str], read: Read, targets: Callable[[], list[Target]]) -> None:
        """Write documents, until they are the same after writing as before. The targets are found before they are read.

        So a rebuild that begins later reads what they were made of from the table.
        """
        pending = list(ids)
        for _ in range(_ATTEMPTS):
            found = targets()
            written = self._read(pending, read)
            try:
                for target in found:
                    target.put(written)
            except Gone:
                continue  # a rebuild has ended meanwhile
            again = self._read(pending, read)
            pending = [id_ for id_ in again if again[id_] != written.get(id_)]
            if not pending:
                return
        raise Conflict(f"Documents of the index {self.schema.name} are changing all the time. Try again.")

    def _read(self, ids: Collection[str], read: Read) -> dict[str, Document | None]:
        """Return the documents as the index stores them. Raises ValueError for one that does not fit the schema."""
        return {
            id_: None if document is None else schemas.require_id(id_, self.schema.normalise(document))
            for id_, document in (read(ids) if ids else {}).items()
        }

    def _targets(self) -> list[Target]:
        """Return the generation that is searched, and that of a rebuild."""
        return [self._target(one) for one in self._generations.ready().written]

    def _searched(self) -> Target:
        """Return the generation that is searched. An index that does not exist is empty."""
        return self._target(self._generations.read().current)

    def _target(self, generation: Generation | None) -> Target:
        name = self.schema.name
        if generation is None:
            return Target(self._client, self.schema, name, self.schema.fields)
        return Target(self._client, self.schema, write_alias(name, generation.name), generation.fields(self.schema))
