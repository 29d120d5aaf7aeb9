"""The `live` function: opens and closes sockets."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains.live.web import LiveApi
from souk.entry.deployment import meter, table


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the routes of the WebSocket API."""
    return LiveApi(table(), meter())
