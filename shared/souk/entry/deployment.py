"""The clock, the table and the request counters of this deployment."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from souk.authentication.rate_limits import Meter
from souk.domains import load, names_with
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.storage import Table, market_time
from souk.storage.served import serve
from souk.values.clock import Clock

Answer = TypeVar("Answer")


@cache
def clock() -> Clock:
    """Return the clock."""
    return Clock(movable=settings().test_clock)


@cache
def table() -> Table:
    """Return the table. This function may write only the keys that it owns."""
    own = settings()
    found = Table(aws.dynamodb(), own.table, clock(), own.writes, own.appends)
    serve(found)
    return found


@cache
def meter() -> Meter:
    """Return the counters of requests."""
    own = settings()
    return Meter(aws.dynamodb(), own.counters, own.address_limit)


def import_domains() -> None:
    """Import all domains, as any request may need any of them. Done before a snapshot (`souk.runtime.snapshot`)."""
    for name in names_with("resolvers"):
        load(name)


def on_market_time(handle: Callable[[Any, Any], Answer]) -> Callable[[Any, Any], Answer]:
    """Return a handler that first reads the market time, if this deployment's can be moved.

    For everything but requests to the API, which read it together with the caller's token.
    """
    if not clock().movable:
        return handle

    def handle_then(event: Any, context: Any) -> Answer:
        market_time.read(table())
        return handle(event, context)

    return handle_then
