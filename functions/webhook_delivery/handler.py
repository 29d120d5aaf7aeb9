"""Delivery queues -> HTTP POST to a subscriber's address."""

from typing import Any

from souk.domains.webhooks.commands.delivery import DeliveryWorker, utc_now
from souk.domains.webhooks.deployment import delivery_queues, master_secret, private_addresses_allowed, queue_by_arn
from souk.domains.webhooks.messages import DeliveryMessage
from souk.domains.webhooks.sender import WebhookSender
from souk.entry.deployment import table
from souk.runtime.queues import Message, work_through

_AT_ONCE = 10  # the size of a batch, so that no delivery waits for another address

_worker = DeliveryWorker(
    table(), delivery_queues(), WebhookSender(allow_private=private_addresses_allowed()), master_secret, utc_now
)


def _deliver(message: Message) -> None:
    _worker.process(DeliveryMessage.decode(message["body"]), queue_by_arn(message["eventSourceARN"]))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Deliver a batch of a queue. Messages that fail return to the queue."""
    return work_through(event["Records"], _deliver, _AT_ONCE)
