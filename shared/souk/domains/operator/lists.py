"""The list of the audit trail. Without a subject or an operator it goes through the months, newest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final

from souk.domains.audit.model import OperatorAction
from souk.domains.audit.store import ACTIONS_OF_MONTH, ACTIONS_OF_OPERATOR, ACTIONS_ON_SUBJECT
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.operator.inputs import ActionFilter
from souk.graph import Context
from souk.graph.lists import Pagination
from souk.graph.pages import Listed, NeededPage
from souk.storage import StoredList, Table, View, first_id, id_at
from souk.storage.lists import COUNT_BOUND, ListPage, Position
from souk.values.moments import Period

_MOST_MONTHS: Final = 240
_LAST_ID: Final = "9" * 19
"""Sorts after all ids."""
_LAST_OF_MILLISECOND: Final = 2**22 - 1
"""The greatest `within` of `id_at`."""
_View = View[OperatorAction, OperatorAction]


def actions(ctx: Context, criteria: ActionFilter, pagination: Pagination | None) -> NeededPage[OperatorAction]:
    """Return the page of an OperatorActionConnection, newest first."""

    def listed(table: Table) -> Listed[OperatorAction]:
        if criteria.subject_id_eq is not None:
            return ACTIONS_ON_SUBJECT.of(table, criteria.subject_id_eq)
        if criteria.operator_id_eq is not None:
            return ACTIONS_OF_OPERATOR.of(table, criteria.operator_id_eq)
        return _Months(table, ctx.principal.organization_id, ctx.now.isoformat(), period)

    period = _period(criteria)
    view: _View = View([lambda one: _accepts(criteria, one)], within=_ids(period))
    given = criteria.model_dump(mode="json", by_alias=True, exclude_none=True)
    return NeededPage(ctx, listed, view, pagination, [given, ctx.principal.organization_id])


def _period(criteria: ActionFilter) -> Period:
    given = criteria.created_date_time_bt
    return given.period("filter.createdDateTime_bt") if given else Period(None, None)


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


@dataclass(frozen=True, slots=True)
class _Months:
    """The trail of all months, as one list."""

    table: Table
    own_id: str
    """The operators' organization, with which the trail begins."""
    now: str
    period: Period
    stored: StoredList[OperatorAction] = ACTIONS_OF_MONTH
    ids: tuple[str, ...] = ()

    def page(
        self, view: _View, first: int, *, after: Position | None = None, offset: int = 0
    ) -> ListPage[OperatorAction]:
        """Return the page of `first` actions after a position, or from an offset. It takes four round trips at most.

        The first two months are read together, as they mostly have a page, also on the first day of a month. All others
        may be empty, so they are read at the same time; not if those two were long, as the page is short then.
        """
        wanted, before = offset + first + 1, self.table.trips
        newest = [*islice(self._months(after[0] if after else self.now[:7], ""), 2)]
        reads: list[Callable[[Table], Any]] = [self._earliest, *self._reads(view, newest, wanted, after)]
        earliest, *pages = self.table.concurrently(reads)
        rows, end = _joined(newest, pages)
        others = [*islice(self._months(newest[-1], earliest), 1, _MOST_MONTHS)] if len(newest) > 1 else []
        if end is None and len(rows) < wanted and others:
            if self.table.trips - before > 1:
                end = [others[0], None]
            else:
                reads = self._reads(view, others, wanted - len(rows), None)
                more, end = _joined(others, self.table.concurrently(reads))
                rows += more
        shown = rows[offset : offset + first]
        if len(rows) > offset + first:
            end = shown[-1][1]
        positions = [position for _, position in shown]
        last = end or (positions[-1] if positions else None)
        return ListPage([one for one, _ in shown], positions, last, end is not None, lambda: self.count(view))

    def count(self, view: _View) -> int | None:
        """Return the number of actions; None if there are too many to count."""

        def count(table: Table, month: str) -> int | None:
            return self.stored.of(table, month).page(view, 1).count()

        months = [*islice(self._months(self.now[:7], self._earliest(self.table)), _MOST_MONTHS)]
        counted = self.table.concurrently([partial(count, month=month) for month in months])
        known = [number for number in counted if number is not None]
        return sum(known) if len(known) == len(counted) and sum(known) <= COUNT_BOUND.items else None

    def _earliest(self, table: Table) -> str:
        """Return the first month of the trail."""
        own = table.get(ORGANIZATIONS, self.own_id)
        return (own.creation_date if own else self.now)[:7]

    def _months(self, newest: str, earliest: str) -> Iterator[str]:
        """Yield the months of the period from one on, newest first."""
        month = min(self.period.last or self.now, newest)[:7]
        while month >= max(self.period.first or "", earliest)[:7]:
            yield month
            year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 2, 12)
            month = f"{year:04}-{number + 1:02}"

    def _reads(
        self, view: _View, months: list[str], first: int, after: Position | None
    ) -> list[Callable[[Table], ListPage[OperatorAction]]]:
        """Return what reads the first actions of each month."""

        def read(table: Table, month: str) -> ListPage[OperatorAction]:
            start = after[1] if after and month == after[0] else None
            return self.stored.of(table, month).page(view, first, after=start)

        return [partial(read, month=month) for month in months]


def _joined(
    months: list[str], pages: list[ListPage[OperatorAction]]
) -> tuple[list[tuple[OperatorAction, Position]], Position | None]:
    """Return the actions of some months with their positions, and where to go on if a month has more."""
    rows: list[tuple[OperatorAction, Position]] = []
    for month, page in zip(months, pages, strict=True):
        rows += [(one, [month, at]) for one, at in zip(page.rows, page.positions, strict=True)]
        if page.more:
            return rows, [month, page.end]
    return rows, None
