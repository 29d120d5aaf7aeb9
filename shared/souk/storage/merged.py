"""Lists that lie in several partitions, read as one in the order of their sort keys, newest first.

A list of a whole marketplace has several partitions, so that its writes do not meet in one. They are read at the same
time, a part of a page from each. So a page costs about a page, wherever it is in the list.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Generic

from souk.storage.collection import E
from souk.storage.lists import PAGE_BOUND, ListPage, Position, Row, StoredList, View
from souk.storage.partition import Partition
from souk.storage.table import Page, Table
from souk.values.errors import Unprocessable

_SPARE: Final = 4
"""How many items are read from each partition beyond its share of a page."""
_FIRST: Final = " "
"""Sorts before all sort keys."""
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True, eq=False)
class MergedList(Generic[E]):
    """The lists of several owners as one. Their sort keys must differ.

    `beside` are entities that belong to the list and are not stored in its partitions.
    """

    stored: StoredList[E]
    table: Table
    owners: Sequence[tuple[str, ...]]
    beside: Sequence[E] = ()
    ids: tuple[str, ...] = ()
    """What its cursors are bound to, as those of an `OwnedList`."""

    def page(self, view: View[E, Row], first: int, *, after: Position | None = None, offset: int = 0) -> ListPage[Row]:
        """Return the page of `first` rows after a position, or from an offset. `view` has no order.

        Raises Unprocessable for an offset beyond the bound.
        """
        ceiling = after[0] if after else None
        wanted = offset + first + 1
        sources = [*self._sources(view, ceiling, wanted), self._beside(view, ceiling)]
        merged, frontier = self._merge(view, sources, wanted)
        if offset and frontier and len(merged) < wanted:
            raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")
        shown = merged[offset : offset + first]
        more = len(merged) >= wanted or frontier is not None
        positions: list[Position] = [[sk] for sk, _, _ in shown]
        end = positions[-1] if positions else None
        if frontier is not None and len(merged) < wanted:
            end = [frontier]
        return ListPage(
            [row for _, _, row in shown],
            positions,
            end,
            more,
            (lambda: len(merged)) if after is None and not more else lambda: self._count(view),
        )

    def _merge(
        self, view: View[E, Row], sources: Sequence["_Source[E]"], wanted: int
    ) -> tuple[list[tuple[str, E, Row]], str | None]:
        """Return the first rows of all sources, and the sort key that was reached if the bound ended the reading."""
        merged: list[tuple[str, E, Row]] = []
        before, examined = self.table.trips, 0
        while len(merged) < wanted:
            empty = [one for one in sources if not one.items and not one.ended]
            if empty:
                if examined >= PAGE_BOUND.items or self.table.trips - before >= PAGE_BOUND.trips:
                    return merged, max(one.reached for one in sources if not one.ended)
                pages = self.table.concurrently([one.read for one in empty])
                for one, page in zip(empty, pages, strict=True):
                    one.take(page)
                    examined += page.examined
                continue
            taken: list[tuple[str, E]] = []
            while all(one.items or one.ended for one in sources) and len(merged) + len(taken) < wanted:
                heads = [one for one in sources if one.items]
                if not heads:
                    break
                taken.append(max(heads, key=lambda one: one.items[0][0]).items.pop(0))
            keys = {id(entity): sk for sk, entity in taken}
            merged += [(keys[id(one)], one, row) for one, row in view.pick(entity for _, entity in taken)]
            if all(one.ended and not one.items for one in sources):
                break
        return merged, None

    def _sources(self, view: View[E, Row], ceiling: str | None, wanted: int) -> "list[_Source[E]]":
        share = -(-wanted // max(len(self.owners), 1)) + _SPARE
        low, high = view.within or (_FIRST, _LAST)
        within = (low, min(high, ceiling) if ceiling else high)
        stored = self.stored
        return [
            _Source(
                Partition(stored.collection, stored.partition(*owner), stored.index, among=view.among, within=within),
                partial(_key_in, stored),
                ceiling,
                min(share, wanted),
                ended=within[0] > within[1],
            )
            for owner in self.owners
        ]

    def _beside(self, view: View[E, Row], ceiling: str | None) -> "_Source[E]":
        low, high = view.within or (_FIRST, _LAST)
        keyed = sorted(((_key_in(self.stored, one), one) for one in self.beside), key=lambda one: one[0], reverse=True)
        items = [(sk, one) for sk, one in keyed if low <= sk <= high and (ceiling is None or sk < ceiling)]
        return _Source(None, partial(_key_in, self.stored), ceiling, 0, items=items, ended=True)

    def _count(self, view: View[E, Row]) -> int | None:
        """Return the number of rows; None if there are too many to count."""

        def count(ids: tuple[str, ...], table: Table) -> int | None:
            return self.stored.of(table, *ids).count(view)

        counts: list[int | None] = [len(view.pick(one for _, one in self._beside(view, None).items))]
        if self.owners:
            counts += self.table.concurrently([partial(count, ids) for ids in self.owners])
        known = [one for one in counts if one is not None]
        return sum(known) if len(known) == len(counts) else None


@dataclass(eq=False)
class _Source(Generic[E]):
    """One of the partitions, with what has been read of it and is not taken yet."""

    partition: Partition[E] | None
    key_in: Callable[[E], str]
    ceiling: str | None
    """The sort key where the page before ended. It is not read again."""
    size: int
    items: list[tuple[str, E]] = field(default_factory=list)
    start: dict[str, str] | None = None
    reached: str = _LAST
    ended: bool = False

    def read(self, table: Table) -> Page[E]:
        """Read on."""
        assert self.partition is not None  # one without a partition has ended  # noqa: S101
        return self.partition.read(table, limit=self.size, start=self.start)

    def take(self, page: Page[E]) -> None:
        """Keep what was read."""
        found: Iterable[tuple[str, E]] = ((self.key_in(one), one) for one in page.items)
        self.items += [(sk, one) for sk, one in found if sk != self.ceiling]
        self.start, self.ended = page.next_key, page.next_key is None
        if page.next_key and self.partition:
            self.reached = page.next_key[f"{self.partition.index}SK"]
        self.size *= 2


def _key_in(stored: StoredList[E], entity: E) -> str:
    return str(stored.position(entity)[-1])


def sharded(stored: StoredList[E], table: Table, shards: int, *ids: str) -> MergedList[E]:
    """Return a list whose partitions are numbered from 0, in addition to some ids."""
    return MergedList(stored, table, [(*ids, str(shard)) for shard in range(shards)], ids=ids)
