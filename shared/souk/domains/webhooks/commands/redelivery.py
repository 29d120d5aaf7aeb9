"""Test deliveries, redelivery of one delivery, and replay of a time range, with the deadlines that run them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.webhooks.commands.access import require_active, require_manager, require_subscription
from souk.domains.webhooks.commands.fanout import new_delivery
from souk.domains.webhooks.messages import DeliveryMessage, DeliveryQueues
from souk.domains.webhooks.model import Delivery, WebhookEvent
from souk.domains.webhooks.rules import requirements, retries
from souk.domains.webhooks.store import DELIVERIES, RETENTION, deliveries_between, schedule_attempt
from souk.graph import Context
from souk.graph.lists import DateTimeRange
from souk.storage import Table, first_id
from souk.values.errors import NotFound, Unprocessable
from souk.values.times import stamp

REPLAY: Final = "webhooks.replay"
"""The deadline kind of a replay."""
MAX_REPLAYED: Final = 1_000
_BATCH_SIZE: Final = 50
"""Deliveries in one transaction."""
_TEST_EVENT: Final = ("WEBHOOK", "TEST")
"""Entity and action of a test. They are not in the catalog, so nobody can subscribe to them."""


def send_test(ctx: Context, subscription_id: str) -> Delivery:
    """Send a test to a subscription's address, whatever events it subscribes to."""
    subscription = require_active(require_subscription(ctx, subscription_id))
    entity, action = _TEST_EVENT
    event = WebhookEvent(event_id=ctx.table.new_id(), entity=entity, action=action, id=subscription.id)
    tx = ctx.table.transaction()
    stored = tx.create(DELIVERIES, new_delivery(subscription, event, ctx.table.clock))
    schedule_attempt(tx, stored)
    tx.commit()
    return stored


def redeliver(ctx: Context, delivery_id: str) -> Delivery:
    """Send a delivery again, whatever its state, with up to ten new attempts."""
    require_manager(ctx.principal)
    delivery = ctx.table.get(DELIVERIES, delivery_id, consistent=True)
    if delivery is None or delivery.organization_id != ctx.principal.organization_id:
        raise NotFound("This webhook delivery does not exist, or you cannot see it.")
    require_active(require_subscription(ctx, delivery.subscription_id))
    if len(delivery.attempts) >= retries.MAX_STORED_ATTEMPTS:
        raise Unprocessable(f"This delivery has had {retries.MAX_STORED_ATTEMPTS} attempts, which is the limit.")
    tx = ctx.table.transaction()
    stored = tx.update(DELIVERIES, retries.requeued(delivery, ctx.table.clock.real()))
    schedule_attempt(tx, stored)
    tx.commit()
    return stored


def replay(ctx: Context, subscription_id: str, time_range: DateTimeRange, *, dry_run: bool = False) -> int:
    """Send the events of a time range again, and return their number. With `dry_run` nothing is sent.

    Raises Unprocessable if there are more than MAX_REPLAYED.
    """
    subscription = require_active(require_subscription(ctx, subscription_id))
    start, end = requirements.time_range(time_range.period("timeRange"), ctx.now, RETENTION)
    first, last = first_id(start), first_id(end + timedelta(milliseconds=1))
    deliveries = deliveries_between(ctx.table, subscription.id, first, last, MAX_REPLAYED + 1)
    if len(deliveries) > MAX_REPLAYED:
        raise Unprocessable(f"timeRange: it contains more than {MAX_REPLAYED} events. Choose a shorter range.")
    count = sum(replayable(one) for one in deliveries)
    if count and not dry_run:
        tx = ctx.table.transaction()
        schedule(tx, REPLAY, f"{subscription.id}-{first}-{last}", ctx.now)
        tx.commit()
    return count


def replayable(delivery: Delivery) -> bool:
    """Return whether a delivery may be sent again and is not a test."""
    return (delivery.entity, delivery.action) != _TEST_EVENT and len(delivery.attempts) < retries.MAX_STORED_ATTEMPTS


def queue_due(table: Table, queues: DeliveryQueues, delivery_id: str) -> None:
    """Queue a delivery if its next attempt is due in real time. Otherwise schedule the attempt again."""
    delivery = table.get(DELIVERIES, delivery_id, consistent=True)
    if delivery is None or delivery.next_attempt_date_time is None:
        return
    if delivery.next_attempt_date_time <= stamp(table.clock.real()):
        queues.send([DeliveryMessage.of(delivery)])
        return
    tx = table.transaction()
    schedule_attempt(tx, delivery)
    tx.commit()


def replay_due(table: Table, queues: DeliveryQueues, replay_id: str) -> None:
    """Queue the deliveries that `replay` counted. Deliveries that change concurrently are queued by that change."""
    subscription_id, first, last = replay_id.split("-")
    deliveries = deliveries_between(table, subscription_id, first, last, MAX_REPLAYED)
    to_queue = [one for one in deliveries if replayable(one)]
    for start in range(0, len(to_queue), _BATCH_SIZE):
        batch = _requeue(table, to_queue[start : start + _BATCH_SIZE])
        queues.send([DeliveryMessage.of(one) for one in batch])


def _requeue(table: Table, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Store deliveries as pending again. Returns those that did not change concurrently."""
    tx, now = table.transaction(), table.clock.real()
    stored = [tx.update(DELIVERIES, retries.requeued(one, now)) for one in deliveries]
    if tx.try_commit():
        return stored
    return [] if len(deliveries) == 1 else [queued for one in deliveries for queued in _requeue(table, [one])]
