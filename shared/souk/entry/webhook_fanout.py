"""The `webhook_fanout` function: makes a delivery of an event for each subscription that wants it."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from souk.domains.webhooks.deployed import parcels
from souk.domains.webhooks.fanout import fan_out
from souk.entry.deployment import table
from souk.runtime.queues import Message, work_through


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the queue's batches. It reports the messages that failed; Lambda sends them again."""
    own, queues = table(), parcels()

    def take(message: Message) -> None:
        fan_out(own, queues, orjson.loads(message["body"])["detail"])

    return lambda event, _context: work_through(event["Records"], take)
