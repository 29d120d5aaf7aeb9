"""Pages of lists that are read with everything else that a level of a query needs.

A field that reads its list when it is resolved takes a round trip of its own. One that needs its page (`Domain.query`
with `needs`) shares the round trips of the other fields, and so do the links below it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol

from souk.graph.context import Context, Source
from souk.graph.lists import Connection, Pagination, connection_of, page_size, start_of
from souk.storage import Key, Reading, StoredList, Table, View
from souk.storage.collection import E
from souk.storage.lists import PAGE_BOUND, ListPage, Position
from souk.values.errors import Unprocessable


class Listed(Protocol[E]):
    """A list of one owner: an `OwnedList`, or several that are read as one."""

    @property
    def stored(self) -> StoredList[E]:
        """The declared list."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids of its owner."""

    def page(self, view: View[E, E], first: int, *, after: Position | None = None, offset: int = 0) -> ListPage[E]:
        """Return the page of `first` entities after a position, or from an offset."""

    def count(self, view: View[E, E]) -> int | None:
        """Return the number of entities; None for too many to count."""


@dataclass(frozen=True, slots=True)
class NeededPage(Generic[E]):
    """A page of a list. `listed` returns the list as a table has it; `bound_to` is as in `graph.lists.connection`."""

    ctx: Context
    listed: Callable[[Table], Listed[E]]
    view: View[E, E]
    pagination: Pagination | None
    bound_to: Sequence[Any]

    def needs(self) -> Mapping[Key, Source]:
        """Return what has to be fetched. Raises Unprocessable as `connection` does."""
        listed = self.listed(self.ctx.table)
        first = page_size(self.pagination, greatest=listed.stored.greatest_page)
        after, offset = self._start
        if offset + first > PAGE_BOUND.items:
            raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")

        def read(table: Table, _asked: str) -> ListPage[E] | Unprocessable:
            try:
                return self.listed(table).page(self.view, first, after=after, offset=offset)
            except Unprocessable as refused:  # of one field; the request can have others
                return refused

        reading = Reading(listed.stored.name, read)
        return {reading.key(repr((self._bound, self.pagination))): reading}

    def connection(self) -> Connection:
        """Return the page. Raises Unprocessable."""
        needed = self.needs()
        self.ctx.fetch(needed)
        (page,) = (self.ctx.entities[key] for key in needed)
        if isinstance(page, Unprocessable):
            raise page
        is_whole = not page.more and self._start == (None, 0)
        listed = self.listed(self.ctx.table)
        count = (lambda: len(page.rows)) if is_whole else lambda: listed.count(self.view)
        return connection_of(self.ctx.cursors, page, bound_to=self._bound, count=count)

    @property
    def _bound(self) -> list[Any]:
        listed = self.listed(self.ctx.table)
        return [listed.stored.name, *listed.ids, *self.bound_to]

    @property
    def _start(self) -> tuple[Any, int]:
        return start_of(self.ctx.cursors, self._bound, self.pagination)
