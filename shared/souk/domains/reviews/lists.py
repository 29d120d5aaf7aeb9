"""The list of reviews of all kinds, for operators."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import DECIDED_REVIEWS, OPEN_REVIEWS, SHARDS
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, page_size, start_of
from souk.storage import View
from souk.storage.merged import Group, MergedList
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
    decided: bool | None = None
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
    bound_to = [
        "operatorReviews",
        ctx.principal.user_id,
        wanted.kind,
        wanted.state,
        wanted.decided,
        wanted.organization_id,
    ]
    first, (after, offset) = page_size(pagination), start_of(ctx.cursors, bound_to, pagination)
    if offset:
        raise Unprocessable("Page by `endCursor`: this list has no offsets.")
    parts, view = _parts(ctx, wanted), wanted.view()
    part, key = (after[0], after[1:]) if after else (0, None)
    found: list[tuple[Review, Any]] = []
    end, more = after, False
    while part < len(parts):
        page = parts[part].page(view, first - len(found), after=key)
        found += [(row, [part, *position]) for row, position in zip(page.rows, page.positions, strict=True)]
        end = [part, *page.end] if page.end else end
        if page.more:
            more = True
            break
        part, key = part + 1, None
    whole = after is None and not more
    edges = [{"cursor": ctx.cursors.encode(bound_to, position), "node": row} for row, position in found]
    count = (lambda: len(found)) if whole else lambda: _count(parts, view)
    return Connection(edges, ctx.cursors.encode(bound_to, end) if end else None, more=more, count=count)


def _count(parts: Sequence[MergedList[Review]], view: View[Review, Review]) -> int | None:
    counts = [one.count(view) for one in parts]
    known = [one for one in counts if one is not None]
    return sum(known) if len(known) == len(counts) else None


def _parts(ctx: Context, wanted: ReviewFilter) -> list[MergedList[Review]]:
    """Return the lists that follow each other: what is open, and what was decided."""
    kinds = [one for one in KINDS if wanted.kind in (None, one)]
    parts: list[MergedList[Review]] = []
    if wanted.state in (None, ReviewState.OPEN) and not wanted.decided:
        shards = Group([(kind, str(shard)) for kind in kinds for shard in range(SHARDS)])
        parts.append(MergedList(OPEN_REVIEWS, ctx.table, [shards]))
    if wanted.state is not ReviewState.OPEN and wanted.decided is not False:
        parts.append(MergedList(DECIDED_REVIEWS, ctx.table, _months(ctx, kinds)))
    return parts


def _months(ctx: Context, kinds: Sequence[ReviewKind]) -> list[Group]:
    """Return the partitions of decided reviews, in groups of months, latest first."""
    this = ctx.now.year * 12 + ctx.now.month - 1
    groups = []
    for number in MONTHS:
        months = [f"{at // 12}-{at % 12 + 1:02}" for at in range(this, this - number, -1)]
        owners = [(kind, month) for month in months for kind in kinds]
        groups.append(Group(owners, months[-1], f"{months[0]}~"))
        this -= number
    return groups
