"""The payments of the marketplace, for operators."""

from collections.abc import Callable
from typing import Any

from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.payments.inputs import OrderFilter
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.rules.orders import is_stuck
from souk.domains.payments.store import COMPANY_ORDERS, ORDERS, every_order, unfinished_orders
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection, connection_in_memory
from souk.storage import View
from souk.values.moments import Period
from souk.values.times import stamp


def payment_orders(ctx: Context, criteria: OrderFilter | None, pagination: Pagination | None) -> Connection:
    """Return a page of payments, newest first. Stuck ones are read from a list of their own, latest stuck first."""
    wanted = criteria or OrderFilter()
    given = wanted.created_date_time_bt
    period = given.period("filter.createdDateTime_bt") if given else Period(None, None)
    conditions = _conditions(ctx, wanted)
    if wanted.id_eq is not None:
        order = ctx.load(ORDERS, wanted.id_eq)
        found = [order] if order and period.includes(order.created) and all(test(order) for test in conditions) else []
        return connection_in_memory(ctx.cursors, [wanted.model_dump(mode="json")], found, pagination)
    if wanted.stuck_eq:
        listed: Any = unfinished_orders(ctx.table)
        within: tuple[str, str] | None = ("0", f"{stamp(ctx.now)}$")
        conditions.append(lambda one: period.includes(one.created))
    else:
        within = (period.first or "0", f"{period.last or '9999'}$") if given else None
        listed = _orders(ctx, wanted.organization_id_eq)
    view: View[PaymentOrder, PaymentOrder] = View(conditions, within=within)
    return connection(ctx.cursors, listed, view, pagination, bound_to=[wanted.model_dump(mode="json")])


def _orders(ctx: Context, organization_id: str | None) -> Any:
    if organization_id is None:
        return every_order(ctx.table)
    organization = ctx.load(ORGANIZATIONS, organization_id)
    return COMPANY_ORDERS.of(ctx.table, organization.company_id if organization else organization_id)


def _conditions(ctx: Context, wanted: OrderFilter) -> list[Callable[[PaymentOrder], bool]]:
    found: list[Callable[[PaymentOrder], bool]] = []
    if state := wanted.state_eq:
        found.append(lambda one: one.state is state)
    if (stuck := wanted.stuck_eq) is not None:
        found.append(lambda one: is_stuck(one, ctx.now) is stuck)
    if organization_id := wanted.organization_id_eq:
        found.append(lambda one: organization_id in one.deal.parties.client)
    return found
