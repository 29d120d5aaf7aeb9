"""What time it is. This is the only module that reads the machine's clock; everything else asks a `Clock`."""

from datetime import UTC, datetime, timedelta


class Clock:
    """The time, in two readings. The composition makes one clock, and `Table` carries it to whoever needs the time.

    `market` is the time of the marketplace: requests to the API (`Context.now`), rules, events, deadlines, ids, and
    what is stored as created, modified or expiring. `real` is the time of the world outside: tokens, codes, secrets,
    sessions, signatures, retries, limits of requests, presigned addresses, objects in S3, and what DynamoDB deletes
    by its TTL. They are the same unless the market's time is moved.

    Never compare one with the other: a real moment plus `ahead` is that moment by the market's time. Durations are
    measured with `time.perf_counter` or `time.monotonic`, which are no points in time.
    """

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        """How far the market's time is ahead of the real one."""

    def market(self) -> datetime:
        """Return the marketplace's time, UTC."""
        return self.real() + self.ahead

    def real(self) -> datetime:
        """Return the machine's time, UTC."""
        return datetime.now(UTC)
