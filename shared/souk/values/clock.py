"""The clock. This is the only module that reads the machine's clock; everything else uses a `Clock`."""

from datetime import UTC, datetime, timedelta


class Clock:
    """The market time and the real time. A deployment has one clock, which `Table` carries.

    `market` is the time of the marketplace: requests to the API (`Context.now`), rules, events, deadlines, ids, and
    stored creation, modification and expiry times. `real` is for everything outside it: tokens, codes, secrets,
    sessions, signatures, retries, rate limits, presigned URLs, objects in S3, and DynamoDB's TTL. The two are the same
    unless the market time is moved.

    Never compare a market time with a real time: add `ahead` to the real one first. Measure durations with
    `time.perf_counter` or `time.monotonic`, not with a clock.
    """

    def __init__(self, *, movable: bool = False) -> None:
        self.movable = movable
        """Whether operators may move the market time of this deployment (`souk.storage.market_time`)."""
        self.ahead = timedelta(0)
        """How far the market time is ahead of the real time."""

    def market(self) -> datetime:
        """Return the market time, UTC."""
        return self.real() + self.ahead

    def real(self) -> datetime:
        """Return the real time, UTC."""
        return datetime.now(UTC)
