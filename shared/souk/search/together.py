"""An index in several engines, while a deployment moves from one to another."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from souk.search.port import Page, Read, RebuildableIndex
from souk.search.query import AnyOf, Search
from souk.search.schema import Document, number
from souk.values.errors import Conflict

_BETWEEN = "+"
"""Joins the names of the engines' generations. None of them contains it."""


class Together(RebuildableIndex):
    """Searches the first index, and changes all of them in the same way.

    If one cannot be changed, the change counts as failed and is repeated in all.
    """

    def __init__(self, indexes: Sequence[RebuildableIndex]) -> None:
        self.schema = indexes[0].schema
        self._indexes = indexes

    @property
    def size(self) -> int | None:
        """See `RebuildableIndex.size`."""
        return max((size for one in self._indexes if (size := one.size) is not None), default=None)

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`."""
        return self._indexes[0].search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._indexes[0].fingerprints(ids)

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`."""
        for one in self._indexes:
            one.apply(changes)

    def update(self, ids: Collection[str], read: Read) -> None:
        """See `SearchIndex.update`."""
        for one in self._indexes:
            one.update(ids, read)

    def update_matching(self, query: AnyOf, read: Read, *, after: str | None = None, limit: int) -> str | None:
        """See `SearchIndex.update_matching`. Goes on where the slowest has come to; others repeat a few documents."""
        ends = [one.update_matching(query, read, after=after, limit=limit) for one in self._indexes]
        return min((end for end in ends if end is not None), key=number, default=None)

    def begin_rebuild(self) -> str:
        """See `RebuildableIndex.begin_rebuild`."""
        begun: list[str] = []
        try:
            for one in self._indexes:
                begun.append(one.begin_rebuild())  # noqa: PERF401 - those that have begun are ended if one cannot
        except BaseException:
            for one, generation in zip(self._indexes, begun, strict=False):
                with suppress(Conflict):
                    one.abandon_rebuild(generation)
            raise
        return _BETWEEN.join(begun)

    def add_to_rebuild(self, generation: str, ids: Collection[str], read: Read) -> None:
        """See `RebuildableIndex.add_to_rebuild`."""
        for one, own in self._each(generation):
            one.add_to_rebuild(own, ids, read)

    def finish_rebuild(self, generation: str, read: Read) -> bool:
        """See `RebuildableIndex.finish_rebuild`."""
        return all(one.finish_rebuild(own, read) for one, own in self._each(generation))

    def abandon_rebuild(self, generation: str) -> None:
        """See `RebuildableIndex.abandon_rebuild`."""
        for one, own in self._each(generation):
            one.abandon_rebuild(own)

    def _each(self, generation: str) -> list[tuple[RebuildableIndex, str]]:
        """Return each index with its generation. Raises Conflict for a rebuild that began with other engines."""
        names = generation.split(_BETWEEN)
        if len(names) != len(self._indexes):
            raise Conflict("The engines have been changed since the rebuild began. Start again.")
        return list(zip(self._indexes, names, strict=True))
