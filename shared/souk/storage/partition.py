"""A partition of the table or of an index: reads a chunk of it, all of it, or the number of its items.

A long partition is read in segments of its sort keys, at the same time.
"""

import threading
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise, takewhile
from typing import Final, Generic, NamedTuple

from souk.storage.collection import Collection, E
from souk.storage.table import Page, Table

_SEGMENTS: Final = 8
_LAST: Final = "\U0010ffff"
"""Sorts after every character of a key."""


class Bound(NamedTuple):
    """What may be read of a partition for one request."""

    items: int
    trips: int


class OutOfBound(Exception):
    """There is more to read than the bound allows."""


@dataclass(frozen=True, slots=True)
class Partition(Generic[E]):
    """A partition, the direction, and what is wanted of it."""

    collection: Collection[E]
    pk: str
    index: str = ""
    prefix: str = ""
    newest_first: bool = True
    among: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    """The accepted values of attributes that DynamoDB filters by (`Collection.filters`)."""
    within: tuple[str, str] | None = None
    """The first and the last sort key that are read; None for all."""

    def read(
        self,
        table: Table,
        *,
        limit: int | None = None,
        start: dict[str, str] | None = None,
        between: tuple[str, str] | None = None,
        only_count: bool = False,
    ) -> Page[E]:
        """Return the items from a start key on. The table's own partitions are read consistently."""
        return table.query(
            self.collection,
            self.pk,
            index=self.index,
            prefix=self.prefix,
            between=between or self.within,
            limit=limit,
            newest_first=self.newest_first,
            start=start,
            consistent=not self.index,
            among=self.among,
            only_count=only_count,
        )

    def chunks(self, table: Table, size: int) -> Iterator[list[E]]:
        """Yield all items in order, in chunks: for work on partitions of any size. A chunk takes one round trip."""
        start = None
        while True:
            page = self.read(table, limit=size, start=start)
            yield page.items
            start = page.next_key
            if start is None:
                return

    def read_whole(self, table: Table, bound: Bound) -> list[E]:
        """Return all items in order. Raises OutOfBound if there are too many, or if they take too many round trips."""
        return [one for page in self._pages(table, _Budget(bound)) for one in page.items]

    def read_first(self, table: Table, bound: Bound) -> list[E]:
        """Return the first items in order, as many as the bound allows."""
        found: list[E] = []
        start = None
        for _ in range(bound.trips):
            page = self.read(table, limit=bound.items - len(found), start=start)
            found += page.items
            start = page.next_key
            if start is None or len(found) >= bound.items:
                break
        return found

    def count(self, table: Table, bound: Bound) -> int:
        """Return the number of items. Raises OutOfBound as `read_whole` does, because DynamoDB reads what it counts."""
        return sum(page.found for page in self._pages(table, _Budget(bound), only_count=True))

    def _pages(self, table: Table, budget: "_Budget", *, only_count: bool = False) -> list[Page[E]]:
        """Read everything: the first page alone, which is mostly all, then the rest in segments."""
        first = budget.spend(self.read(table, only_count=only_count))
        if first.next_key is None:
            return [first]

        def read_segment(segment: tuple[str, str] | None, start: dict[str, str] | None, table: Table) -> list[Page[E]]:
            pages: list[Page[E]] = []
            while not pages or start is not None:
                page = self.read(table, start=start, between=segment, only_count=only_count)
                pages.append(budget.spend(page))
                start = page.next_key
            return pages

        segments = self._segments(table, first.next_key) or [None]
        starts = [first.next_key, *(None for _ in segments[1:])]
        reads = [partial(read_segment, segment, start) for segment, start in zip(segments, starts, strict=True)]
        return [first, *(page for pages in table.concurrently(reads) for page in pages)]

    def _segments(self, table: Table, start: Mapping[str, str]) -> list[tuple[str, str] | None]:
        """Return the ranges of sort keys from a start key to the end; none if the keys do not end in numbers.

        Nor are there any of a partition that is not read whole.
        """
        if self.within:
            return []
        ends = replace(self, newest_first=not self.newest_first, among={}).read(table, limit=1).items
        if not ends:
            return []
        key_of = self.collection.indexes[self.index] if self.index else self.collection.key_of
        end = key_of(ends[0])
        ranges = _ranges(*sorted((start[f"{self.index}SK"], end.sk if end else "")))
        return [*reversed(ranges)] if self.newest_first else [*ranges]


class _Budget:
    """What is left of a bound. Segments share it."""

    def __init__(self, bound: Bound) -> None:
        self._items, self._trips = bound
        self._lock = threading.Lock()

    def spend(self, page: Page[E]) -> Page[E]:
        """Take a page off, and return it. Raises OutOfBound if the bound does not allow it, or a page that follows."""
        with self._lock:
            self._items -= page.found
            self._trips -= 1
            if self._items < 0 or self._trips < (page.next_key is not None):
                raise OutOfBound
        return page


def _ranges(low: str, high: str) -> list[tuple[str, str]]:
    """Return equal ranges of the keys between two keys that differ in a number; none for other keys."""
    common = low[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False)))]
    first, last = low[len(common) :], high[len(common) :]
    if not (first.isdecimal() and last.isdecimal() and len(first) == len(last)):
        return []
    span = int(last) - int(first) + 1
    steps = [int(first) + span * at // _SEGMENTS for at in range(_SEGMENTS + 1)]
    keys = [f"{common}{step:0{len(first)}}" for step in steps]
    before = [f"{common}{step - 1:0{len(first)}}{_LAST}" for step in steps]
    return [(keys[at], before[at + 1]) for at, (a, b) in enumerate(pairwise(steps)) if a < b]
