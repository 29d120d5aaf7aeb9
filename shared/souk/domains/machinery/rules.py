"""How long events are kept, and the periods of them that can be asked for. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from souk.values.errors import Unprocessable
from souk.values.moments import Period
from souk.values.times import stamp

EVENT_DAYS: Final = 7
"""How long events are kept."""


def event_period(given: Period, now: datetime) -> Period:
    """Return a period with both ends, within the days that events are kept. Raises Unprocessable."""
    oldest, last = stamp(now - timedelta(days=EVENT_DAYS)), min(given.last or stamp(now), stamp(now))
    if given.first and given.first < oldest[:10]:
        raise Unprocessable(f"Events are kept for {EVENT_DAYS} days; this period begins earlier.")
    return Period(max(given.first or oldest, oldest), last)


def days_of(period: Period) -> Iterator[str]:
    """Yield the days of a period with both ends, newest first: `2026-07-01`."""
    if period.first is None or period.last is None or period.first > period.last:
        return
    day, first = datetime.fromisoformat(period.last).date(), datetime.fromisoformat(period.first).date()
    while day >= first:
        yield day.isoformat()
        day -= timedelta(days=1)
