"""Event bus -> queue -> one delivery for each subscription that matches the event."""

from datetime import UTC, datetime
from typing import Any

import orjson

from souk.domains.webhooks.commands.fanout import fan_out
from souk.domains.webhooks.deployment import delivery_queues
from souk.entry.deployment import table
from souk.runtime.queues import Message, work_through


def _fan_out(message: Message) -> None:
    fan_out(table(), delivery_queues(), orjson.loads(message["body"])["detail"], datetime.now(UTC))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fan out a batch of the queue. Messages that fail return to the queue."""
    return work_through(event["Records"], _fan_out)
