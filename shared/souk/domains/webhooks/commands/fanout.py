"""Fan-out: create a delivery for each subscription that matches an event, and queue it.

The bus may deliver an event twice, and a function may end between the table and the queue. The key of a delivery is
its subscription's id and its event's id, so it is created once. It is queued again only until its first attempt.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from souk.authentication.standing import company_key, standing_at
from souk.domains.identity.store import ORGANIZATIONS, organization_key
from souk.domains.webhooks.messages import DeliveryMessage, DeliveryQueues
from souk.domains.webhooks.model import Delivery, DeliveryState, Subscription, SubscriptionState, WebhookEvent
from souk.domains.webhooks.rules import retries
from souk.domains.webhooks.store import DELIVERIES, RETENTION, subscribers
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.clock import Clock
from souk.values.errors import Conflict
from souk.values.times import stamp

_LAST_EVENT: Final = ("ORG", "SUSPEND")
"""The last event that a suspended organization gets."""
_BATCH_SIZE: Final = 50
"""Deliveries in one transaction."""


def fan_out(table: Table, queues: DeliveryQueues, detail: dict[str, Any]) -> None:
    """Create and queue the deliveries of an event. `detail` is the event's detail on the bus."""
    event = WebhookEvent.model_validate({"event_id": detail["id"], **detail["payload"]})
    number, again = 0, bool(detail.get("again"))
    for chunk in subscribers(table, detail.get("audience", ())):
        matching = [
            subscription
            for subscription in chunk
            if subscription.matches(event.entity, event.action) and subscription.state is not SubscriptionState.REJECTED
        ]
        closed = _suspended(table, matching, event, detail.get("occurredAt", ""))
        deliveries = [
            new_delivery(one, event, table.clock, active=one.organization_id not in closed) for one in matching
        ]
        for start in range(0, len(deliveries), _BATCH_SIZE):
            stored = list(_create_deliveries(table, deliveries[start : start + _BATCH_SIZE], again=again))
            queues.send([DeliveryMessage.of(one) for one in stored if one.pending and (again or not one.attempts)])
            number += len(stored)
    if number:
        logger.info("fanned out", event_id=event.event_id, entity=event.entity, deliveries=number)


def _suspended(
    table: Table, subscriptions: Sequence[Subscription], event: WebhookEvent, occurred_at: str
) -> frozenset[str]:
    """Return the ids of the organizations that were suspended when an event occurred.

    They get none but that of their suspension. Takes one round trip, and another one for teams.
    """
    organization_ids = list(dict.fromkeys(one.organization_id for one in subscriptions))
    if not organization_ids or (event.entity, event.action) == _LAST_EVENT:
        return frozenset()
    items = table.batch_get([make(id_) for id_ in organization_ids for make in (organization_key, company_key)])
    found = (ORGANIZATIONS.decode(items[at]) for one in organization_ids if (at := organization_key(one)) in items)
    companies = {one.id: one.company_id for one in found}
    of_teams = {company_key(company) for id_, company in companies.items() if id_ != company}
    items = {**items, **table.batch_get(of_teams - items.keys())}

    def closed(organization_id: str) -> bool:
        standing = standing_at(company_key(companies.get(organization_id, organization_id)), items)
        return standing is not None and standing.suspended_at(occurred_at)

    return frozenset(filter(closed, organization_ids))


def new_delivery(subscription: Subscription, event: WebhookEvent, clock: Clock, *, active: bool = True) -> Delivery:
    """Return the new delivery of an event to a subscription.

    If the subscription is not active, or its organization is not, the delivery starts as failed, so that it can be sent
    later. It is created in market time. Its attempts and its expiry are in real time.
    """
    now, active = clock.real(), active and subscription.active
    return Delivery(
        subscription_id=subscription.id,
        organization_id=subscription.organization_id,
        event_id=event.event_id,
        entity=event.entity,
        action=event.action,
        entity_id=event.id,
        state=DeliveryState.PENDING if active else DeliveryState.FAILED,
        next_attempt_date_time=stamp(now) if active else None,
        created_date_time=stamp(clock.market()),
        expires=int((now + RETENTION).timestamp()),
    )


def _create_deliveries(table: Table, deliveries: Sequence[Delivery], *, again: bool) -> Iterable[Delivery]:
    """Create the deliveries that do not exist yet, and return all of them as they are stored.

    `again` is of an event that operators send again: deliveries that have ended begin anew.
    """
    tx = table.transaction()
    created = [tx.create(DELIVERIES, one) for one in deliveries]
    try:
        tx.commit()
    except Conflict:
        if len(deliveries) == 1:
            stored = table.get(DELIVERIES, deliveries[0].id, consistent=True)
            return filter(None, [_restarted(table, stored) if stored and again else stored])
        return [stored for one in deliveries for stored in _create_deliveries(table, [one], again=again)]
    return created


def _restarted(table: Table, delivery: Delivery) -> Delivery:
    """Return a delivery that has ended with new attempts before it; any other one as it is."""
    if delivery.pending or len(delivery.attempts) >= retries.MAX_STORED_ATTEMPTS:
        return delivery
    tx = table.transaction()
    stored = tx.update(DELIVERIES, retries.requeued(delivery, table.clock.real()))
    return stored if tx.try_commit() else delivery
