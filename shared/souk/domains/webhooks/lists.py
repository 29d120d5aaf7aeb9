"""What was sent to a subscription, a page at a time. There can be any number, so pages are read as they lie."""

from typing import Any, Final

from souk.domains.webhooks.commands.access import managed
from souk.domains.webhooks.inputs import DeliveriesFilter
from souk.domains.webhooks.store import count_deliveries, deliveries_page
from souk.graph import Context
from souk.graph.cursors import page_size
from souk.graph.paging import DEFAULT_PAGE, Pagination

MOST_COUNTED: Final = 1_000
"""How many are counted for `totalCount`; where there are more it is null."""


def deliveries(ctx: Context, wanted: DeliveriesFilter, pagination: Pagination | None) -> dict[str, Any]:
    """Return a page of a subscription's deliveries, the newest first."""
    subscription = managed(ctx, wanted.subscription_id_eq)
    first = page_size(pagination.first) if pagination else DEFAULT_PAGE
    bound_to = ["webhookDeliveries", subscription.organization_id, subscription.id, wanted.state_eq]
    before = ctx.cursors.decode(bound_to, pagination.after if pagination else None)
    # One more than the page holds tells whether there is another page.
    found = deliveries_page(ctx.table, subscription.id, wanted.state_eq, first + 1, before).items
    now = int(ctx.now.timestamp())
    shown = [one for one in found[:first] if one.expires > now]
    edges = [{"cursor": ctx.cursors.encode(bound_to, one.event_id), "node": one} for one in shown]
    return {
        "totalCount": count_deliveries(ctx.table, subscription.id, wanted.state_eq, MOST_COUNTED),
        "edges": edges,
        "pageInfo": {
            "endCursor": edges[-1]["cursor"] if edges else None,
            "hasNextPage": len(shown) == first and len(found) > first,
        },
    }
