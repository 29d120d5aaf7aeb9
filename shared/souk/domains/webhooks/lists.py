"""The paginated list of a subscription's deliveries. Pages are read in the order of the table's keys."""

from typing import Any, Final

from souk.domains.webhooks.commands.access import require_subscription
from souk.domains.webhooks.inputs import DeliveriesFilter
from souk.domains.webhooks.store import count_deliveries, deliveries_page
from souk.graph import Context
from souk.graph.lists import DEFAULT_PAGE, Pagination, page_size

MAX_COUNTED: Final = 1_000
"""The largest `totalCount`. It is null if there are more."""


def deliveries(ctx: Context, filters: DeliveriesFilter, pagination: Pagination | None) -> dict[str, Any]:
    """Return a page of a subscription's deliveries, newest first."""
    subscription = require_subscription(ctx, filters.subscription_id_eq)
    first = page_size(pagination.first) if pagination else DEFAULT_PAGE
    bound_to = ["webhookDeliveries", subscription.organization_id, subscription.id, filters.state_eq]
    before = ctx.cursors.decode(bound_to, pagination.after if pagination else None)
    # One item more than the page holds shows whether there is another page.
    items = deliveries_page(ctx.table, subscription.id, filters.state_eq, first + 1, before).items
    now = int(ctx.table.clock.real().timestamp())
    shown = [one for one in items[:first] if one.expires > now]
    edges = [{"cursor": ctx.cursors.encode(bound_to, one.event_id), "node": one} for one in shown]
    return {
        "totalCount": count_deliveries(ctx.table, subscription.id, filters.state_eq, MAX_COUNTED),
        "edges": edges,
        "pageInfo": {
            "endCursor": edges[-1]["cursor"] if edges else None,
            "hasNextPage": len(shown) == first and len(items) > first,
        },
    }
