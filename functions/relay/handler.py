"""DynamoDB stream -> EventBridge bus."""

from datetime import UTC, datetime
from typing import Any

from souk.events.relay import relay
from souk.runtime import aws
from souk.runtime.settings import settings


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Relay a batch of the stream. Records that the bus refused are reported back, and the stream sends them again."""
    failed = relay(event["Records"], aws.events(), settings().bus, datetime.now(UTC))
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in failed]}
