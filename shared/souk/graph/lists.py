"""Lists, page by page: their cursors, and connections in the contract's form of what lies in memory. And spans of time.

A cursor says where a page ends. It is signed so that nobody can point it elsewhere, and good only for the list, the
filter and the organization that it was made for. `after: "0"` means the beginning, as the contract says.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from souk.storage import Model
from souk.values.errors import Unprocessable
from souk.web.signing import BadSignature, Signer

BEGINNING: Final = "0"
DEFAULT_PAGE: Final = 20
MAX_PAGE: Final = 100
_Listed = TypeVar("_Listed")


class Pagination(Model):
    """The contract's Pagination."""

    first: int
    after: str | None = None


class DateTimeRange(Model):
    """The contract's DateTimeRange: its ends as they come, in ISO 8601 if whoever asks is right."""

    range_start: str | None = None
    range_end: str | None = None


class Cursors:
    """Makes and reads cursors."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def encode(self, bound_to: Any, position: Any) -> str:
        """Return a cursor for a position (anything that JSON holds) in the list that `bound_to` names."""
        return self._signer.sign(bound_to, position)

    def decode(self, bound_to: Any, cursor: str | None) -> Any:
        """Return the position of a cursor; None for the beginning.

        Raises Unprocessable for a cursor that was not made here for this very list.
        """
        if cursor is None or cursor == BEGINNING:
            return None
        try:
            return self._signer.verify(bound_to, cursor)
        except BadSignature:
            raise Unprocessable(
                'This cursor does not belong to this list with these arguments; begin with after: "0".'
            ) from None


def page_size(first: int) -> int:
    """Check how many a page shall hold.

    Raises Unprocessable unless it is 1 to 100.
    """
    if not 1 <= first <= MAX_PAGE:
        raise Unprocessable(f"A page holds 1 to {MAX_PAGE} records; {first} were asked for.")
    return first


def connection(
    cursors: Cursors,
    bound_to: Any,
    found: Sequence[_Listed],
    pagination: Pagination | None,
    *,
    most: int = MAX_PAGE,
    nodes: Callable[[list[_Listed]], list[Any]] = list,
) -> dict[str, Any]:
    """Return a page of what was found. `bound_to` names the list, its arguments and whom it is for (`Cursors`).

    `nodes` makes of what the page holds what is shown. Raises Unprocessable for a page of more than `most`.
    """
    first = page_size(pagination.first) if pagination else min(DEFAULT_PAGE, most)
    if first > most:
        raise Unprocessable(f"A page of this list holds at most {most} records; {first} were asked for.")
    offset = cursors.decode(bound_to, pagination.after if pagination else None) or 0
    shown = nodes(list(found[offset : offset + first]))
    end = offset + len(shown)
    return {
        "totalCount": len(found),
        "edges": [{"cursor": cursors.encode(bound_to, at), "node": node} for at, node in enumerate(shown, offset + 1)],
        "pageInfo": {
            "endCursor": cursors.encode(bound_to, end) if shown else None,
            "hasNextPage": end < len(found),
        },
    }
