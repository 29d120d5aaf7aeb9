"""Paginated lists: cursors, and connections over records in memory. Also the contract's time ranges.

A cursor marks the end of a page. It is signed, so it cannot be changed, and valid only for the list, the filter and
the organization that it was issued for. `after: "0"` means the beginning, as in the contract.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeVar

from souk.storage import Input
from souk.values.errors import Unprocessable
from souk.values.moments import Period, period
from souk.web.signing import BadSignature, Signer

BEGINNING: Final = "0"
DEFAULT_PAGE: Final = 20
MAX_PAGE: Final = 100
_Listed = TypeVar("_Listed")


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
        if cursor is None or cursor == BEGINNING:
            return None
        try:
            return self._signer.verify(bound_to, cursor)
        except BadSignature:
            raise Unprocessable(
                'This cursor does not belong to this list with these arguments; start again with after: "0".'
            ) from None


def page_size(first: int) -> int:
    """Return a page size after checking it.

    Raises Unprocessable unless it is 1 to 100.
    """
    if not 1 <= first <= MAX_PAGE:
        raise Unprocessable(f"A page has 1 to {MAX_PAGE} records; {first} were requested.")
    return first


def empty_connection() -> dict[str, Any]:
    """Return a connection without records: for a caller who may not see them, or for a domain that is not built."""
    return {"totalCount": 0, "edges": [], "pageInfo": {"endCursor": None, "hasNextPage": False}}


def connection(
    cursors: Cursors,
    bound_to: Any,
    found: Sequence[_Listed],
    pagination: Pagination | None,
    *,
    most: int = MAX_PAGE,
    nodes: Callable[[list[_Listed]], list[Any]] = list,
) -> dict[str, Any]:
    """Return a page of the records found.

    `bound_to` identifies the list, its arguments and its reader (`Cursors`). `nodes` converts the records of the page
    to the connection's nodes. Raises Unprocessable for a page of more than `most`.
    """
    first = page_size(pagination.first) if pagination else min(DEFAULT_PAGE, most)
    if first > most:
        raise Unprocessable(f"A page of this list has at most {most} records; {first} were requested.")
    offset = cursors.decode(bound_to, pagination.after if pagination else None) or 0
    page = nodes(list(found[offset : offset + first]))
    end = offset + len(page)
    return {
        "totalCount": len(found),
        "edges": [{"cursor": cursors.encode(bound_to, at), "node": node} for at, node in enumerate(page, offset + 1)],
        "pageInfo": {
            "endCursor": cursors.encode(bound_to, end) if page else None,
            "hasNextPage": end < len(found),
        },
    }
