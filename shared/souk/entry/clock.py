"""The `clock` function: runs the work that is due, every minute, and at once when the relay passes on a deadline."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from souk.deadlines.clock import Clock
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.log import measure
from souk.runtime.settings import owners, settings


def make_handler() -> Callable[[Mapping[str, Any], object], None]:
    """Return the handler of EventBridge's events: a deadline that has come already, or the minute."""
    clock = Clock(table(), aws.invoke, owners())

    def handle(event: Mapping[str, Any], _context: object) -> None:
        now = datetime.now(UTC)
        if deadline := event["detail"].get("deadline"):
            clock.prompt(deadline, now)
        else:
            measure("Behind", clock.tick(now).milliseconds_behind, settings().prefix)

    return handle
