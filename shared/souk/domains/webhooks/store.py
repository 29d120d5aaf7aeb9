"""The table items of webhooks.

WEBHOOKS#<organization>   SUBSCRIPTION#<id>   a subscription   GSI1 WEBHOOK#<id> / SUBSCRIPTION: by id alone
                                                               GSI3 WEBHOOKS#EVERYBODY / <id>: with public events
WEBHOOKS#<organization>   COUNT               the number of an organization's subscriptions
WEBHOOK#<subscription>    DELIVERY#<event>    a delivery       GSI1 WEBHOOK#<subscription>#<state> / <event>
                                                               GSI2 WEBHOOKS#FAILED#<shard 0-7> / <time>#...: failed
WEBHOOK#<subscription>    SLOW                the mark of a slow address

Event ids sort by time, so deliveries do, too. Deliveries are kept for RETENTION.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from souk.deadlines.model import DUE_PREFIX, schedule
from souk.domains.reviews.model import ReviewKind
from souk.domains.reviews.store import open_reviews
from souk.domains.webhooks.model import Delivery, DeliveryState, SlowAddress, Subscription, SubscriptionState
from souk.storage import Collection, Key, Reading, StoredList, Table, Transaction, View
from souk.storage.merged import sharded
from souk.storage.partition import Bound
from souk.values.audience import EVERYBODY
from souk.values.errors import Unprocessable
from souk.values.times import stamp

WRITES: Final = ("WEBHOOK#", "WEBHOOKS#")
"""The prefixes of the partition keys that this domain owns."""
FANOUT_WRITES: Final = ("WEBHOOK#",)
"""The key prefixes that the fan-out function writes."""
DELIVERY_WRITES: Final = (DUE_PREFIX, *WRITES)
"""The key prefixes that the delivery function writes: attempts, and deadlines for the next ones."""
ATTEMPT: Final = "webhooks.attempt"
"""The deadline kind of a delivery attempt."""
MAX_SUBSCRIPTIONS: Final = 20
"""The limit for one organization. Its counter is part of the transaction that creates a subscription."""
MAX_IN_REVIEW: Final = 200
"""The subscriptions in review that operators see: those that wait longest."""
RETENTION: Final = timedelta(days=30)
"""How long a delivery can be read and redelivered."""
PUBLIC_ENTITIES: Final = frozenset({"GIG"})
"""Entities whose public events go to every subscriber."""
SHARDS: Final = 8
"""Partitions of the failed deliveries."""
_COUNTED: Final = Bound(1_000, 1)
"""For the number of a subscription's deliveries: a page of programs shows it for each state."""
_SUBSCRIPTION: Final = "SUBSCRIPTION#"
_DELIVERY: Final = "DELIVERY#"
_EARLIER_REVIEWS: Final = "WEBHOOKS#REVIEW"
"""The partition of GSI2 with the subscriptions that were in review in Souk 0.1.0."""
_PUBLIC_PARTITION: Final = "WEBHOOKS#EVERYBODY"


def subscription_key(organization_id: str, subscription_id: str) -> Key:
    """Return the key of a subscription."""
    return Key(f"WEBHOOKS#{organization_id}", f"{_SUBSCRIPTION}{subscription_id}")


def _public_index_key(one: Subscription) -> Key | None:
    return Key(_PUBLIC_PARTITION, one.id) if any(events.entity in PUBLIC_ENTITIES for events in one.events) else None


SUBSCRIPTIONS: Collection[Subscription] = Collection(
    name="WebhookSubscription",
    model=Subscription,
    key=subscription_key,
    key_of=lambda one: subscription_key(one.organization_id, one.id),
    indexes={
        "GSI1": lambda one: Key(f"WEBHOOK#{one.id}", "SUBSCRIPTION"),
        "GSI3": _public_index_key,
    },
)


def delivery_key(delivery_id: str) -> Key:
    """Return the key of a delivery."""
    subscription_id, _, event_id = delivery_id.partition("-")
    return Key(f"WEBHOOK#{subscription_id}", f"{_DELIVERY}{event_id}")


def _failed_index_key(one: Delivery) -> Key | None:
    if one.state is not DeliveryState.FAILED:
        return None
    return Key(
        f"WEBHOOKS#FAILED#{crc32(one.subscription_id.encode()) % SHARDS}",
        f"{one.last_tried}#{one.subscription_id}#{one.event_id}",
    )


DELIVERIES: Collection[Delivery] = Collection(
    name="WebhookDelivery",
    model=Delivery,
    key=delivery_key,
    key_of=lambda one: delivery_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"WEBHOOK#{one.subscription_id}#{one.state}", one.event_id),
        "GSI2": _failed_index_key,
    },
    expires_at=lambda one: one.expires,
)


def schedule_attempt(tx: Transaction, delivery: Delivery) -> None:
    """Schedule the next attempt of a delivery, if it has one. Attempts are due in real time."""
    if delivery.next_attempt_date_time is not None:
        at = datetime.fromisoformat(delivery.next_attempt_date_time) + tx.clock.ahead
        schedule(tx, ATTEMPT, delivery.id, at)


def slow_address_key(subscription_id: str) -> Key:
    """Return the key of the mark of a slow address."""
    return Key(f"WEBHOOK#{subscription_id}", "SLOW")


SLOW_ADDRESSES: Collection[SlowAddress] = Collection(
    name="WebhookSlowness",
    model=SlowAddress,
    key=slow_address_key,
    key_of=lambda one: slow_address_key(one.subscription_id),
    expires_at=lambda one: int(datetime.fromisoformat(one.until).timestamp()),
)


def create_subscription(tx: Transaction, new: Subscription) -> Subscription:
    """Add the creation of a subscription to the transaction. Its commit raises Unprocessable above the limit."""
    too_many = Unprocessable(
        f"An organization can have {MAX_SUBSCRIPTIONS} webhook subscriptions at most. Delete one first."
    )
    tx.count(count_key(new.organization_id), 1, at_most=MAX_SUBSCRIPTIONS, refused=too_many)
    return tx.create(SUBSCRIPTIONS, new)


def delete_subscription(tx: Transaction, one: Subscription) -> None:
    """Add the deletion of a subscription to the transaction."""
    tx.count(count_key(one.organization_id), -1)
    tx.delete(SUBSCRIPTIONS, one)


def count_key(organization_id: str) -> Key:
    """Return the key of the number of an organization's subscriptions."""
    return Key(f"WEBHOOKS#{organization_id}", "COUNT")


def subscriptions_of(table: Table, organization_id: str) -> list[Subscription]:
    """Return the subscriptions of an organization, oldest first, read consistently: at most `MAX_SUBSCRIPTIONS`."""
    partition = f"WEBHOOKS#{organization_id}"
    return table.query_bounded(SUBSCRIPTIONS, partition, prefix=_SUBSCRIPTION, most=MAX_SUBSCRIPTIONS, consistent=True)


def subscriptions_in_review(table: Table) -> list[Subscription]:
    """Return the subscriptions that wait for an operator, oldest first: at most `MAX_IN_REVIEW`."""
    reviews = open_reviews(table, ReviewKind.WEBHOOK_SUBSCRIPTION, MAX_IN_REVIEW)
    keys = [subscription_key(one.organization_id or "", one.subject_id) for one in reviews]
    items = table.batch_get(keys)
    found = [SUBSCRIPTIONS.decode(items[key]) for key in keys if key in items]
    earlier = table.query(SUBSCRIPTIONS, _EARLIER_REVIEWS, index="GSI2", limit=MAX_IN_REVIEW).items
    return [one for one in (*earlier, *found) if one.state is SubscriptionState.REVIEW][:MAX_IN_REVIEW]


def subscription_by_id(table: Table, subscription_id: str) -> Subscription | None:
    """Return a subscription of any organization by its id, read consistently."""
    items = table.query(SUBSCRIPTIONS, f"WEBHOOK#{subscription_id}", index="GSI1", prefix="SUBSCRIPTION", limit=1).items
    return table.get(SUBSCRIPTIONS, items[0].organization_id, subscription_id, consistent=True) if items else None


def subscribers(table: Table, audience: Iterable[str]) -> Iterator[list[Subscription]]:
    """Yield the subscriptions of an audience in chunks, each once. The caller filters them by event."""
    seen: set[str] = set()
    for recipient in audience:
        chunks: Iterable[list[Subscription]] = (
            PUBLIC_SUBSCRIPTIONS.of(table).chunks(View())
            if recipient in EVERYBODY
            else [subscriptions_of(table, recipient)]
        )
        for chunk in chunks:
            yield [one for one in chunk if one.id not in seen]
            seen.update(one.id for one in chunk)


PUBLIC_SUBSCRIPTIONS: Final = StoredList(
    "webhookSubscriptionsOfPublicEvents",
    SUBSCRIPTIONS,
    lambda: _PUBLIC_PARTITION,
    index="GSI3",
    newest_first=False,
)
"""The subscriptions of all organizations with public events, oldest first."""
SUBSCRIPTION_DELIVERIES: Final = StoredList(
    "webhookDeliveries", DELIVERIES, "WEBHOOK#{}".format, prefix=_DELIVERY, counted=_COUNTED
)
"""The deliveries of a subscription."""
DELIVERIES_IN_STATE: Final = StoredList(
    "webhookDeliveriesInState", DELIVERIES, "WEBHOOK#{}#{}".format, index="GSI1", counted=_COUNTED
)
"""The deliveries of a subscription in a state."""
FAILED_DELIVERIES: Final = StoredList("failedWebhookDeliveries", DELIVERIES, "WEBHOOKS#FAILED#{}".format, index="GSI2")
"""The failed deliveries of all subscriptions in a shard, by the time of their last attempt."""
LISTS: Final = (PUBLIC_SUBSCRIPTIONS, SUBSCRIPTION_DELIVERIES, DELIVERIES_IN_STATE, FAILED_DELIVERIES)


def _failed_today(table: Table, subscription_id: str) -> int:
    since = stamp(table.clock.real() - timedelta(days=1))
    recent: View[Delivery, Delivery] = View([lambda one: one.last_tried >= since])
    return DELIVERIES_IN_STATE.of(table, subscription_id, DeliveryState.FAILED).count_first(recent)


FAILED_TODAY: Final = Reading("failedWebhookDeliveriesToday", _failed_today)
"""How many deliveries of a subscription failed in the last 24 hours."""


def count_failed_deliveries(table: Table, since: str) -> int | None:
    """Return how many deliveries failed since a time (ISO 8601); None if there are too many to count."""
    return sharded(FAILED_DELIVERIES, table, SHARDS).count(View(within=(since, "9999")))


def deliveries_between(table: Table, subscription_id: str, first: str, last: str, limit: int) -> list[Delivery]:
    """Return at most `limit` deliveries of the events from id `first` to id `last`, oldest first."""
    deliveries: list[Delivery] = []
    between = (f"{_DELIVERY}{first}", f"{_DELIVERY}{last}")
    start = None
    while len(deliveries) < limit:
        page = table.query(
            DELIVERIES,
            f"WEBHOOK#{subscription_id}",
            between=between,
            limit=limit - len(deliveries),
            start=start,
            consistent=True,
        )
        deliveries += page.items
        start = page.next_key
        if start is None:
            break
    return deliveries
