"""The `clock` function: runs deadlines, every minute, and at once when the relay sends one that is already due."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.deadlines.poller import DeadlinePoller
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.log import BEHIND, record_metric
from souk.runtime.settings import owners, settings
from souk.storage import market_time


def make_handler() -> Callable[[Mapping[str, Any], object], None]:
    """Return the handler of EventBridge's events: every minute, or for one deadline."""
    own = table()
    poller = DeadlinePoller(own, aws.invoke, owners())

    def handle(event: Mapping[str, Any], _context: object) -> None:
        offset = market_time.read(own)
        now = own.clock.market()
        if deadline := event["detail"].get("deadline"):
            poller.run_one(deadline, now)
        else:
            run = poller.tick(now, offset.oldest_writer(own.clock))
            record_metric(BEHIND, run.milliseconds_behind, "Milliseconds", settings().prefix)

    return handle
