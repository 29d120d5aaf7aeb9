"""The `relay` function: puts events and deadlines from the table's stream on the event bus."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.entry.deployment import clock, on_market_time
from souk.events.relay import relay
from souk.runtime import aws
from souk.runtime.settings import settings


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the stream's batches. It reports failed records, which Lambda retries."""
    bus = settings().bus

    def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        failed = relay(event["Records"], aws.events(), bus, clock().market())
        return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in failed]}

    return on_market_time(handle)
