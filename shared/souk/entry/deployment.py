"""The clock and the storage of this deployment, as the function that this process is may use it."""

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
    """Return the table, of which this function may write what it owns."""
    own = settings()
    return Table(aws.dynamodb(), own.table, clock(), own.writes)


@cache
def meter() -> Meter:
    """Return the counter of requests."""
    own = settings()
    return Meter(aws.dynamodb(), own.counters, own.address_limit)
