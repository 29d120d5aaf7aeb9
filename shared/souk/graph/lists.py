"""Paginated lists: page sizes, cursors and connections. Also the contract's time ranges.

A cursor says where a page ended. It is signed, so it cannot be changed, and valid only for the list, the arguments and
the organization that it was issued for. `after: "0"` means the beginning, as in the contract, and another number is an
offset: some programs page so.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final, Literal, TypeVar

from souk.storage import Input, OwnedList, View
from souk.storage.collection import E
from souk.storage.lists import FULL_PAGE_BOUND, ListPage
from souk.storage.merged import MergedList
from souk.values.errors import Unprocessable
from souk.values.moments import Period, days, period
from souk.web.signing import BadSignature, Signer

BEGINNING: Final = "0"
DEFAULT_PAGE: Final = 20
MAX_PAGE: Final = 100
_MAX_OFFSET_DIGITS: Final = 9
_UTC: Final = timedelta()
Row = TypeVar("Row")


class Pagination(Input):
    """The contract's Pagination."""

    first: int
    after: str | None = None


class SortAttribute(Input):
    """The contract's SortAttribute. Each list says which fields it can be sorted by."""

    field: str
    sort_order: Literal["ASC", "DESC"]

    @property
    def descending(self) -> bool:
        """Whether the greatest value comes first."""
        return self.sort_order == "DESC"


class DateTimeRange(Input):
    """The contract's DateTimeRange, as it was sent."""

    range_start: str | None = None
    range_end: str | None = None

    def period(self, path: str) -> Period:
        """Return the period, with open ends where they are absent. `path` is the argument's. Raises Unprocessable."""
        return period(path, ("rangeStart", self.range_start), ("rangeEnd", self.range_end))

    def days(self, path: str, offset: timedelta = _UTC) -> tuple[date | None, date | None]:
        """Return the first and the last day in a zone, with open ends where they are absent. Raises as `period`."""
        return days(path, ("rangeStart", self.range_start), ("rangeEnd", self.range_end), offset)


class Cursors:
    """Encodes and decodes cursors."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def encode(self, bound_to: Any, position: Any) -> str:
        """Return a cursor for a position (any JSON value) in the list that `bound_to` identifies."""
        return self._signer.sign(bound_to, position)

    def decode(self, bound_to: Any, cursor: str | None) -> Any:
        """Return the position of a cursor; None for the beginning.

        Raises Unprocessable for a cursor that was not issued for this list.
        """
        if not cursor or cursor == BEGINNING:
            return None
        try:
            return self._signer.verify(bound_to, cursor)
        except BadSignature:
            raise Unprocessable(
                'This cursor does not belong to this list with these arguments; start again with after: "0".'
            ) from None


def page_size(pagination: Pagination | None, *, greatest: int = MAX_PAGE, default: int = DEFAULT_PAGE) -> int:
    """Return the number of records of a page: at most `greatest`, whatever was requested.

    Raises Unprocessable for less than 1.
    """
    if pagination is None:
        return min(default, greatest)
    if pagination.first < 1:
        raise Unprocessable(f"A page has at least 1 record; {pagination.first} were requested.")
    return min(pagination.first, greatest)


def limit_size(limit: int, *, greatest: int = MAX_PAGE) -> int:
    """Return the limit of a list with `limit` and `offset`. Raises Unprocessable unless it is 1 to `greatest`.

    Such a list has no `hasNextPage` that would tell of a shorter page.
    """
    if not 1 <= limit <= greatest:
        raise Unprocessable(f"A page has 1 to {greatest} records; {limit} were requested.")
    return limit


def check_offset_page(limit: int, offset: int, *, greatest: int = MAX_PAGE) -> None:
    """Raise Unprocessable as `limit_size` does, and for a negative offset."""
    if offset < 0:
        raise Unprocessable(f"An offset is 0 or more; {offset} was requested.")
    limit_size(limit, greatest=greatest)


class Connection:
    """A page of a list. The attributes are the fields of the contract's connections.

    The total is counted only when it is read. It is None for a list that is too long to count.
    """

    def __init__(
        self, edges: list[dict[str, Any]], end: str | None, *, more: bool, count: Callable[[], int | None]
    ) -> None:
        self.edges = edges
        self.end = end
        self.page_info = {"endCursor": end, "hasNextPage": more}
        self._count = count

    @cached_property
    def total_count(self) -> int | None:
        """The number of records of all pages."""
        return self._count()


def empty_connection() -> Connection:
    """Return a connection without records: for a caller who may not see them, or for a domain that is not built."""
    return Connection([], None, more=False, count=lambda: 0)


def connection(
    cursors: Cursors,
    listed: OwnedList[E] | MergedList[E],
    view: View[E, Row],
    pagination: Pagination | None,
    *,
    bound_to: Sequence[Any],
    nodes: Callable[[list[Row]], Sequence[Any]] = list,
    total: int | None = None,
) -> Connection:
    """Return a page of a list in the table.

    `bound_to` identifies the arguments and the reader: cursors are valid for them alone. `nodes` converts the rows of
    the page to the connection's nodes, one for each. `total` is the number of records, where it is known.

    Raises Unprocessable as `page_size`, `Cursors.decode` and `OwnedList.page` do.
    """
    bound = [listed.stored.name, *listed.ids, *bound_to]
    first = page_size(pagination, greatest=listed.stored.greatest_page)
    after, offset = start_of(cursors, bound, pagination)
    page = listed.page(view, first, after=after, offset=offset)
    count = page.count if total is None else lambda: total
    return connection_of(cursors, page, bound_to=bound, nodes=nodes, count=count)


def connection_of(
    cursors: Cursors,
    page: ListPage[Row],
    *,
    bound_to: Any,
    count: Callable[[], int | None],
    nodes: Callable[[list[Row]], Sequence[Any]] = list,
) -> Connection:
    """Return a page that was read. `bound_to` identifies the list, its arguments and its reader (`Cursors`)."""
    edges = [
        {"cursor": cursors.encode(bound_to, position), "node": node}
        for node, position in zip(nodes(page.rows), page.positions, strict=True)
    ]
    end = cursors.encode(bound_to, page.end) if page.end else None
    return Connection(edges, end, more=page.more, count=count)


def rows_at(listed: OwnedList[E], view: View[E, Row], *, limit: int, offset: int) -> list[Row]:
    """Return the rows of a page of a list in the table. Raises Unprocessable as `listed_at` does."""
    return listed_at(listed, view, limit=limit, offset=offset).rows


def listed_at(listed: OwnedList[E], view: View[E, Row], *, limit: int, offset: int) -> ListPage[Row]:
    """Return a page of a list in the table by `limit` and `offset`.

    Raises Unprocessable as `limit_size` does, for a negative offset, and for a page that is not full because there are
    too many items to read at once: without `hasNextPage`, it would look like the last one.
    """
    check_offset_page(limit, offset, greatest=listed.stored.greatest_page)
    too_many = "There are too many to read this page at once; filter for fewer."
    try:
        page = listed.page(view, limit, offset=offset, bound=FULL_PAGE_BOUND)
    except Unprocessable as refused:
        raise Unprocessable(too_many) from refused
    if page.more and len(page.rows) < limit:
        raise Unprocessable(too_many)
    return page


def connection_in_memory(
    cursors: Cursors, bound_to: Any, found: Sequence[Any], pagination: Pagination | None
) -> Connection:
    """Return a page of records whose number is small and bounded.

    `bound_to` identifies the list, its arguments and its reader (`Cursors`). Raises Unprocessable as `connection` does.
    """
    first = page_size(pagination)
    after, offset = start_of(cursors, bound_to, pagination)
    begin = offset if after is None else int(after)
    page = found[begin : begin + first]
    end = begin + len(page)
    edges = [{"cursor": cursors.encode(bound_to, at), "node": node} for at, node in enumerate(page, begin + 1)]
    cursor = cursors.encode(bound_to, end) if page else None
    return Connection(edges, cursor, more=end < len(found), count=lambda: len(found))


def start_of(cursors: Cursors, bound_to: Any, pagination: Pagination | None) -> tuple[Any, int]:
    """Return where a page begins: behind a position, None for none, or else at an offset."""
    after = pagination.after if pagination else None
    if after is None or not (after.isascii() and after.isdecimal()):
        return cursors.decode(bound_to, after), 0
    if len(after) > _MAX_OFFSET_DIGITS:
        raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")
    return None, int(after)
