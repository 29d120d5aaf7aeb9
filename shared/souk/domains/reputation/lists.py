"""The work history of a freelancer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import PERSON_CONTRACTS
from souk.domains.identity.model import User
from souk.domains.reputation import views
from souk.domains.reputation.inputs import WorkHistoryFilter, WorkHistoryPaging, WorkOrder
from souk.domains.reputation.model import Reader, ShownWork
from souk.domains.reputation.rules.history import reader_of, shown
from souk.domains.reputation.store import work_of
from souk.domains.talent.rules import privacy
from souk.domains.talent.views.people import profile_of
from souk.graph import Context
from souk.graph.lists import listed_at
from souk.storage import Table, View, among
from souk.storage.lists import ListPage
from souk.values.times import stamp

_FIRST_PAGE: Final = WorkHistoryPaging(offset=0, limit=20)
_ORDERS: Final[dict[WorkOrder, Callable[[ShownWork], Any]]] = {
    WorkOrder.FEEDBACK_RATE: lambda one: one.of_freelancer.hundredths if one.of_freelancer else 0,
    WorkOrder.LARGEST: lambda one: one.earned or 0,
}


@dataclass(frozen=True, slots=True)
class WorkHistory:
    """The contract's TalentWorkHistoryConnection. The total is counted only when it is read."""

    page: ListPage[ShownWork | None]

    @property
    def work_history_list(self) -> list[dict[str, Any]]:
        """The contracts of the page."""
        return [views.work_history(one) for one in self.page.rows if one]

    @property
    def total_count(self) -> int | None:
        """The number of contracts of all pages; None if they are too many to count."""
        return self.page.count()


def reader(ctx: Context, user: User) -> Reader:
    """Return what the caller sees of the contracts of a person, whose profile has been read."""
    own, operator = privacy.own(user.id, ctx), ctx.principal.operator
    return reader_of(profile_of(ctx, user).preferences, own=own, operator=operator)


def shown_work(table: Table, contracts: Sequence[Contract], reader: Reader, now: str) -> list[ShownWork | None]:
    """Return contracts as a reader sees them; None for those that they do not see. It takes one round trip."""
    return [shown(one, reader, now) for one in work_of(table, contracts)]


def work_history(ctx: Context, user: User, wanted: WorkHistoryFilter) -> WorkHistory:
    """Return a page of the contracts of a person, by default the newest first.

    Raises Unprocessable as `listed_at` does.
    """
    ids, statuses = _given(wanted.contract_ids), _given(wanted.status)
    rows = partial(shown_work, ctx.table, reader=reader(ctx, user), now=stamp(ctx.now))
    row_conditions: list[Callable[[ShownWork | None], bool]] = [lambda one: one is not None]
    if wanted.exclude_no_feedback:
        row_conditions.append(lambda one: bool(one and one.of_freelancer))
    if wanted.visibility:
        row_conditions.append(lambda one: bool(one and one.access is wanted.visibility))
    sort = wanted.sort
    order = _ORDERS.get(sort.type) if sort else None
    view: View[Contract, ShownWork | None] = View(
        conditions=[
            lambda one: not ids or one.id in ids,
            lambda one: not statuses or one.status in statuses,
        ],
        among=among(status=statuses),
        rows=rows,
        row_conditions=row_conditions,
        order=(lambda one: order(one) if one else 0) if order else None,
        descending=sort.order == "DESC" if sort else None,
        narrow="Sort by NEWEST.",
    )
    paging = wanted.pagination or _FIRST_PAGE
    contracts = PERSON_CONTRACTS.of(ctx.table, user.id)
    return WorkHistory(listed_at(contracts, view, limit=paging.limit, offset=paging.offset))


def _given(values: Sequence[Any] | None) -> frozenset[Any]:
    return frozenset(one for one in values or () if one is not None)
