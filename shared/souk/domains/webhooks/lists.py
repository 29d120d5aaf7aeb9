"""The paginated list of a subscription's deliveries."""

from souk.domains.webhooks.inputs import DeliveriesFilter
from souk.domains.webhooks.model import Delivery
from souk.domains.webhooks.store import DELIVERIES_IN_STATE, SUBSCRIPTION_DELIVERIES
from souk.graph import Context
from souk.graph.lists import Pagination
from souk.graph.pages import Listed, NeededPage
from souk.storage import Table, View


def deliveries(ctx: Context, filters: DeliveriesFilter, pagination: Pagination | None) -> NeededPage[Delivery]:
    """Return the page of a subscription's deliveries, newest first. Who may see them is for the caller to check."""
    subscription_id, state = filters.subscription_id_eq, filters.state_eq
    now = int(ctx.table.clock.real().timestamp())

    def listed(table: Table) -> Listed[Delivery]:
        if state:
            return DELIVERIES_IN_STATE.of(table, subscription_id, state)
        return SUBSCRIPTION_DELIVERIES.of(table, subscription_id)

    kept: View[Delivery, Delivery] = View([lambda one: one.expires > now])  # DynamoDB deletes expired ones late
    return NeededPage(ctx, listed, kept, pagination, [ctx.principal.organization_id])
