"""The `images` function: processes portraits and logos when they are in the bucket."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains.files.commands.pictures import process
from souk.entry.deployment import on_market_time, table


def make_handler() -> Callable[[Mapping[str, Any], object], None]:
    """Return the handler of the event "Object Created" of S3, as EventBridge sends it."""
    own = table()
    return on_market_time(lambda event, _context: process(own, event["detail"]["object"]["key"]))
