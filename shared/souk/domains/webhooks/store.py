"""Where webhooks are kept.

WEBHOOKS#<organization>   SUBSCRIPTION#<id>   a subscription   GSI1 WEBHOOK#<id> / SUBSCRIPTION: by its id alone
                                                               GSI2 WEBHOOKS#REVIEW / <id>: those to be reviewed
                                                               GSI3 WEBHOOKS#EVERYBODY / <id>: those that want what
                                                                    everybody is told, of whomever
WEBHOOKS#<organization>   COUNT               how many an organization has
WEBHOOK#<subscription>    DELIVERY#<event>    a delivery       GSI1 WEBHOOK#<subscription>#<state> / <event>
WEBHOOK#<subscription>    SLOW                that its address takes long to answer

Ids of events sort by time, so deliveries do. They are kept for a month.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from souk.deadlines.model import DUE_PREFIX, schedule
from souk.domains.webhooks.model import Delivery, DeliveryState, Slowness, Subscription, SubscriptionState
from souk.storage import Collection, Key, Page, Table, Transaction
from souk.values.audience import EVERYBODY
from souk.values.errors import Unprocessable

WRITES: Final = ("WEBHOOK#", "WEBHOOKS#")
"""The beginnings of the partition keys that this domain owns."""
FANNING_OUT: Final = ("WEBHOOK#",)
"""What the function writes that makes deliveries of events."""
DELIVERING: Final = (DUE_PREFIX, *WRITES)
"""What the function writes that makes tries: what became of them, and when the next is due."""
ATTEMPT: Final = "webhooks.attempt"
"""The work that is due when a delivery is to be tried."""
MOST_SUBSCRIPTIONS: Final = 20
"""How many an organization may have."""
KEPT: Final = timedelta(days=30)
"""For how long a delivery can be looked at and sent once more."""
PUBLIC: Final = frozenset({"GIG"})
"""Kinds of things of which everybody is told what everybody may see."""
_SUBSCRIPTION: Final = "SUBSCRIPTION#"
_DELIVERY: Final = "DELIVERY#"
_REVIEW: Final = "WEBHOOKS#REVIEW"
_PUBLIC: Final = "WEBHOOKS#EVERYBODY"


def subscription_key(organization_id: str, subscription_id: str) -> Key:
    """Return the key of a subscription."""
    return Key(f"WEBHOOKS#{organization_id}", f"{_SUBSCRIPTION}{subscription_id}")


def _waiting(one: Subscription) -> Key | None:
    return Key(_REVIEW, one.id) if one.state is SubscriptionState.REVIEW else None


def _for_everybody(one: Subscription) -> Key | None:
    return Key(_PUBLIC, one.id) if any(wanted.entity in PUBLIC for wanted in one.events) else None


SUBSCRIPTIONS: Collection[Subscription] = Collection(
    name="WebhookSubscription",
    model=Subscription,
    key=subscription_key,
    key_of=lambda one: subscription_key(one.organization_id, one.id),
    indexes={
        "GSI1": lambda one: Key(f"WEBHOOK#{one.id}", "SUBSCRIPTION"),
        "GSI2": _waiting,
        "GSI3": _for_everybody,
    },
)


def delivery_key(delivery_id: str) -> Key:
    """Return the key of a delivery."""
    subscription_id, _, event_id = delivery_id.partition("-")
    return Key(f"WEBHOOK#{subscription_id}", f"{_DELIVERY}{event_id}")


DELIVERIES: Collection[Delivery] = Collection(
    name="WebhookDelivery",
    model=Delivery,
    key=delivery_key,
    key_of=lambda one: delivery_key(one.id),
    indexes={"GSI1": lambda one: Key(f"WEBHOOK#{one.subscription_id}#{one.state}", one.event_id)},
    expires_at=lambda one: one.expires,
)


def schedule_attempt(tx: Transaction, delivery: Delivery) -> None:
    """Schedule the next attempt of a delivery, if it has one. Attempts are due at real moments."""
    if delivery.next_attempt_date_time is not None:
        at = datetime.fromisoformat(delivery.next_attempt_date_time) + tx.clock.ahead
        schedule(tx, ATTEMPT, delivery.id, at)


def slowness_key(subscription_id: str) -> Key:
    """Return the key of the mark that an address takes long to answer."""
    return Key(f"WEBHOOK#{subscription_id}", "SLOW")


SLOW: Collection[Slowness] = Collection(
    name="WebhookSlowness",
    model=Slowness,
    key=slowness_key,
    key_of=lambda one: slowness_key(one.subscription_id),
    expires_at=lambda one: int(datetime.fromisoformat(one.until).timestamp()),
)


def create_subscription(tx: Transaction, new: Subscription) -> Subscription:
    """Note in a transaction that there is another subscription. Its commit raises Unprocessable for one too many."""
    too_many = Unprocessable(f"An organization has {MOST_SUBSCRIPTIONS} webhook subscriptions at the most.")
    tx.count(_count_key(new.organization_id), 1, at_most=MOST_SUBSCRIPTIONS, refused=too_many)
    return tx.create(SUBSCRIPTIONS, new)


def delete_subscription(tx: Transaction, one: Subscription) -> None:
    """Note in a transaction that a subscription is gone."""
    tx.count(_count_key(one.organization_id), -1)
    tx.delete(SUBSCRIPTIONS, one)


def _count_key(organization_id: str) -> Key:
    return Key(f"WEBHOOKS#{organization_id}", "COUNT")


def subscriptions_of(table: Table, organization_id: str) -> list[Subscription]:
    """Return the subscriptions of an organization as they are now, the oldest first."""
    return table.query_all(SUBSCRIPTIONS, f"WEBHOOKS#{organization_id}", prefix=_SUBSCRIPTION, consistent=True)


def subscriptions_to_review(table: Table) -> list[Subscription]:
    """Return the subscriptions that wait for an operator, the oldest first."""
    return table.query_all(SUBSCRIPTIONS, _REVIEW, index="GSI2")


def subscription_by_id(table: Table, subscription_id: str) -> Subscription | None:
    """Return a subscription of whichever organization as it is now, by its id alone."""
    found = table.query(SUBSCRIPTIONS, f"WEBHOOK#{subscription_id}", index="GSI1", prefix="SUBSCRIPTION", limit=1).items
    return table.get(SUBSCRIPTIONS, found[0].organization_id, subscription_id, consistent=True) if found else None


def subscribers(table: Table, audience: Iterable[str]) -> list[Subscription]:
    """Return the subscriptions of those whom an event concerns, whatever they ask for."""
    found: dict[str, Subscription] = {}
    for one in audience:
        held = (
            table.query_all(SUBSCRIPTIONS, _PUBLIC, index="GSI3") if one in EVERYBODY else subscriptions_of(table, one)
        )
        found |= {subscription.id: subscription for subscription in held}
    return list(found.values())


def deliveries_page(
    table: Table, subscription_id: str, state: DeliveryState | None, first: int, before: str | None
) -> Page[Delivery]:
    """Return a page of what was sent to a subscription, the newest first; `before` is the event that ended the last."""
    partition, index = f"WEBHOOK#{subscription_id}", "GSI1" if state else ""
    start = None
    if before is not None:
        at = delivery_key(f"{subscription_id}-{before}")
        start = {"PK": at.pk, "SK": at.sk}
        if state:
            start |= {"GSI1PK": f"{partition}#{state}", "GSI1SK": before}
    return table.query(
        DELIVERIES,
        f"{partition}#{state}" if state else partition,
        index=index,
        prefix="" if state else _DELIVERY,
        limit=first,
        newest_first=True,
        start=start,
        consistent=not index,
    )


def count_deliveries(table: Table, subscription_id: str, state: DeliveryState | None, most: int) -> int | None:
    """Return how many deliveries a subscription has; None where there are more than `most`."""
    partition = f"WEBHOOK#{subscription_id}"
    if state:
        return table.count(f"{partition}#{state}", index="GSI1", most=most)
    return table.count(partition, prefix=_DELIVERY, most=most)


def deliveries_between(table: Table, subscription_id: str, first: str, last: str, most: int) -> list[Delivery]:
    """Return deliveries of events whose ids are from `first` to `last`, the oldest first, at most `most` of them."""
    found: list[Delivery] = []
    between = (f"{_DELIVERY}{first}", f"{_DELIVERY}{last}")
    start = None
    while len(found) < most:
        page = table.query(
            DELIVERIES,
            f"WEBHOOK#{subscription_id}",
            between=between,
            limit=most - len(found),
            start=start,
            consistent=True,
        )
        found += page.items
        start = page.next_key
        if start is None:
            break
    return found
