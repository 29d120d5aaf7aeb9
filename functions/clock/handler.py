"""Has the work that is due done by its owners: every minute, and at once what the relay passes on."""

from datetime import UTC, datetime
from typing import Any

from souk.deadlines.clock import Clock
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.log import measure
from souk.runtime.settings import owners, settings

_clock = Clock(table(), aws.invoke, owners())


def handler(event: dict[str, Any], _context: object) -> None:
    """Take an event of EventBridge: one deadline that has come already, or the minute."""
    now = datetime.now(UTC)
    if deadline := event["detail"].get("deadline"):
        _clock.prompt(deadline, now)
    else:
        run = _clock.tick(now)
        measure("Behind", run.milliseconds_behind, settings().prefix)
