"""Webhooks in the graph: subscriptions, their review, and their deliveries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.webhooks import deployment, lists
from souk.domains.webhooks.commands import access, redelivery, subscriptions
from souk.domains.webhooks.inputs import DeliveriesFilter, NewSubscription, SubscriptionChange
from souk.domains.webhooks.model import Delivery, Subscription
from souk.domains.webhooks.personal import PERSONAL
from souk.domains.webhooks.store import (
    ATTEMPT,
    FAILED_TODAY,
    SUBSCRIPTIONS,
    subscription_by_id,
    subscriptions_in_review,
    subscriptions_of,
)
from souk.events.catalog import EventEntity
from souk.graph import Context, Domain, Scope
from souk.graph.context import Source
from souk.graph.lists import Connection, DateTimeRange, Pagination
from souk.storage import Key, Table

domain = Domain("webhooks", function="webhooks", joins=("audit", "reviews"))
domain.personal(PERSONAL)

_SCOPES: Final = (Scope.WEBHOOKS,)


@domain.query("webhookEventCatalog", scopes=_SCOPES)
def webhook_event_catalog(ctx: Context) -> list[EventEntity]:
    """Return the events that the organization in context can subscribe to."""
    return list(access.entities_open_to(ctx).values())


@domain.query("webhookSubscriptions", scopes=_SCOPES)
def webhook_subscriptions(ctx: Context) -> list[Subscription]:
    """Return the subscriptions of the organization in context. Operators also get all that are in review."""
    access.require_manager(ctx.principal)
    own = subscriptions_of(ctx.table, ctx.principal.organization_id)
    in_review = subscriptions_in_review(ctx.table) if ctx.principal.operator else []
    return list({one.id: one for one in (*in_review, *own)}.values())


def _subscription(ctx: Context, id: str) -> dict[Key, Source]:
    return {SUBSCRIPTIONS.key(ctx.principal.organization_id, id): SUBSCRIPTIONS}


@domain.query("webhookSubscription", scopes=_SCOPES, needs=_subscription)
def webhook_subscription(ctx: Context, id: str) -> Subscription | None:
    """Return a subscription of the organization in context. Operators can read those of any organization."""
    subscription = access.find_subscription(ctx, id)
    return subscription or (subscription_by_id(ctx.table, id) if ctx.principal.operator else None)


def _deliveries(ctx: Context, filter: DeliveriesFilter, pagination: Pagination | None = None) -> Mapping[Key, Source]:
    needed = lists.deliveries(ctx, filter, pagination).needs()
    return {**_subscription(ctx, filter.subscription_id_eq), **needed}


@domain.query("webhookDeliveries", scopes=_SCOPES, needs=_deliveries)
def webhook_deliveries(
    ctx: Context,
    filter: DeliveriesFilter,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of a subscription's deliveries, newest first."""
    access.require_subscription(ctx, filter.subscription_id_eq)
    return lists.deliveries(ctx, filter, pagination).connection()


@domain.mutation("createWebhookSubscription", scopes=_SCOPES)
def create_webhook_subscription(ctx: Context, input: NewSubscription) -> subscriptions.SubscriptionWithSecret:
    """Create a subscription."""
    return subscriptions.create(ctx, input)


@domain.mutation("updateWebhookSubscription", scopes=_SCOPES)
def update_webhook_subscription(ctx: Context, input: SubscriptionChange) -> Subscription:
    """Change a subscription."""
    return subscriptions.update(ctx, input)


@domain.mutation("deleteWebhookSubscription", scopes=_SCOPES)
def delete_webhook_subscription(ctx: Context, id: str) -> bool:
    """Delete a subscription."""
    subscriptions.delete(ctx, id)
    return True


@domain.mutation("rotateWebhookSecret", scopes=_SCOPES)
def rotate_webhook_secret(ctx: Context, id: str) -> subscriptions.SubscriptionWithSecret:
    """Replace a subscription's secret."""
    return subscriptions.rotate(ctx, id)


@domain.mutation("reviewWebhookSubscription", scopes=(*_SCOPES, Scope.OPERATOR))
def review_webhook_subscription(
    ctx: Context,
    id: str,
    approve: bool,
    note: str | None = None,
) -> Subscription:
    """Approve or reject a subscription."""
    return subscriptions.review(ctx, id, note, approve=approve)


@domain.mutation("sendTestWebhook", scopes=_SCOPES)
def send_test_webhook(ctx: Context, id: str) -> Delivery:
    """Send a test to a subscription's address."""
    return redelivery.send_test(ctx, id)


@domain.mutation("redeliverWebhook", scopes=_SCOPES)
def redeliver_webhook(ctx: Context, delivery_id: str) -> Delivery:
    """Send a delivery again."""
    return redelivery.redeliver(ctx, delivery_id)


@domain.mutation("replayWebhooks", scopes=_SCOPES)
def replay_webhooks(ctx: Context, subscription_id: str, time_range: DateTimeRange, dry_run: bool | None = None) -> int:
    """Send the events of a time range again, or only count them."""
    return redelivery.replay(ctx, subscription_id, time_range, dry_run=bool(dry_run))


domain.link("WebhookSubscription.organization", to=ORGANIZATIONS, by="organization_id")


def _failed_today(source: Subscription, ctx: Context) -> dict[Key, Source]:
    return {FAILED_TODAY.key(source.id): FAILED_TODAY}


@domain.field("WebhookSubscription.failedDeliveries", needs=_failed_today)
def failed_deliveries(source: Subscription, ctx: Context) -> int:
    """Return how many deliveries failed in the last 24 hours."""
    failed: int = ctx.entities[FAILED_TODAY.key(source.id)]
    return failed


@domain.due(ATTEMPT)
def attempt(table: Table, delivery_id: str, _now: datetime) -> None:
    """Queue a delivery if its next attempt is due."""
    redelivery.queue_due(table, deployment.delivery_queues(), delivery_id)


@domain.due(redelivery.REPLAY)
def replay(table: Table, replay_id: str, _now: datetime) -> None:
    """Queue the deliveries of a time range."""
    redelivery.replay_due(table, deployment.delivery_queues(), replay_id)
