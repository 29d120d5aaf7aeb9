"""Pages of a list that lies in memory, in the contract's form: a connection with signed cursors. And spans of time."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from souk.graph.cursors import MAX_PAGE, Cursors, page_size
from souk.storage import Model
from souk.values.errors import Unprocessable

DEFAULT_PAGE: Final = 20
_Listed = TypeVar("_Listed")


class Pagination(Model):
    """The contract's Pagination."""

    first: int
    after: str | None = None


class DateTimeRange(Model):
    """The contract's DateTimeRange: its ends as they come, in ISO 8601 if whoever asks is right."""

    range_start: str | None = None
    range_end: str | None = None


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
