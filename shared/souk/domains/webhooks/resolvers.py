"""Webhooks in the graph: subscriptions, their review, and what was sent to them."""

from datetime import datetime
from typing import Any, Final

from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.webhooks import deployment, lists
from souk.domains.webhooks.commands import access, redelivery, subscriptions
from souk.domains.webhooks.inputs import DeliveriesFilter, NewSubscription, SubscriptionChange
from souk.domains.webhooks.model import Delivery, Subscription
from souk.domains.webhooks.store import ATTEMPT, WRITES, subscription_by_id, subscriptions_of, subscriptions_to_review
from souk.events.catalog import Kind, catalog
from souk.graph import Context, Domain, Scope
from souk.graph.paging import DateTimeRange, Pagination
from souk.storage import Table

domain = Domain("webhooks", function="webhooks", writes=WRITES)

_MANAGING: Final = (Scope.WEBHOOKS,)


@domain.query("webhookEventCatalog", scopes=_MANAGING)
def webhook_event_catalog(ctx: Context) -> list[Kind]:
    """Return what can be subscribed to."""
    return list(catalog().values())


@domain.query("webhookSubscriptions", scopes=_MANAGING)
def webhook_subscriptions(ctx: Context) -> list[Subscription]:
    """Return the subscriptions of the organization in context; to an operator also all that wait for review."""
    access.require_manager(ctx.principal)
    own = subscriptions_of(ctx.table, ctx.principal.organization_id)
    waiting = subscriptions_to_review(ctx.table) if ctx.principal.operator else []
    return list({one.id: one for one in (*waiting, *own)}.values())


@domain.query("webhookSubscription", scopes=_MANAGING)
def webhook_subscription(ctx: Context, id: str) -> Subscription | None:
    """Return a subscription of the organization in context; to an operator anybody's."""
    found = access.seen(ctx, id)
    return found or (subscription_by_id(ctx.table, id) if ctx.principal.operator else None)


@domain.query("webhookDeliveries", scopes=_MANAGING)
def webhook_deliveries(
    ctx: Context,
    filter: DeliveriesFilter,
    pagination: Pagination | None = None,
) -> dict[str, Any]:
    """Return what was sent to a subscription, the newest first."""
    return lists.deliveries(ctx, filter, pagination)


@domain.mutation("createWebhookSubscription", scopes=_MANAGING)
def create_webhook_subscription(ctx: Context, input: NewSubscription) -> subscriptions.WithSecret:
    """Ask for events to be sent."""
    return subscriptions.create(ctx, input)


@domain.mutation("updateWebhookSubscription", scopes=_MANAGING)
def update_webhook_subscription(ctx: Context, input: SubscriptionChange) -> Subscription:
    """Change a subscription."""
    return subscriptions.update(ctx, input)


@domain.mutation("deleteWebhookSubscription", scopes=_MANAGING)
def delete_webhook_subscription(ctx: Context, id: str) -> bool:
    """End a subscription."""
    subscriptions.delete(ctx, id)
    return True


@domain.mutation("rotateWebhookSecret", scopes=_MANAGING)
def rotate_webhook_secret(ctx: Context, id: str) -> subscriptions.WithSecret:
    """Replace a secret."""
    return subscriptions.rotate(ctx, id)


@domain.mutation("reviewWebhookSubscription", scopes=_MANAGING)
def review_webhook_subscription(
    ctx: Context,
    id: str,
    approve: bool,
    note: str | None = None,
) -> Subscription:
    """Approve or reject a subscription."""
    return subscriptions.review(ctx, id, note, approve=approve)


@domain.mutation("sendTestWebhook", scopes=_MANAGING)
def send_test_webhook(ctx: Context, id: str) -> Delivery:
    """Have a test sent."""
    return redelivery.test(ctx, id)


@domain.mutation("redeliverWebhook", scopes=_MANAGING)
def redeliver_webhook(ctx: Context, delivery_id: str) -> Delivery:
    """Have a delivery sent once more."""
    return redelivery.redeliver(ctx, delivery_id)


@domain.mutation("replayWebhooks", scopes=_MANAGING)
def replay_webhooks(ctx: Context, subscription_id: str, time_range: DateTimeRange) -> int:
    """Have all events of a span of time sent once more."""
    return redelivery.replay(ctx, subscription_id, time_range)


domain.link("WebhookSubscription.organization", to=ORGANIZATIONS, by="organization_id")


@domain.due(ATTEMPT)
def attempt(table: Table, delivery_id: str, now: datetime) -> None:
    """Queue a delivery whose time has come."""
    redelivery.queue_due(table, deployment.parcels(), delivery_id, now)


@domain.due(redelivery.REPLAY)
def replay(table: Table, wanted: str, now: datetime) -> None:
    """Queue the deliveries of a span of time."""
    redelivery.replay_due(table, deployment.parcels(), wanted, now)
