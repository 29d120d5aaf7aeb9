"""DynamoDB stream -> EventBridge bus."""

from typing import Any

from souk.entry.deployment import clock
from souk.events.relay import relay
from souk.runtime import aws
from souk.runtime.settings import settings


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch of the stream; what could not be put on the bus is reported back and comes again."""
    failed = relay(event["Records"], aws.events(), settings().bus, clock().market())
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in failed]}
