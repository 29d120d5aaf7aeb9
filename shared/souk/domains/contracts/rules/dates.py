"""Days and times as requests name them: `2026-01-31`, or `2026-01-31T12:00+0100`. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from souk.values.errors import Unprocessable
from souk.values.times import stamp

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_ONE_DAY: Final = timedelta(days=1)
_TIME_ZONES: Final = timedelta(hours=14)
"""The furthest that any clock on Earth is from UTC."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day in UTC, or a point in time: from `first` until before `after`, which are the same for a point."""

    first: str
    after: str

    def meets(self, starts: str, ends: str | None) -> bool:
        """Say whether something that lasts from `starts` until before `ends` is in force at any time of it."""
        if self.first == self.after:
            return starts <= self.first and (ends is None or self.first < ends)
        return starts < self.after and (ends is None or (self.first < ends and starts < ends))


def moment(path: str, text: str) -> Moment:
    """Read a day or a point in time. Raises Unprocessable for anything else."""
    try:
        if _DAY.fullmatch(text):
            midnight = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return Moment(stamp(midnight), stamp(midnight + _ONE_DAY))
        if _TIME.fullmatch(text):
            at = stamp(datetime.fromisoformat(text))
            return Moment(at, at)
    except (ValueError, OverflowError):
        pass  # no day of the calendar, or beyond it
    raise Unprocessable(f"{path}: a day such as 2026-01-31, or a time such as 2026-01-31T12:00+0100.")


def require_today(path: str, text: str | None, now: datetime) -> None:
    """Raise Unprocessable for a day, or the day of a time, that is not today anywhere on Earth. None is today."""
    if text is None:
        return
    moment(path, text)
    day = date.fromisoformat(text[:10])
    if not (now - _TIME_ZONES).date() <= day <= (now + _TIME_ZONES).date():
        raise Unprocessable(f"{path}: a contract ends at once; leave this out, or give the day that it is.")


def months_later(at: datetime, months: int) -> datetime:
    """Return the same day of a later month, or the last one of that month where it has no such day."""
    years, month = divmod(at.month - 1 + months, 12)
    first = at.replace(year=at.year + years, month=month + 1, day=1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - _ONE_DAY
    return first.replace(day=min(at.day, last.day))
