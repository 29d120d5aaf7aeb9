"""The `webhook_delivery` function: sends deliveries to the subscribers' addresses."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains.webhooks.commands.delivery import DeliveryWorker
from souk.domains.webhooks.deployment import delivery_queues, master_secret, private_addresses_allowed, queue_by_arn
from souk.domains.webhooks.messages import DeliveryMessage
from souk.domains.webhooks.sender import WebhookSender
from souk.entry.deployment import on_market_time, table
from souk.runtime.queues import Message, process_batch

_CONCURRENCY = 10  # the size of a batch, so that no delivery waits for another address


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the queues' batches. It reports the messages that failed; Lambda sends them again."""
    sender = WebhookSender(allow_private=private_addresses_allowed())
    worker = DeliveryWorker(table(), delivery_queues(), sender, master_secret)

    def deliver(message: Message) -> None:
        worker.process(DeliveryMessage.decode(message["body"]), queue_by_arn(message["eventSourceARN"]))

    return on_market_time(lambda event, _context: process_batch(event["Records"], deliver, _CONCURRENCY))
