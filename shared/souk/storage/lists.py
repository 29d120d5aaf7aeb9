"""Lists in the table: a partition of the table or of an index, in the order of its sort keys.

A page is read from where the previous one ended, so it costs the same in a list of twenty items and of twenty
thousand. Conditions are checked while reading on, within a bound. Other orders are sorted in memory, within another.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from souk.storage.collection import Collection, E
from souk.storage.model import Key
from souk.storage.partition import Bound, OutOfBound, Partition
from souk.storage.table import Table
from souk.storage.transaction import counter_value
from souk.values.errors import Unprocessable

RECOUNTED: Final = Key("LISTS", "RECOUNTED")
"""The item that `souk lists recount` writes: the names of the lists whose counters are exact since then."""


PAGE_BOUND: Final = Bound(2_000, 3)
"""For a page, with its conditions and its offset. What `View.rows` reads comes on top, for each chunk."""
FULL_PAGE_BOUND: Final = Bound(2_000, 10)
"""For a page that has to be full, because nothing says that there is more."""
GROWTH: Final = 8
"""How many times larger a chunk is than the one before it."""
SORT_BOUND: Final = Bound(5_000, 20)
"""For an order other than the list's own."""
COUNT_BOUND: Final = Bound(10_000, 20)
"""For the number of items."""
SHOWN_BOUND: Final = Bound(10_000, 3)
"""For a number that a page shows beside others: three megabytes."""
_LARGEST_CHUNK: Final = 1_000

Row = TypeVar("Row")
Position = list[Any]
"""Where a page ended, as a JSON value."""


@dataclass(frozen=True, eq=False)
class StoredList(Generic[E]):
    """A list in the table, declared in the `store.py` of its domain.

    `partition` returns the partition's key from the ids of the list's owner. With a `counter`, which returns the key of
    a counter from the same ids, the total is read and not counted. The collection has to count its entities there
    (`Collection.counters`).
    """

    name: str
    """Unique: cursors are bound to it."""
    collection: Collection[E]
    partition: Callable[..., str]
    index: str = ""
    prefix: str = ""
    """The beginning of the sort keys. Items with another one are not in the list."""
    newest_first: bool = True
    counter: Callable[..., Key] | None = None
    greatest_page: int = 100
    counted: Bound | None = None
    """What may be read for the number of its items; None for `COUNT_BOUND`."""
    longest: int | None = None
    """How many items are sorted or read at once: of a longer list, the first ones in its own order. None: a list longer
    than `SORT_BOUND` is refused."""

    def of(self, table: Table, *ids: str) -> "OwnedList[E]":
        """Return the list of an owner, to be read from a table."""
        return OwnedList(self, table, ids)

    def position(self, entity: E) -> Position:
        """Return the key of an entity in the table, and its sort key in the list's index."""
        key = self.collection.key_of(entity)
        if not self.index:
            return [*key]
        in_index = self.collection.indexes[self.index](entity)
        return [*key, in_index.sk if in_index else ""]


@dataclass(frozen=True, eq=False)
class View(Generic[E, Row]):
    """What is wanted of a list: the conditions and the order.

    `rows` adds what the row conditions or the order need to the items of a chunk, in a batch. Without it, the rows are
    the items. Its result has as many rows, in the same order.
    """

    conditions: Sequence[Callable[[E], bool]] = ()
    """Conditions on items."""
    among: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    """Accepted values of attributes that DynamoDB filters by (`Collection.filters`). `conditions` have to check them,
    too, as some items lack the attributes."""
    within: tuple[str, str] | None = None
    """The first and the last sort key of the items that are wanted; None for all. Others are not read."""
    rows: Callable[[list[E]], list[Row]] | None = None
    row_conditions: Sequence[Callable[[Row], bool]] = ()
    order: Callable[[Row], Any] | None = None
    """The sort value of a row, a JSON value; None for the list's own order."""
    descending: bool | None = None
    """None for the list's own direction."""
    narrow: str = "Leave out the order."
    """What to do if there are too many items for this order: a sentence."""

    @property
    def whole(self) -> bool:
        """Whether every item is wanted."""
        return not (self.conditions or self.row_conditions or self.within)

    def pick(self, items: Iterable[E]) -> list[tuple[E, Any]]:
        """Return the items that all conditions accept, with their rows."""
        kept = [one for one in items if all(holds(one) for holds in self.conditions)]
        if not kept:
            return []
        rows: list[Any] = self.rows(kept) if self.rows else list(kept)
        pairs = zip(kept, rows, strict=True)
        return [(one, row) for one, row in pairs if all(holds(row) for holds in self.row_conditions)]


def among(**accepted: Iterable[str] | None) -> Mapping[str, AbstractSet[str]]:
    """Return accepted values of attributes for `View.among`, from filters in which None and no values accept all."""
    return {name: frozenset(values) for name, values in accepted.items() if values}


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """A page of a list: its rows with their positions, and whether there may be more."""

    rows: list[Row]
    positions: list[Position]
    end: Position | None
    """Where the next page begins. It may be behind the last row: a page that reached its bound ends early."""
    more: bool
    count: Callable[[], int | None]
    """Counts the rows of all pages, within a bound; returns None beyond it."""


@dataclass(frozen=True, eq=False)
class OwnedList(Generic[E]):
    """A list of one owner."""

    stored: StoredList[E]
    table: Table
    ids: tuple[str, ...]

    @cached_property
    def _partition(self) -> Partition[E]:
        stored = self.stored
        return Partition(stored.collection, stored.partition(*self.ids), stored.index, stored.prefix)

    def page(
        self,
        view: View[E, Row],
        first: int,
        *,
        after: Position | None = None,
        offset: int = 0,
        bound: Bound | None = None,
    ) -> ListPage[Row]:
        """Return the page of `first` rows after a position, or from an offset. `bound` is `PAGE_BOUND` by default.

        Raises Unprocessable for an offset beyond the bound, and for an order of too many items.
        """
        if view.order:
            return self._sorted(view, view.order, first, after, offset)
        return self._read_on(view, first, after, offset, bound or PAGE_BOUND)

    def all(self, view: View[E, Row]) -> list[Row]:
        """Return all rows in the list's own order. Raises Unprocessable if there are too many to read at once."""
        try:
            items = self._whole(view)
        except OutOfBound:
            raise Unprocessable(f"There are too many to read at once. {view.narrow}") from None
        return [row for _, row in view.pick(items)]

    def chunks(self, view: View[E, Row]) -> Iterator[list[Row]]:
        """Yield all rows in the list's own order, chunk by chunk, however many there are.

        For work that is done for each row, and for finding one of them. Answers of requests have pages.
        """
        for items in self._in(view).chunks(self.table, _LARGEST_CHUNK):
            if found := [row for _, row in view.pick(items)]:
                yield found

    def count_first(self, view: View[E, Row]) -> int:
        """Return the number of rows among the first items, as many as may be read for it (`SHOWN_BOUND`).

        For numbers that have to be shown for lists of any length. It is exact for all but the longest.
        """
        bound, partition, start = SHOWN_BOUND, self._in(view), None
        found = examined = 0
        for _ in range(bound.trips):
            chunk = partition.read(self.table, limit=bound.items - examined, start=start)
            examined += chunk.examined
            found += len(view.pick(chunk.items))
            start = chunk.next_key
            if start is None or examined >= bound.items:
                break
        return found

    def _whole(self, view: View[E, Row]) -> list[E]:
        """Return all items that a list shows in another order. Raises OutOfBound if there are too many."""
        partition, longest = self._in(view), self.stored.longest
        if longest is None:
            return partition.read_whole(self.table, SORT_BOUND)
        own = replace(partition, newest_first=self.stored.newest_first)
        items = own.read_first(self.table, Bound(longest, SORT_BOUND.trips))
        return items if own.newest_first == partition.newest_first else items[::-1]

    def _in(self, view: View[E, Row]) -> Partition[E]:
        """Return the partition as a view reads it."""
        newest_first = self.stored.newest_first if view.descending is None else view.descending
        return replace(self._partition, newest_first=newest_first, among=view.among, within=view.within)

    def _read_on(
        self, view: View[E, Row], first: int, after: Position | None, offset: int, bound: Bound
    ) -> ListPage[Row]:
        """Read on in the list's own order until the page is full. One row more shows whether there is another page."""
        partition = self._in(view)
        start = self._start(after)
        found: list[tuple[E, Row]] = []
        wanted, size, examined = offset + first + 1, offset + first + 1, 0
        for _ in range(bound.trips):
            chunk = partition.read(self.table, limit=min(size, bound.items - examined, _LARGEST_CHUNK), start=start)
            examined += chunk.examined
            found += view.pick(chunk.items)
            start, size = chunk.next_key, size * GROWTH
            if start is None or len(found) >= wanted or examined >= bound.items:
                break
        if offset and start is not None and len(found) < wanted:
            raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")
        shown = found[offset : offset + first]
        positions = [self.stored.position(one) for one, _ in shown]
        more = len(found) >= wanted or start is not None
        end = positions[-1] if positions else None
        if start is not None and len(found) < wanted:
            end = self._position(start)
        complete = after is None and not more
        return ListPage(
            [row for _, row in shown],
            positions,
            end,
            more,
            (lambda: len(found)) if complete else lambda: self.count(view),
        )

    def _sorted(
        self, view: View[E, Row], order: Callable[[Row], Any], first: int, after: Position | None, offset: int
    ) -> ListPage[Row]:
        """Sort the whole list in memory, by the order's value and then as the list itself."""
        try:
            items = self._whole(view)
        except OutOfBound:
            raise Unprocessable(f"This list is too long for this order. {view.narrow}") from None
        descending = bool(view.descending)
        entries = sorted(
            ([order(row), self.stored.position(one)[-1], row] for one, row in view.pick(items)),
            key=lambda entry: entry[:2],
            reverse=descending,
        )
        begin = offset if after is None else _after(entries, after, descending=descending)
        shown = entries[begin : begin + first]
        positions = [entry[:2] for entry in shown]
        return ListPage(
            [entry[2] for entry in shown],
            positions,
            positions[-1] if positions else None,
            begin + len(shown) < len(entries),
            lambda: len(entries),
        )

    def _start(self, after: Position | None) -> dict[str, str] | None:
        """Return DynamoDB's start key of a position."""
        if after is None:
            return None
        start = {"PK": after[0], "SK": after[1]}
        if index := self.stored.index:
            start |= {f"{index}PK": self._partition.pk, f"{index}SK": after[2]}
        return start

    def _position(self, start: Mapping[str, str]) -> Position:
        position = [start["PK"], start["SK"]]
        return [*position, start[f"{self.stored.index}SK"]] if self.stored.index else position

    def count(self, view: View[E, Row]) -> int | None:
        """Return the number of rows of all pages: from the counter where there is one; None beyond the bound."""
        partition, bound = self._in(view), self.stored.counted or COUNT_BOUND
        try:
            if not view.whole:
                return len(view.pick(partition.read_whole(self.table, bound)))
            counted = self._counted()
            return partition.count(self.table, bound) if counted is None else counted
        except OutOfBound:
            return None

    def _counted(self) -> int | None:
        """Return the value of the list's counter; None if it has none, or before `souk lists recount`."""
        if self.stored.counter is None:
            return None
        key = self.stored.counter(*self.ids)
        items = self.table.batch_get([key, RECOUNTED], attributes=["exact_lists"])
        exact = items.get(RECOUNTED, {}).get("exact_lists", {}).get("SS", ())
        return counter_value(items.get(key)) if self.stored.name in exact else None


def _after(entries: Sequence[list[Any]], after: Position, *, descending: bool) -> int:
    """Return the index of the first entry behind a position, whether or not the entry there still exists."""
    for at, entry in enumerate(entries):
        if entry[:2] < after if descending else entry[:2] > after:
            return at
    return len(entries)
