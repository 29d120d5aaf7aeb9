"""Has the work that is due done by its owners: every minute, and at once what the relay passes on."""

from typing import Any

from souk.deadlines.poller import DeadlinePoller
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.log import measure
from souk.runtime.settings import owners, settings

_poller = DeadlinePoller(table(), aws.invoke, owners())


def handler(event: dict[str, Any], _context: object) -> None:
    """Take an event of EventBridge: one deadline that has come already, or the minute."""
    now = table().clock.market()
    if deadline := event["detail"].get("deadline"):
        _poller.prompt(deadline, now)
    else:
        run = _poller.tick(now)
        measure("Behind", run.milliseconds_behind, settings().prefix)
