"""Having something sent: a test, a delivery once more, or all of a span of time; and doing so when it is due."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.webhooks.access import deliverable, managed, require_manager
from souk.domains.webhooks.fanout import addressed
from souk.domains.webhooks.messages import Parcel, Parcels
from souk.domains.webhooks.model import Delivery, Happened
from souk.domains.webhooks.rules import requirements, retries
from souk.domains.webhooks.store import DELIVERIES, KEPT, deliveries_between, schedule_attempt
from souk.graph import Context
from souk.graph.lists import DateTimeRange
from souk.storage import Table, first_id
from souk.values.errors import NotFound, Unprocessable
from souk.values.times import stamp

REPLAY: Final = "webhooks.replay"
"""The work that is due when what was sent in a span of time is to be sent once more."""
MOST_REPLAYED: Final = 1_000
_AT_ONCE: Final = 50  # deliveries in one transaction
_MOST_ATTEMPTS: Final = 200
_TEST: Final = ("WEBHOOK", "TEST")
"""What a test tells. It is in no catalog: nobody can ask for it."""


def test(ctx: Context, subscription_id: str) -> Delivery:
    """Have a test sent to a subscription's address, whatever events it asks for."""
    subscription = deliverable(managed(ctx, subscription_id))
    entity, action = _TEST
    happened = Happened(event_id=ctx.table.new_id(), entity=entity, action=action, id=subscription.id)
    tx = ctx.table.transaction()
    stored = tx.create(DELIVERIES, addressed(subscription, happened, ctx.table.clock))
    schedule_attempt(tx, stored)
    tx.commit()
    return stored


def redeliver(ctx: Context, delivery_id: str) -> Delivery:
    """Have a delivery sent once more, whatever has become of it; it is tried ten times again."""
    require_manager(ctx.principal)
    delivery = ctx.table.get(DELIVERIES, delivery_id, consistent=True)
    if delivery is None or delivery.organization_id != ctx.principal.organization_id:
        raise NotFound("There is no such webhook delivery, or it is not yours to see.")
    deliverable(managed(ctx, delivery.subscription_id))
    if len(delivery.attempts) >= _MOST_ATTEMPTS:
        raise Unprocessable(f"This was tried {_MOST_ATTEMPTS} times, which is the limit.")
    tx = ctx.table.transaction()
    stored = tx.update(DELIVERIES, retries.queued(delivery, ctx.table.clock.real()))
    schedule_attempt(tx, stored)
    tx.commit()
    return stored


def replay(ctx: Context, subscription_id: str, time_range: DateTimeRange) -> int:
    """Have the events of a span of time sent once more, and return how many they are.

    Raises Unprocessable where they are more than MOST_REPLAYED.
    """
    subscription = deliverable(managed(ctx, subscription_id))
    first, last = requirements.span(time_range.range_start, time_range.range_end, ctx.now, KEPT)
    span = first_id(first), first_id(last + timedelta(milliseconds=1))
    found = deliveries_between(ctx.table, subscription.id, *span, MOST_REPLAYED + 1)
    if len(found) > MOST_REPLAYED:
        raise Unprocessable(f"timeRange: more than {MOST_REPLAYED} events; choose a shorter span.")
    queued = sum(replayable(one) for one in found)
    if queued:
        tx = ctx.table.transaction()
        schedule(tx, REPLAY, f"{subscription.id}-{span[0]}-{span[1]}", ctx.now)
        tx.commit()
    return queued


def replayable(delivery: Delivery) -> bool:
    """Say whether a delivery is of something that happened, and may be tried again."""
    return (delivery.entity, delivery.action) != _TEST and len(delivery.attempts) < _MOST_ATTEMPTS


def queue_due(table: Table, parcels: Parcels, delivery_id: str) -> None:
    """Queue a delivery whose time has come, which is a real moment; look again then if it has not come yet."""
    delivery = table.get(DELIVERIES, delivery_id, consistent=True)
    if delivery is None or delivery.next_attempt_date_time is None:
        return
    if delivery.next_attempt_date_time <= stamp(table.clock.real()):
        parcels.send([Parcel.of(delivery)])
        return
    tx = table.transaction()
    schedule_attempt(tx, delivery)
    tx.commit()


def replay_due(table: Table, parcels: Parcels, wanted: str) -> None:
    """Queue what `replay` has counted. What somebody else changes in this moment is on its way already."""
    subscription_id, first, last = wanted.split("-")
    found = [one for one in deliveries_between(table, subscription_id, first, last, MOST_REPLAYED) if replayable(one)]
    for start in range(0, len(found), _AT_ONCE):
        parcels.send([Parcel.of(one) for one in _queued(table, found[start : start + _AT_ONCE])])


def _queued(table: Table, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Note that deliveries are to be sent once more, and return those of which that could be noted."""
    tx, now = table.transaction(), table.clock.real()
    stored = [tx.update(DELIVERIES, retries.queued(one, now)) for one in deliveries]
    if tx.try_commit():
        return stored
    return [] if len(deliveries) == 1 else [noted for one in deliveries for noted in _queued(table, [one])]
