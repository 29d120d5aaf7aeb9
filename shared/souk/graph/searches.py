"""Pages of searches. A cursor holds the offset behind a result, and the result's id.

Results move while somebody pages: documents come, go and change their place. The next page begins behind the last
result of the page before, if that result is still near its place, and else at the offset.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from souk.graph.lists import Connection, Cursors, Pagination, page_size, start_of
from souk.search import Search, SearchReader
from souk.storage.lists import PAGE_BOUND
from souk.values.errors import Unprocessable

NEAR: Final = 200
"""How far a result may have moved to be found again."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The ids of a page of results, with the offset behind the page and the number of all results."""

    ids: Sequence[str]
    end: int
    total: int
    cursors: Sequence[str]
    """The cursor of each result."""

    def connection(self, nodes: Mapping[str, Any]) -> Connection:
        """Return the page as a connection. Results without a node are left out: they were hidden meanwhile."""
        edges = [
            {"cursor": cursor, "node": nodes[id_]}
            for id_, cursor in zip(self.ids, self.cursors, strict=True)
            if id_ in nodes
        ]
        end = self.cursors[-1] if self.cursors else None
        return Connection(edges, end, more=self.end < self.total, count=lambda: self.total)


def find_page(
    cursors: Cursors, bound_to: Any, reader: SearchReader, search: Search, pagination: Pagination | None
) -> FoundPage:
    """Return a page of the results of a search, whose own offset and limit are ignored.

    `bound_to` identifies the search and its reader (`Cursors`). Raises Unprocessable for a page of less than one
    result, an offset far from the beginning, and a cursor of another search.
    """
    first = page_size(pagination)
    position, offset = start_of(cursors, bound_to, pagination)
    if offset + first > PAGE_BOUND.items:
        raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")

    def run(offset: int, limit: int) -> tuple[Sequence[str], int]:
        page = reader.search(replace(search, offset=offset, limit=limit))
        return page.ids, page.total

    if position is None:
        ids, total = run(offset, first)
    else:
        offset, last = position
        ids, total = run(offset - 1, first + 1)
        if ids[:1] == [last]:
            ids = ids[1:]
        else:
            offset = _behind(last, offset, run)
            ids, total = run(offset, first)
    ends = range(offset + 1, offset + len(ids) + 1)
    encoded = [cursors.encode(bound_to, [end, id_]) for end, id_ in zip(ends, ids, strict=True)]
    return FoundPage(ids, offset + len(ids), total, encoded)


def _behind(last: str, offset: int, run: Callable[[int, int], tuple[Sequence[str], int]]) -> int:
    """Return the offset behind a result that has moved; the old offset if it is gone or far away."""
    begin = max(0, offset - NEAR)
    ids, _ = run(begin, offset - begin + NEAR)
    return begin + list(ids).index(last) + 1 if last in ids else offset
