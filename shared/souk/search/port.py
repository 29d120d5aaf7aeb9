"""The port: the interface of a search index, the same for every engine.

An index is derived from the table. It can be deleted and rebuilt at any time.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from souk.search.query import ID, And, AnyOf, Range, Search, Sort
from souk.search.schema import Document, IndexSchema
from souk.values.chunks import chunks
from souk.values.errors import Conflict

_CHUNK = 1000

Read: TypeAlias = Callable[[Collection[str]], Mapping[str, Document | None]]
"""Returns the current documents of some ids, or None for each that has none. Reads the table consistently."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `score` is the relevance, larger is better. It is None unless the order is by relevance.

    Scores are comparable only within one response. They differ between adapters.
    """

    id: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the results, in order, and the exact number of all results."""

    total: int
    hits: tuple[Hit, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of the hits, in order."""
        return [hit.id for hit in self.hits]


@dataclass(frozen=True, slots=True)
class IndexState:
    """What is known about an index."""

    generation: str = ""
    """The name of what is searched, which begins with the fingerprint of its schema. Empty if there is no index."""
    documents: int = 0
    rebuilding: bool = False

    def is_made_with(self, schema: IndexSchema) -> bool:
        """Return whether the index has exactly the fields of this schema, or there is no index yet."""
        return not self.generation or self.generation.partition("-")[0] == schema.fingerprint


class SearchReader(ABC):
    """The read side of an index. The `graphql` function needs nothing else."""

    schema: IndexSchema

    @abstractmethod
    def search(self, search: Search) -> Page:
        """Return the matching documents' ids.

        Raises ValueError if the search does not fit the schema (`IndexSchema.check`).
        """

    @abstractmethod
    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """Return the ids of the documents, each with the fingerprint of its content (`souk.search.schema.fingerprint`).

        With `ids`, only of those documents. Ids that are not in the index are left out.
        """

    def ids(self) -> set[str]:
        """Return the id of every document in the index."""
        return set(self.fingerprints())


class SearchIndex(SearchReader):
    """An index that can be searched and changed. Changes are visible when the method returns."""

    @abstractmethod
    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """Replace the documents with these ids. None removes the document.

        Idempotent. Raises ValueError for a document that does not fit the schema, or whose id differs from its key, and
        changes nothing then. For any other error, adapters differ: an index in files has none of the changes then, and
        one in a cluster may have some. Callers repeat all of them.
        """

    @abstractmethod
    def rebuild(self, source: Iterable[Document]) -> None:
        """Replace the whole content with these documents, all or nothing. The last document with an id wins."""

    def update(self, ids: Collection[str], read: Read) -> None:
        """Replace the documents with these ids by what `read` returns. See `apply`.

        With several writers, the newest document stays. For that, `read` may be called several times, also for some of
        the ids.
        """
        self.apply(read(ids))

    def update_matching(self, query: AnyOf, read: Read, *, after: str | None = None, limit: int) -> str | None:
        """Update the documents that match, in the order of their ids: at most `limit` of them, behind the id `after`.

        Returns the last id, if more documents follow.
        """
        page = self.search(matching(query, after, limit))
        self.update(page.ids, read)
        return page.ids[-1] if page.total > limit else None


class RebuildableIndex(SearchIndex):
    """An index that can be rebuilt in steps while it is searched and changed. The rebuild replaces it at the end.

    Each step raises Conflict if the rebuild is no longer running: it has been ended, or replaced by another one.
    """

    @property
    def size(self) -> int | None:
        """The size of the copy that each reader keeps on its disk, in bytes. None if readers keep none."""
        return None

    def rebuild(self, source: Iterable[Document]) -> None:
        """See `SearchIndex.rebuild`. Raises Conflict if another writer changes the index meanwhile. Start again then.

        To rebuild while it changes, use `begin_rebuild`.
        """
        conflict = Conflict("Another writer changed the index during the rebuild. Start again.")

        def changed(_: Collection[str]) -> NoReturn:
            raise conflict

        generation = self.begin_rebuild()
        try:
            for chunk in chunks(source, _CHUNK):
                found = {document.id: document for document in chunk}
                self.add_to_rebuild(generation, found, lambda _, found=found: found)  # type: ignore[misc]
            if not self.finish_rebuild(generation, changed):
                raise conflict
        except BaseException:
            self.abandon_rebuild(generation)
            raise

    @abstractmethod
    def begin_rebuild(self) -> str:
        """Begin a rebuild and return the name of its generation. Raises Conflict if another one is running."""

    @abstractmethod
    def add_to_rebuild(self, generation: str, ids: Collection[str], read: Read) -> None:
        """Add the documents with these ids."""

    @abstractmethod
    def finish_rebuild(self, generation: str, read: Read) -> bool:
        """Add what has changed since the rebuild began, and replace the index. Returns False if it must be repeated.

        Returns True again if the rebuild has replaced the index already, since the answer can be lost.
        """

    @abstractmethod
    def abandon_rebuild(self, generation: str) -> None:
        """End a rebuild without a result. Does nothing if it is no longer running."""


def matching(query: AnyOf, after: str | None, limit: int) -> Search:
    """Return the search for the documents that match, in the order of their ids, behind the id `after`."""
    where = query if after is None else And((query, Range(ID, lower=int(after), include_lower=False)))
    return Search(where, (Sort(ID, descending=False),), limit=limit)
