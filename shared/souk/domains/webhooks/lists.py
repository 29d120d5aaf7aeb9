"""The paginated list of a subscription's deliveries."""

from souk.domains.webhooks.commands.access import require_subscription
from souk.domains.webhooks.inputs import DeliveriesFilter
from souk.domains.webhooks.model import Delivery
from souk.domains.webhooks.store import DELIVERIES_IN_STATE, SUBSCRIPTION_DELIVERIES
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection
from souk.storage import View


def deliveries(ctx: Context, filters: DeliveriesFilter, pagination: Pagination | None) -> Connection:
    """Return a page of a subscription's deliveries, newest first."""
    subscription = require_subscription(ctx, filters.subscription_id_eq)
    state, now = filters.state_eq, int(ctx.table.clock.real().timestamp())
    listed = (
        DELIVERIES_IN_STATE.of(ctx.table, subscription.id, state)
        if state
        else SUBSCRIPTION_DELIVERIES.of(ctx.table, subscription.id)
    )
    kept: View[Delivery, Delivery] = View([lambda one: one.expires > now])  # DynamoDB deletes expired ones late
    return connection(ctx.cursors, listed, kept, pagination, bound_to=[subscription.organization_id])
