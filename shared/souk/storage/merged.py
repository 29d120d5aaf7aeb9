"""Lists that lie in several partitions, read as one in the order of their sort keys.

A list of a whole marketplace has several partitions, so that its writes do not meet in one. Those of a group, such as
the shards of a day, are read at the same time, a part of a page from each. Groups follow each other: a later one is
read when the page is not full. So a page costs about a page, wherever it is in the list.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Generic, NamedTuple

from souk.storage.collection import E
from souk.storage.lists import COUNT_BOUND, GROWTH, PAGE_BOUND, ListPage, Position, Row, StoredList, View
from souk.storage.partition import Bound, Partition
from souk.storage.table import Page, Table
from souk.values.errors import Unprocessable

_SPARE: Final = 4
"""How many items are read from each partition beyond its share of a page."""
_MAX_COUNTED: Final = 100
"""How many partitions are read to count a list."""
_FIRST: Final = " "
"""Sorts before all sort keys."""
_LAST: Final = "\U0010ffff"


class Group(NamedTuple):
    """Partitions that are read together, and the sort keys that they can have: all of them by default."""

    owners: Sequence[tuple[str, ...]]
    """The ids of the owners of a `StoredList`."""
    low: str = _FIRST
    high: str = _LAST


class _Range(NamedTuple):
    """The first and the last sort key to read."""

    low: str
    high: str


@dataclass(frozen=True, eq=False)
class MergedList(Generic[E]):
    """The lists of several owners as one. Their sort keys must differ. A position is a list with a sort key.

    `groups` are in the order of the list. `beside` are entities that belong to the list and are not stored in its
    partitions; only a list of one group can have them.
    """

    stored: StoredList[E]
    table: Table
    groups: Sequence[Group]
    beside: Sequence[E] = ()
    ids: tuple[str, ...] = ()
    """What its cursors are bound to, as those of an `OwnedList`."""

    def page(self, view: View[E, Row], first: int, *, after: Position | None = None, offset: int = 0) -> ListPage[Row]:
        """Return the page of `first` rows after a position, or from an offset. `view` has no order.

        Raises Unprocessable for an offset beyond the bound.
        """
        at = after[0] if after else None
        wanted, left = offset + first + 1, PAGE_BOUND
        merged: list[tuple[str, Row]] = []
        reached: str | None = None
        for group in self.groups:
            merge = _Merge(self, view, group, at)
            if merge.is_empty:
                continue
            reached, left = merge.read_on(merged, wanted, left)
            if reached is not None or len(merged) >= wanted:
                break
        if offset and reached and len(merged) < wanted:
            raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")
        shown = merged[offset : offset + first]
        more = len(merged) >= wanted or reached is not None
        positions: list[Position] = [[sk] for sk, _ in shown]
        end = positions[-1] if positions else None
        if reached is not None and len(merged) < wanted:
            end = [reached]
        complete = after is None and not more
        return ListPage(
            [row for _, row in shown],
            positions,
            end,
            more,
            (lambda: len(merged)) if complete else lambda: self.count(view),
        )

    def count(self, view: View[E, Row]) -> int | None:
        """Return the number of rows; None if there are too many to count, or too many partitions."""
        owners = [owner for group in self.groups for owner in group.owners]
        if len(owners) > _MAX_COUNTED:
            return None

        def count(owner: tuple[str, ...], table: Table) -> int | None:
            return self.stored.of(table, *owner).count(view)

        counts: list[int | None] = [len(view.pick(self.beside))]
        if owners:
            counts += self.table.concurrently([partial(count, owner) for owner in owners])
        known = [one for one in counts if one is not None]
        total = sum(known)
        return total if len(known) == len(counts) and total <= COUNT_BOUND.items else None


@dataclass(eq=False)
class _Source(Generic[E]):
    """One of the partitions, with what has been read of it and is not taken yet."""

    partition: Partition[E] | None
    key_of: Callable[[E], str]
    at: str | None
    """The sort key where the page before ended. It is not read again."""
    size: int
    page: int
    """The least to read when the share was not enough: mostly it is the only partition with more."""
    reached: str
    """The sort key up to which everything was read."""
    items: list[tuple[str, E]] = field(default_factory=list)
    start: dict[str, str] | None = None
    ended: bool = False

    def read(self, table: Table, most: int) -> Page[E]:
        """Read on, at most so many."""
        assert self.partition is not None  # one without a partition has ended  # noqa: S101
        return self.partition.read(table, limit=min(self.size, most), start=self.start)

    def take(self, page: Page[E]) -> None:
        """Keep what was read."""
        found: Iterable[tuple[str, E]] = ((self.key_of(one), one) for one in page.items)
        self.items += [(sk, one) for sk, one in found if sk != self.at]
        self.start, self.ended = page.next_key, page.next_key is None
        if page.next_key and self.partition:
            self.reached = page.next_key[f"{self.partition.index}SK"]
        self.size = max(self.size * GROWTH, self.page)


class _Merge(Generic[E, Row]):
    """Reads the partitions of a group side by side."""

    def __init__(self, listed: MergedList[E], view: View[E, Row], group: Group, at: str | None) -> None:
        self._listed = listed
        self._view = view
        self._first = max if listed.stored.newest_first else min
        self._group = group
        self._at = at
        low, high = view.within or (_FIRST, _LAST)
        low, high = max(low, group.low), min(high, group.high)
        if at is not None:
            low, high = (low, min(high, at)) if listed.stored.newest_first else (max(low, at), high)
        self._range = _Range(low, high)

    @property
    def is_empty(self) -> bool:
        """Whether the group has nothing of what is wanted."""
        return self._range.low > self._range.high or not (self._group.owners or self._listed.beside)

    def read_on(self, merged: list[tuple[str, Row]], wanted: int, left: Bound) -> tuple[str | None, Bound]:
        """Add rows until there are enough, within what is left of a bound.

        Returns the sort key that was reached if the bound ended the reading, else None, and what is left then.
        """
        sources = [*self._stored(wanted - len(merged)), self._beside()]
        while len(merged) < wanted:
            if any(not one.items and not one.ended for one in sources):
                if left.items <= 0 or left.trips <= 0:
                    return self._first(one.reached for one in sources if not one.ended), left
                low = [one for one in sources if self._is_low(one)]
                most = max(left.items // len(low), 1)
                pages = self._listed.table.concurrently([partial(one.read, most=most) for one in low])
                for one, page in zip(low, pages, strict=True):
                    one.take(page)
                left = Bound(left.items - sum(page.examined for page in pages), left.trips - 1)
                continue
            taken = self._take(sources, wanted - len(merged))
            if not taken:
                return None, left
            keys = {id(entity): sk for sk, entity in taken}
            merged += [(keys[id(one)], row) for one, row in self._view.pick(entity for _, entity in taken)]
        return None, left

    def _is_low(self, source: "_Source[E]") -> bool:
        """Return whether to read on in a partition: with conditions, also before all that was read of it is taken."""
        few = self._view.conditions or self._view.row_conditions
        return not source.ended and (len(source.items) < source.size if few else not source.items)

    def _take(self, sources: Sequence[_Source[E]], most: int) -> list[tuple[str, E]]:
        """Take the first items of all sources, in order, while the next one of each is known."""
        taken: list[tuple[str, E]] = []
        while len(taken) < most and all(one.items or one.ended for one in sources):
            heads = [one for one in sources if one.items]
            if not heads:
                break
            taken.append(self._first(heads, key=lambda one: one.items[0][0]).items.pop(0))
        return taken

    def _stored(self, wanted: int) -> list[_Source[E]]:
        stored, owners = self._listed.stored, self._group.owners
        share = -(-wanted // max(len(owners), 1)) + _SPARE
        return [
            _Source(
                Partition(
                    stored.collection,
                    stored.partition(*owner),
                    stored.index,
                    newest_first=stored.newest_first,
                    among=self._view.among,
                    within=self._range,
                ),
                self._key_of,
                self._at,
                min(share, wanted + 1),  # one more: that where the page before ended is read again
                wanted + 1,
                self._beginning,
            )
            for owner in owners
        ]

    def _beside(self) -> _Source[E]:
        keyed = ((self._key_of(one), one) for one in self._listed.beside)
        items = [(sk, one) for sk, one in keyed if self._range.low <= sk <= self._range.high and sk != self._at]
        items.sort(key=lambda one: one[0], reverse=self._listed.stored.newest_first)
        return _Source(None, self._key_of, self._at, 0, 0, self._beginning, items, ended=True)

    @property
    def _beginning(self) -> str:
        return self._range.high if self._listed.stored.newest_first else self._range.low

    def _key_of(self, entity: E) -> str:
        return str(self._listed.stored.position(entity)[-1])


def sharded(stored: StoredList[E], table: Table, shards: int, *ids: str) -> MergedList[E]:
    """Return a list whose partitions are numbered from 0, in addition to some ids."""
    return MergedList(stored, table, [Group([(*ids, str(shard)) for shard in range(shards)])], ids=ids)
