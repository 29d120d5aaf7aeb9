"""A page of several lists as one, in the order of their sort keys.

The sort keys of different lists never are the same. A few items of each list are read, all lists at the same time, and
more of those that are used up before the page is full. So a page takes one round trip, or a few.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Generic

from souk.storage.collection import E
from souk.storage.lists import COUNT_BOUND, PAGE_BOUND, ListPage, OwnedList, Position, View
from souk.storage.table import Table

_LEAST: Final = 3
"""The items of each list that are read at first."""


@dataclass
class _Source(Generic[E]):
    """A list while it is merged: the items that were read and not yet used, and where to read on."""

    listed: OwnedList[E]
    after: Position | None
    items: list[E] = field(default_factory=list)
    more: bool = True

    @property
    def used_up(self) -> bool:
        """Whether its next item is not known."""
        return self.more and not self.items

    def read(self, view: View[E, E], size: int, table: Table) -> None:
        """Read its next items."""
        page = self.listed.stored.of(table, *self.listed.ids).page(view, size, after=self.after)
        self.items, self.more, self.after = page.rows, page.more, page.end


def merged_page(
    table: Table, lists: Sequence[OwnedList[E]], view: View[E, E], first: int, after: str | None = None
) -> ListPage[E]:
    """Return the page of `first` items after a sort key, as `OwnedList.page` does for one list.

    The lists are partitions of the table, and have the same direction. A position is a list with the sort key.
    """
    found: list[E] = []
    sources = [_Source(one, [_partition(one), after] if after else None) for one in lists]
    newest_first = lists[0].stored.newest_first
    pick = max if newest_first else min
    size, examined, trips = max(_LEAST, -(-2 * first // max(len(lists), 1))), 0, table.trips
    reached: str | None = None
    while len(found) <= first:
        if waiting := [one for one in sources if one.used_up]:
            if examined >= PAGE_BOUND.items or table.trips - trips >= PAGE_BOUND.trips:
                reached = pick(one.after[-1] for one in waiting if one.after)
                break
            table.concurrently([partial(one.read, view, size) for one in waiting])
            examined += size * len(waiting)
            size *= 2
            continue
        heads = [one for one in sources if one.items]
        if not heads:
            break
        found.append(pick(heads, key=lambda one: _sort_key(one.items[0], lists)).items.pop(0))
    if reached is not None:  # the items of other lists before this place are not missed
        left = [one for source in sources for one in source.items]
        found += sorted(
            (one for one in left if pick(_sort_key(one, lists), reached) != reached),
            key=lambda one: _sort_key(one, lists),
            reverse=newest_first,
        )
    shown = found[:first]
    more = len(found) > first or any(one.more or one.items for one in sources)
    positions: list[Position] = [[_sort_key(one, lists)] for one in shown]
    end = positions[-1] if positions else None
    if reached is not None and len(found) <= first:
        end = [reached]
    complete = after is None and not more
    return ListPage(
        shown, positions, end, more, (lambda: len(found)) if complete else partial(merged_count, table, lists, view)
    )


def _partition(one: OwnedList[Any]) -> str:
    return one.stored.partition(*one.ids)


def _sort_key(item: E, lists: Sequence[OwnedList[E]]) -> str:
    return lists[0].stored.collection.key_of(item).sk


def merged_count(table: Table, lists: Sequence[OwnedList[E]], view: View[E, E]) -> int | None:
    """Return the number of items of all lists; None beyond the bound."""

    def count(one: OwnedList[E], own: Table) -> int | None:
        return one.stored.of(own, *one.ids).count(view)

    numbers = table.concurrently([partial(count, one) for one in lists])
    known = [one for one in numbers if one is not None]
    total = sum(known)
    return total if len(known) == len(numbers) and total <= COUNT_BOUND.items else None
