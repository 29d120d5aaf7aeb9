"""One delivery attempt: read the delivery, post it, and store the attempt.

The attempt and the time of the next one are stored in one transaction. If the process ends between the post and that
transaction, the queue redelivers the message and the event is posted again: at least once.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import orjson

from souk.domains.webhooks.messages import DeliveryMessage, DeliveryQueue, DeliveryQueues
from souk.domains.webhooks.model import Attempt, Delivery, DeliveryState, SlowAddress, Subscription
from souk.domains.webhooks.rules import retries, signing
from souk.domains.webhooks.rules.states import Action, step
from souk.domains.webhooks.store import (
    DELIVERIES,
    SLOW_ADDRESSES,
    SUBSCRIPTIONS,
    delivery_key,
    schedule_attempt,
    slow_address_key,
    subscription_key,
)
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.values.times import stamp

if TYPE_CHECKING:
    from souk.domains.webhooks.sender import Outcome

SLOW_MILLISECONDS: Final = 3_000
"""An address that takes this long moves to the slow queue, so that it does not delay other addresses."""
_SLOW_PERIOD: Final = timedelta(minutes=10)
_GONE_REASON: Final = "The address answered 410 (gone)."


class Sender(Protocol):
    """Posts a body to an address (`sender.WebhookSender`)."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> "Outcome":
        """Post the body and return the outcome. A failure of the address is an outcome, not an exception."""


class _Job(NamedTuple):
    """A delivery that is due, with the records that it needs."""

    delivery: Delivery
    subscription: Subscription
    slow_address: SlowAddress | None


class DeliveryWorker:
    """Makes delivery attempts. One worker handles all messages of a process."""

    def __init__(self, table: Table, queues: DeliveryQueues, sender: Sender, master: Callable[[], bytes]) -> None:
        """`master` returns the secret that the secrets of all subscriptions are derived from."""
        self._table = table
        self._queues = queues
        self._sender = sender
        self._master = master
        self._clock = table.clock

    def process(self, message: DeliveryMessage, queue: DeliveryQueue) -> bool | None:
        """Make the attempt of a message, unless it was made already or its delivery is no longer pending.

        Returns whether the address accepted it, or None without an attempt.
        """
        job = self._load(message)
        if job is None:
            return None
        if not job.subscription.active:
            self._mark_failed(job.delivery)
        elif (
            queue is DeliveryQueue.STANDARD and job.slow_address and job.slow_address.until > stamp(self._clock.real())
        ):
            self._queues.send([message], DeliveryQueue.SLOW)
        else:
            return self._attempt(job)
        return None

    def _load(self, message: DeliveryMessage) -> _Job | None:
        at_delivery = delivery_key(message.delivery_id)
        at_subscription = subscription_key(message.organization_id, message.subscription_id)
        at_slow_address = slow_address_key(message.subscription_id)
        items = self._table.batch_get([at_delivery, at_subscription, at_slow_address], consistent=True)
        if at_delivery not in items or at_subscription not in items:
            return None
        delivery = DELIVERIES.decode(items[at_delivery])
        if not delivery.pending or delivery.turn != message.turn:
            return None
        slow_address = SLOW_ADDRESSES.decode(items[at_slow_address]) if at_slow_address in items else None
        return _Job(delivery, SUBSCRIPTIONS.decode(items[at_subscription]), slow_address)

    def _mark_failed(self, delivery: Delivery) -> None:
        """Store that a delivery failed because its subscription is not active."""
        tx = self._table.transaction()
        tx.update(
            DELIVERIES, delivery.model_copy(update={"state": DeliveryState.FAILED, "next_attempt_date_time": None})
        )
        tx.try_commit()  # a concurrent redelivery wins

    def _attempt(self, job: _Job) -> bool:
        delivery, subscription = job.delivery, job.subscription
        begun = self._clock.real()
        body = request_body(delivery)
        secrets = [signing.derive_secret(self._master(), subscription.id, salt) for salt in subscription.salts(begun)]
        headers = signing.headers(delivery.event_id, body, begun, secrets)
        outcome = self._sender.post(subscription.url, body.encode(), headers)
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
        self._record_attempt(delivery, attempt)
        if outcome.status == retries.GONE:
            self._disable(subscription)
        if outcome.milliseconds >= SLOW_MILLISECONDS:
            self._mark_slow(job)
        return retries.accepted(outcome.status)

    def _record_attempt(self, delivery: Delivery, attempt: Attempt) -> None:
        """Store an attempt and schedule the next one.

        If the delivery was queued again meanwhile, only add the attempt to its history.
        """
        now, loaded = self._clock.real(), [delivery]  # read again only after a conflict

        def record(tx: Transaction) -> None:
            current = loaded.pop() if loaded else self._table.get(DELIVERIES, delivery.id, consistent=True)
            if current is None:
                return
            if current.pending and current.turn == delivery.turn:
                attempted = retries.after_attempt(current, attempt, now)
                tx.update(DELIVERIES, attempted)
                schedule_attempt(tx, attempted)
            else:
                tx.update(DELIVERIES, current.model_copy(update={"attempts": (*current.attempts, attempt)}))

        self._table.retry_until_committed(record, refused=Conflict("This delivery is being changed concurrently."))

    def _disable(self, subscription: Subscription) -> None:
        """Disable a subscription whose address is gone, unless its address has changed meanwhile."""

        def disable(tx: Transaction) -> None:
            current = self._table.get(SUBSCRIPTIONS, subscription.organization_id, subscription.id, consistent=True)
            if current is None or not current.active or current.url != subscription.url:
                return
            disabled = {
                "state": step(current.state, Action.GONE),
                "state_reason": _GONE_REASON,
                "modified_date_time": stamp(self._clock.market()),
            }
            tx.update(SUBSCRIPTIONS, current.model_copy(update=disabled))

        with suppress(Conflict):  # the next delivery finds the address gone again
            self._table.retry_until_committed(disable)

    def _mark_slow(self, job: _Job) -> None:
        """Send the next deliveries to this address through the slow queue for a while."""
        until = stamp(self._clock.real() + _SLOW_PERIOD)
        tx = self._table.transaction()
        if job.slow_address is None:
            tx.create(SLOW_ADDRESSES, SlowAddress(subscription_id=job.subscription.id, until=until))
        else:
            tx.update(SLOW_ADDRESSES, job.slow_address.model_copy(update={"until": until}))
        tx.try_commit()  # a concurrent attempt may have marked it already


def request_body(delivery: Delivery) -> str:
    """Return the body to post, exactly as the contract defines it (reference, "Subscriptions in GraphQL")."""
    return orjson.dumps({"entity": delivery.entity, "action": delivery.action, "id": delivery.entity_id}).decode()
