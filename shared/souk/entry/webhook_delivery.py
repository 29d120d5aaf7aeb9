"""The `webhook_delivery` function: sends deliveries to the subscribers' addresses."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains.webhooks.commands.delivery import DeliveryWorker
from souk.domains.webhooks.deployment import delivery_queues, master_secret, private_addresses_allowed, queue_by_arn
from souk.domains.webhooks.messages import DeliveryMessage
from souk.domains.webhooks.sender import WebhookSender
from souk.entry.deployment import on_market_time, table
from souk.runtime.log import WEBHOOK_ATTEMPTS, WEBHOOK_FAILURES, record_metric
from souk.runtime.queues import Message, process_batch
from souk.runtime.settings import settings

_CONCURRENCY = 10  # the size of a batch, so that no delivery waits for another address


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the queues' batches. It reports the messages that failed; Lambda sends them again."""
    sender = WebhookSender(allow_private=private_addresses_allowed())
    worker = DeliveryWorker(table(), delivery_queues(), sender, master_secret)

    def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        accepted: list[bool] = []

        def deliver(message: Message) -> None:
            delivery = DeliveryMessage.decode(message["body"])
            outcome = worker.process(delivery, queue_by_arn(message["eventSourceARN"]))
            if outcome is not None:
                accepted.append(outcome)

        answer = process_batch(event["Records"], deliver, _CONCURRENCY)
        record_metric(WEBHOOK_ATTEMPTS, len(accepted), "Count", settings().prefix)
        record_metric(WEBHOOK_FAILURES, accepted.count(False), "Count", settings().prefix)
        return answer

    return on_market_time(handle)
