"""Functions that serve plain HTTP beside their part of the graph."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.deadlines.runner import is_due
from souk.entry.deployment import clock, meter
from souk.web import Request, Router

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def combined_handler(router: Callable[[], Router]) -> Handler:
    """Return a handler that sends all paths but those of GraphQL to a router, made when it is first needed."""

    def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        if not is_due(event) and not event["path"].startswith("/graphql"):
            return router()(event, context)
        # The graph is the larger half of a cold start, and most requests here do not need it.
        from souk.entry import api  # noqa: PLC0415

        return api.make_handler()(event, context)

    return handle


def admit(request: Request) -> None:
    """Raise TooManyRequests for an address that asks too often."""
    meter().admit_address(request.source_ip, clock().real())
