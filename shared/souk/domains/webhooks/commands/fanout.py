"""From what happened to what is to be sent: a delivery for each subscription that asks for it.

The bus may tell an event twice, and a function may end between the table and the queue. A delivery has the ids of its
subscription and its event for a key, so there is one; it is queued again only while nobody has tried it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from souk.domains.webhooks.messages import Parcel, Parcels
from souk.domains.webhooks.model import Delivery, DeliveryState, Happened, Subscription, SubscriptionState
from souk.domains.webhooks.store import DELIVERIES, KEPT, subscribers
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import Conflict
from souk.values.times import stamp

_AT_ONCE: Final = 50  # deliveries in one transaction


def fan_out(table: Table, parcels: Parcels, detail: dict[str, Any], now: datetime) -> None:
    """Have an event of the bus, of which this is the detail, sent to all who asked for it."""
    happened = Happened.model_validate({"event_id": detail["id"], **detail["payload"]})
    asked = [
        one
        for one in subscribers(table, detail.get("audience", ()))
        if one.takes(happened.entity, happened.action) and one.state is not SubscriptionState.REJECTED
    ]
    deliveries = [addressed(one, happened, now) for one in asked]
    stored = [
        delivery
        for start in range(0, len(deliveries), _AT_ONCE)
        for delivery in _stored(table, deliveries[start : start + _AT_ONCE])
    ]
    parcels.send([Parcel.of(one) for one in stored if one.pending and not one.attempts])
    if asked:
        logger.info("fanned out", event_id=happened.event_id, entity=happened.entity, deliveries=len(stored))


def addressed(subscription: Subscription, happened: Happened, now: datetime) -> Delivery:
    """Return the delivery of an event to a subscription, as it begins.

    To one that is not served nothing is sent: what it misses is noted as failed, and can be sent later.
    """
    return Delivery(
        subscription_id=subscription.id,
        organization_id=subscription.organization_id,
        event_id=happened.event_id,
        entity=happened.entity,
        action=happened.action,
        entity_id=happened.id,
        state=DeliveryState.PENDING if subscription.active else DeliveryState.FAILED,
        next_attempt_date_time=stamp(now) if subscription.active else None,
        created_date_time=stamp(now),
        expires=int((now + KEPT).timestamp()),
    )


def _stored(table: Table, deliveries: Sequence[Delivery]) -> Iterable[Delivery]:
    """Store deliveries, and return them as they are in the table: some may have been there."""
    transaction = table.transaction()
    stored = [transaction.create(DELIVERIES, one) for one in deliveries]
    try:
        transaction.commit()
    except Conflict:
        if len(deliveries) == 1:
            return filter(None, [table.get(DELIVERIES, deliveries[0].id, consistent=True)])
        return [known for one in deliveries for known in _stored(table, [one])]
    return stored
