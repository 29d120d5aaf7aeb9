"""The `webhook_fanout` function: creates a delivery of an event for each subscription that matches it."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from souk.domains.webhooks.commands.fanout import fan_out
from souk.domains.webhooks.deployment import delivery_queues
from souk.entry.deployment import on_market_time, table
from souk.runtime.queues import Message, process_batch


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the queue's batches. It reports the messages that failed; Lambda sends them again."""
    own, queues = table(), delivery_queues()

    def take(message: Message) -> None:
        fan_out(own, queues, orjson.loads(message["body"])["detail"])

    return on_market_time(lambda event, _context: process_batch(event["Records"], take))
