"""One try to deliver, from the queue to the table: post it, and note what became of it.

What is noted is the attempt, with the next one where there is to be one, in one transaction. If the process ends
between the post and the note, the queue brings the message again and the event is sent once more: at least once.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import orjson

from souk.domains.webhooks import signing
from souk.domains.webhooks.messages import Lane, Parcel, Parcels
from souk.domains.webhooks.model import Attempt, Delivery, DeliveryState, Slowness, Subscription
from souk.domains.webhooks.rules import retries
from souk.domains.webhooks.rules.states import Action, step
from souk.domains.webhooks.store import (
    DELIVERIES,
    SLOW,
    SUBSCRIPTIONS,
    delivery_key,
    schedule_attempt,
    slowness_key,
    subscription_key,
)
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.values.times import stamp

if TYPE_CHECKING:
    from souk.domains.webhooks.sender import Outcome

SLOW_MILLISECONDS: Final = 3_000
"""What takes longer is served apart from the rest, so that nobody waits for it."""
_SLOW_FOR: Final = timedelta(minutes=10)
_GONE: Final = "The address answered 410 (gone)."


class Post(Protocol):
    """Sends a body to an address (`postman.Postman`)."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> "Outcome":
        """Send it, and say what became of it; raises nothing that the address can cause."""


class _Known(NamedTuple):
    """What the table has about a try that is to be made."""

    delivery: Delivery
    subscription: Subscription
    slow: Slowness | None


class Carrier:
    """Makes tries. One serves all messages of a process."""

    def __init__(self, table: Table, parcels: Parcels, postman: Post, master: Callable[[], bytes]) -> None:
        """`master` returns what the secrets of subscriptions are made of."""
        self._table = table
        self._parcels = parcels
        self._postman = postman
        self._master = master
        self._clock = table.clock

    def carry(self, parcel: Parcel, lane: Lane) -> None:
        """Make the try that a message asks for, unless it was made already or is not wanted any more."""
        known = self._look_up(parcel)
        if known is None:
            return
        if not known.subscription.active:
            self._give_up(known.delivery)
        elif lane is Lane.COMMON and known.slow and known.slow.until > stamp(self._clock.real()):
            self._parcels.send([parcel], Lane.SLOW)
        else:
            self._try(known)

    def _look_up(self, parcel: Parcel) -> _Known | None:
        at = delivery_key(parcel.delivery_id)
        of = subscription_key(parcel.organization_id, parcel.subscription_id)
        mark = slowness_key(parcel.subscription_id)
        items = self._table.batch_get([at, of, mark], consistent=True)
        if at not in items or of not in items:
            return None
        delivery = DELIVERIES.decode(items[at])
        if not delivery.pending or delivery.turn != parcel.turn:
            return None
        slow = SLOW.decode(items[mark]) if mark in items else None
        return _Known(delivery, SUBSCRIPTIONS.decode(items[of]), slow)

    def _give_up(self, delivery: Delivery) -> None:
        """Note that nothing is sent, because the subscription is not served now."""
        tx = self._table.transaction()
        tx.update(
            DELIVERIES, delivery.model_copy(update={"state": DeliveryState.FAILED, "next_attempt_date_time": None})
        )
        tx.try_commit()  # or somebody has it sent once more

    def _try(self, known: _Known) -> None:
        delivery, subscription = known.delivery, known.subscription
        begun = self._clock.real()
        body = body_of(delivery)
        signed_with = [signing.secret_of(self._master(), subscription.id, salt) for salt in subscription.salts(begun)]
        headers = signing.headers(delivery.event_id, body, begun, signed_with)
        outcome = self._postman.post(subscription.url, body.encode(), headers)
        attempt = Attempt(
            attempted_date_time=stamp(begun),
            status_code=outcome.status,
            error=outcome.error,
            duration_ms=outcome.milliseconds,
        )
        logger.info(
            "webhook",
            subscription=subscription.id,
            event_id=delivery.event_id,
            status=outcome.status,
            error=outcome.error,
            milliseconds=outcome.milliseconds,
            attempts=delivery.tried + 1,
        )
        self._note(delivery, attempt)
        if outcome.status == retries.GONE:
            self._end(subscription)
        if outcome.milliseconds >= SLOW_MILLISECONDS:
            self._mark(known)

    def _note(self, delivery: Delivery, attempt: Attempt) -> None:
        """Note an attempt, with the next one. Where the delivery has had another turn meanwhile, that it was made."""
        now, known = self._clock.real(), [delivery]  # which is read again only where it has changed

        def note(tx: Transaction) -> None:
            current = known.pop() if known else self._table.get(DELIVERIES, delivery.id, consistent=True)
            if current is None:
                return
            if current.pending and current.turn == delivery.turn:
                tried = retries.after(current, attempt, now)
                tx.update(DELIVERIES, tried)
                schedule_attempt(tx, tried)
            else:
                tx.update(DELIVERIES, current.model_copy(update={"attempts": (*current.attempts, attempt)}))

        self._table.retry_until_committed(note, refused=Conflict("Others keep changing this delivery."))

    def _end(self, subscription: Subscription) -> None:
        """Disable a subscription whose address wants no more, unless it has another address by now."""

        def end(tx: Transaction) -> None:
            found = self._table.get(SUBSCRIPTIONS, subscription.organization_id, subscription.id, consistent=True)
            if found is None or not found.active or found.url != subscription.url:
                return
            ended = {
                "state": step(found.state, Action.GONE),
                "state_reason": _GONE,
                "modified_date_time": stamp(self._clock.market()),
            }
            tx.update(SUBSCRIPTIONS, found.model_copy(update=ended))

        with suppress(Conflict):  # the next delivery finds the address gone again
            self._table.retry_until_committed(end)

    def _mark(self, known: _Known) -> None:
        """Have the deliveries that follow served apart for a while."""
        until = stamp(self._clock.real() + _SLOW_FOR)
        tx = self._table.transaction()
        if known.slow is None:
            tx.create(SLOW, Slowness(subscription_id=known.subscription.id, until=until))
        else:
            tx.update(SLOW, known.slow.model_copy(update={"until": until}))
        tx.try_commit()  # or another has marked it in this moment


def body_of(delivery: Delivery) -> str:
    """Return what is posted: exactly what the contract says (reference, "Subscriptions in GraphQL")."""
    return orjson.dumps({"entity": delivery.entity, "action": delivery.action, "id": delivery.entity_id}).decode()
