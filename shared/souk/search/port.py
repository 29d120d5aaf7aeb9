"""The port: what the rest of Souk may ask of an index, whichever engine holds it.

The index is derived from the table and never the other way round: it can be thrown away and rebuilt at any time.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from souk.search.query import Search
from souk.search.schema import Document, IndexSchema


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `score` is how well the words match, larger is better; None unless ordered by relevance.

    Scores can be compared within one answer only, and differ between adapters.
    """

    id: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the results, in order, and how many results there are in all (exact, never an estimate)."""

    total: int
    hits: tuple[Hit, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of the hits, in order."""
        return [hit.id for hit in self.hits]


class SearchReader(ABC):
    """The half that answers questions: all that the `graphql` function needs."""

    schema: IndexSchema

    @abstractmethod
    def search(self, search: Search) -> Page:
        """Return the matching documents' ids.

        Raises ValueError where the search does not fit the schema (`IndexSchema.check`).
        """

    @abstractmethod
    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """Return the documents' ids, each with the fingerprint of its content (`souk.search.schema.fingerprint`).

        Of all documents, or of those among `ids` that the index holds.
        """

    def ids(self) -> set[str]:
        """Return the id of every document in the index."""
        return set(self.fingerprints())


class SearchIndex(SearchReader):
    """Both halves: an index that can be searched and written. Changes are visible when the method returns."""

    @abstractmethod
    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """Put each document in place of whatever had its id; None takes the id out of the index.

        All or nothing, and idempotent. Raises ValueError for a document that does not fit the schema, or whose id is
        not the one it stands under.
        """

    @abstractmethod
    def rebuild(self, source: Iterable[Document]) -> None:
        """Replace the whole content by these documents, all or nothing. Of documents with one id the last one stays."""
