"""The port: the interface of a search index, the same for every engine.

An index is derived from the table. It can be deleted and rebuilt at any time.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from souk.search.query import Search
from souk.search.schema import Document, IndexSchema


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

        All or nothing, and idempotent. Raises ValueError for a document that does not fit the schema, or whose id
        differs from its key.
        """

    @abstractmethod
    def rebuild(self, source: Iterable[Document]) -> None:
        """Replace the whole content with these documents, all or nothing. The last document with an id wins."""
