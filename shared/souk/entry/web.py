"""The handler of functions that serve web routes in addition to their part of the graph."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.entry.deployment import clock, import_domains, meter, on_market_time
from souk.runtime import snapshot
from souk.web import Request, Router

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def combined_handler(router: Callable[[], Router]) -> Handler:
    """Return a handler that sends GraphQL paths to the API and all others to a router, created on first use."""

    def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        if "path" in event and not event["path"].startswith("/graphql"):
            return on_market_time(router())(event, context)
        # Importing the graph takes more than half of a cold start, and most requests here do not need it.
        from souk.entry import api  # noqa: PLC0415

        return api.make_handler()(event, context)

    snapshot.before(_preload)
    return handle


def _preload() -> None:
    from souk.entry import api  # noqa: PLC0415 - as above

    api.make_handler()
    import_domains()


def admit(request: Request) -> None:
    """Raise TooManyRequests if an IP address exceeds its limit."""
    meter().admit_address(request.source_ip, clock().real())
