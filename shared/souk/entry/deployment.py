"""The clock, the table and the request counters of this deployment."""

from functools import cache

from souk.authentication.rate_limits import Meter
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.storage import Table
from souk.values.clock import Clock


@cache
def clock() -> Clock:
    """Return the clock."""
    return Clock()


@cache
def table() -> Table:
    """Return the table. This function may write only the keys that it owns."""
    own = settings()
    return Table(aws.dynamodb(), own.table, clock(), own.writes, own.appends)


@cache
def meter() -> Meter:
    """Return the counters of requests."""
    own = settings()
    return Meter(aws.dynamodb(), own.counters, own.address_limit)
