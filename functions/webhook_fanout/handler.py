"""Event bus -> queue -> one delivery for each subscription that asks for the event."""

from datetime import UTC, datetime
from typing import Any

import orjson

from souk.domains.webhooks.commands.fanout import fan_out
from souk.domains.webhooks.deployment import parcels
from souk.entry.deployment import table
from souk.runtime.queues import Message, work_through


def _tell(message: Message) -> None:
    fan_out(table(), parcels(), orjson.loads(message["body"])["detail"], datetime.now(UTC))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch of the queue; what fails comes again."""
    return work_through(event["Records"], _tell)
