"""The list of reviews of all kinds, for operators."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import DECIDED_REVIEWS, OPEN_REVIEWS, SHARDS
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, page_size, start_of
from souk.storage import OwnedList, View
from souk.storage.merging import merged_count, merged_page
from souk.values.errors import Unprocessable

KINDS: Final = tuple(one for one in ReviewKind if one is not ReviewKind.TIMESHEET_WRITTEN_OFF)
"""The kinds that the contract knows."""
MONTHS: Final = (3, 9, 24)
"""The months in which decided reviews are listed, latest first: how many are read at once."""


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """The wanted reviews. None accepts all."""

    kind: ReviewKind | None = None
    state: ReviewState | None = None
    organization_id: str | None = None

    def view(self) -> View[Review, Review]:
        """Return the conditions."""
        conditions: list[Callable[[Review], bool]] = []
        if self.state is not None:
            conditions.append(lambda one: one.state is self.state)
        if self.organization_id is not None:
            conditions.append(lambda one: one.organization_id == self.organization_id)
        return View(conditions)


def reviews(ctx: Context, wanted: ReviewFilter, pagination: Pagination | None) -> Connection:
    """Return a page of reviews: open ones, oldest first, and behind them decided ones, latest decision first."""
    bound_to = ["operatorReviews", ctx.principal.user_id, wanted.kind, wanted.state, wanted.organization_id]
    first, (after, offset) = page_size(pagination), start_of(ctx.cursors, bound_to, pagination)
    if offset:
        raise Unprocessable("Page by `endCursor`: this list has no offsets.")
    parts, view = _parts(ctx, wanted), wanted.view()
    part, key = after or (0, None)
    found: list[tuple[Review, Any]] = []
    end, more = after, False
    while part < len(parts):
        page = merged_page(ctx.table, parts[part], view, first - len(found), key)
        found += [(row, [part, *position]) for row, position in zip(page.rows, page.positions, strict=True)]
        end = [part, *page.end] if page.end else end
        if page.more:
            more = True
            break
        is_open = part == 0 and wanted.state in (None, ReviewState.OPEN)
        part, key = part + 1, None if is_open else key  # a month may have moved to the next part since the last page
    whole = after is None and not more
    edges = [{"cursor": ctx.cursors.encode(bound_to, position), "node": row} for row, position in found]
    count = (lambda: len(found)) if whole else lambda: merged_count(ctx.table, [*chain.from_iterable(parts)], view)
    return Connection(edges, ctx.cursors.encode(bound_to, end) if end else None, more=more, count=count)


def _parts(ctx: Context, wanted: ReviewFilter) -> list[Sequence[OwnedList[Review]]]:
    """Return the lists that are merged, part by part: what is open, and some months each."""
    kinds = [one for one in KINDS if wanted.kind in (None, one)]
    parts: list[Sequence[OwnedList[Review]]] = []
    if wanted.state in (None, ReviewState.OPEN):
        parts.append([OPEN_REVIEWS.of(ctx.table, kind, str(shard)) for kind in kinds for shard in range(SHARDS)])
    if wanted.state is not ReviewState.OPEN:
        this = ctx.now.year * 12 + ctx.now.month - 1
        for number in MONTHS:
            months = [f"{at // 12}-{at % 12 + 1:02}" for at in range(this, this - number, -1)]
            parts.append([DECIDED_REVIEWS.of(ctx.table, kind, month) for month in months for kind in kinds])
            this -= number
    return parts
