"""Changing the index that readers follow."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, TypeVar

from souk.search.port import Page, Read, RebuildableIndex, matching
from souk.search.query import AnyOf, Search
from souk.search.schema import Document, IndexSchema
from souk.search.snapshot.local_copy import LocalCopy
from souk.search.snapshot.objects import Objects, Slot, retry_if_superseded
from souk.search.snapshot.rebuild import Rebuild
from souk.search.tantivy_index import TantivyIndex
from souk.values.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")


class SnapshotWriter(RebuildableIndex):
    """Changes the index that readers follow, and makes new generations of it."""

    def __init__(self, schema: IndexSchema, client: "S3Client", bucket: str, clock: Clock) -> None:
        self.schema = schema
        self._clock = clock
        self._objects = Objects(schema.name, client, bucket)
        self._copy = LocalCopy(schema, Slot(self._objects))
        self._rebuild = Rebuild(schema, self._objects, clock)

    @property
    def size(self) -> int:
        """The size of the index when it was last read, in bytes."""
        return self._copy.size

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`."""
        return self._current().search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._current().fingerprints(ids)

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`. Raises Conflict if other writers are faster every time."""
        self.update(changes.keys(), lambda _: changes)

    def update(self, ids: Collection[str], read: Read) -> None:
        """See `SearchIndex.update`. Raises Conflict if other writers are faster every time."""

        def change(index: TantivyIndex) -> None:
            index.apply(read(ids))

        self._change(change, {"ids": list(ids)})

    def update_matching(self, query: AnyOf, read: Read, *, after: str | None = None, limit: int) -> str | None:
        """See `SearchIndex.update_matching`. Raises Conflict if other writers are faster every time.

        It always publishes a revision. Another writer that has read its documents before, and is about to publish them,
        then has to read them again, so that no document keeps what it showed before.
        """

        def change(index: TantivyIndex) -> str | None:
            page = index.search(matching(query, after, limit))
            index.apply(read(page.ids))
            return page.ids[-1] if page.total > limit else None

        # The generation that is being made may have more documents that match, so the query is repeated there.
        first = {"fields": [query.field] * len(query.values), "values": list(query.values)} if after is None else {}
        return self._change(change, first, always=True)

    def begin_rebuild(self) -> str:
        """See `RebuildableIndex.begin_rebuild`."""
        return self._rebuild.begin()

    def add_to_rebuild(self, generation: str, ids: Collection[str], read: Read) -> None:
        """See `RebuildableIndex.add_to_rebuild`."""
        self._rebuild.add(generation, ids, read)

    def finish_rebuild(self, generation: str, read: Read) -> bool:
        """See `RebuildableIndex.finish_rebuild`."""
        if self._rebuild.has_ended(generation):
            return True
        copy = self._rebuild.finish(generation, read)
        if copy is None:
            return False
        self._copy = copy
        return True

    def abandon_rebuild(self, generation: str) -> None:
        """See `RebuildableIndex.abandon_rebuild`."""
        self._rebuild.abandon(generation)

    def _current(self) -> TantivyIndex:
        retry_if_superseded(self._copy.refresh)
        return self._copy.index

    def _change(
        self, change: Callable[[TantivyIndex], T], entry: Mapping[str, list[str]], *, always: bool = False
    ) -> T:
        """Change the index and publish it. While a rebuild is running, also record the change in its journal.

        The change reads its documents after the state of the index. So if a newer document has been published in the
        meantime, the older one is not published, but read again. A recorded change always replaces the pointer: a
        rebuild that has not seen it in the journal cannot end then.
        """

        def attempt() -> T:
            self._copy.refresh()
            result = change(self._copy.index)
            build = self._copy.pointer.build
            if build and entry:
                self._objects.record(build.generation, entry)
            self._copy.publish(self._clock.real().timestamp(), always=always or build is not None)
            return result

        return retry_if_superseded(attempt)
