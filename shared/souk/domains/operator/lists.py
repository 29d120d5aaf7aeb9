"""The list of the audit trail. Without a subject or an operator it goes through the months, newest first."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final

from souk.domains.audit.model import OperatorAction
from souk.domains.audit.store import ACTIONS_OF_MONTH, ACTIONS_OF_OPERATOR, ACTIONS_ON_SUBJECT
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.operator.inputs import ActionFilter
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection, page_size, start_of
from souk.storage import Table, View, first_id, id_at
from souk.storage.lists import COUNT_BOUND, PAGE_BOUND, ListPage, Position
from souk.values.errors import Unprocessable
from souk.values.moments import Period

_GROUP: Final = 11
"""Months that are read before the others."""
_MOST_MONTHS: Final = 240
_LAST_ID: Final = "9" * 19
"""Sorts after all ids."""
_LAST_OF_MILLISECOND: Final = 2**22 - 1
"""The greatest `within` of `id_at`."""
_View = View[OperatorAction, OperatorAction]


def find_actions(ctx: Context, criteria: ActionFilter, page: Pagination | None) -> Connection:
    """Return an OperatorActionConnection, newest first."""
    given = criteria.created_date_time_bt
    period = given.period("filter.createdDateTime_bt") if given else Period(None, None)
    view: _View = View([lambda one: _accepts(criteria, one)], within=_ids(period))
    bound_to = [criteria.model_dump(mode="json", by_alias=True, exclude_none=True), ctx.principal.organization_id]
    if criteria.subject_id_eq is not None:
        listed = ACTIONS_ON_SUBJECT.of(ctx.table, criteria.subject_id_eq)
        return connection(ctx.cursors, listed, view, page, bound_to=bound_to)
    if criteria.operator_id_eq is not None:
        listed = ACTIONS_OF_OPERATOR.of(ctx.table, criteria.operator_id_eq)
        return connection(ctx.cursors, listed, view, page, bound_to=bound_to)
    return _by_month(ctx, view, period, page, bound_to)


def _accepts(criteria: ActionFilter, one: OperatorAction) -> bool:
    """Return whether an action fulfils what the partitions do not decide."""
    by_operator = criteria.operator_id_eq is None or one.operator_id == criteria.operator_id_eq
    return by_operator and (criteria.action_eq is None or one.action == criteria.action_eq)


def _ids(period: Period) -> tuple[str, str] | None:
    """Return the first and the last id of a period: an id has the time of its action."""
    if period.first is None and period.last is None:
        return None
    first = first_id(datetime.fromisoformat(period.first)) if period.first else "0"
    last = id_at(datetime.fromisoformat(period.last), _LAST_OF_MILLISECOND) if period.last else _LAST_ID
    return min(first, _LAST_ID), last if len(last) == len(_LAST_ID) else _LAST_ID


def _by_month(ctx: Context, view: _View, period: Period, pagination: Pagination | None, bound: Any) -> Connection:
    bound_to = [ACTIONS_OF_MONTH.name, *bound]
    after, offset = start_of(ctx.cursors, bound_to, pagination)
    first = page_size(pagination)
    if offset + first > PAGE_BOUND.items:
        raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")
    months = [*islice(_months(ctx, period), _MOST_MONTHS)]
    begin = months.index(after[0]) if after and after[0] in months else 0
    rows, end = _read(ctx.table, view, months[begin:], offset + first + 1, after[1] if after else None)
    shown = rows[offset : offset + first]
    edges = [{"cursor": ctx.cursors.encode(bound_to, position), "node": one} for one, position in shown]
    if len(rows) > offset + first:
        end = shown[-1][1]
    last = end or (shown[-1][1] if shown else None)
    return Connection(
        edges,
        ctx.cursors.encode(bound_to, last) if last else None,
        more=end is not None,
        count=lambda: _count(ctx.table, view, months),
    )


def _months(ctx: Context, period: Period) -> Iterator[str]:
    """Yield the months of the trail that a period has, newest first.

    The trail begins with the operators' organization, which is that of the request.
    """
    own = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    now = ctx.now.isoformat()
    earliest = max(period.first or "", own.creation_date if own else now)[:7]
    month = min(period.last or now, now)[:7]
    while month >= earliest:
        yield month
        year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 2, 12)
        month = f"{year:04}-{number + 1:02}"


def _read(
    table: Table, view: _View, months: list[str], wanted: int, after: Position | None
) -> tuple[list[tuple[OperatorAction, Position]], Position | None]:
    """Return the first actions of some months with their positions, and where to go on if a month has more.

    The first two months are read together, as they mostly have a page, also on the first day of a month. Others may be
    empty, so they are read at the same time: the next ones, and then the rest.
    """
    rows: list[tuple[OperatorAction, Position]] = []
    for group in (months[:2], months[2:_GROUP], months[_GROUP:]):
        if not group or len(rows) >= wanted:
            break
        left = wanted - len(rows)
        starts = [after if month == months[0] else None for month in group]
        reads = [
            partial(_page, view=view, month=month, first=left, after=start)
            for month, start in zip(group, starts, strict=True)
        ]
        for month, page in zip(group, table.concurrently(reads), strict=True):
            rows += [(one, [month, at]) for one, at in zip(page.rows, page.positions, strict=True)]
            if page.more:
                return rows, [month, page.end]
    return rows, None


def _page(table: Table, view: _View, month: str, first: int, after: Position | None) -> ListPage[OperatorAction]:
    return ACTIONS_OF_MONTH.of(table, month).page(view, first, after=after)


def _count(table: Table, view: _View, months: list[str]) -> int | None:
    """Return the number of actions of some months; None if there are too many to count."""

    def count(table: Table, month: str) -> int | None:
        return _page(table, view, month, 1, None).count()

    counted = table.concurrently([partial(count, month=month) for month in months])
    known = [number for number in counted if number is not None]
    return sum(known) if len(known) == len(counted) and sum(known) <= COUNT_BOUND.items else None
