"""Reads the days, points in time and periods of requests. All arguments of operations are read here.

A day is `2026-01-31` or `20260131`, and names the whole day in UTC. A point in time is `2026-01-31T12:00:00+0100`,
without an offset in UTC. Programs that were written for the contract send all of these for the same argument.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from souk.values.errors import Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

EXPECTED: Final = (
    "must be a day such as 2026-01-31 or 20260131, or a point in time such as 2026-01-31T12:00:00Z or "
    "2026-01-31T12:00:00+0100."
)
"""The message about any other text."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{8}", re.ASCII)
_POINT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_LAST_OF_DAY: Final = timedelta(days=1, milliseconds=-1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a point in time, as stored times: from `first` to `last`, both inclusive. For a point they are equal."""

    first: str
    last: str
    day: date
    """The calendar day, as it was written: in the request's offset."""

    def day_at(self, offset: timedelta) -> date:
        """Return the day that it names. A point names the day that holds it in the zone with this offset from UTC."""
        if self.first != self.last:
            return self.day
        try:
            return (datetime.fromisoformat(self.first) + offset).date()
        except OverflowError:  # at the ends of the calendar
            return self.day

    def meets(self, starts: str, ends: str | None) -> bool:
        """Return whether the period from `starts` until before `ends` (None: open) overlaps it."""
        return starts <= self.last and (ends is None or (self.first < ends and starts < ends))


@dataclass(frozen=True, slots=True)
class Period:
    """A period of stored times. Both ends belong to it; None is an open end."""

    first: str | None
    last: str | None

    def includes(self, time: str) -> bool:
        """Return whether a stored time is in the period."""
        return (self.first is None or self.first <= time) and (self.last is None or time <= self.last)


def parse(text: str) -> Moment | None:
    """Return a day or a point in time; None for any other text."""
    try:
        if _DAY.fullmatch(text):
            midnight = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return Moment(stamp(midnight), stamp(midnight + _LAST_OF_DAY), midnight.date())
        if _POINT.fullmatch(text):
            point = datetime.fromisoformat(text)
            at = stamp(point if point.tzinfo else point.replace(tzinfo=UTC))
            return Moment(at, at, point.date())
    except (ValueError, OverflowError):
        pass  # not a calendar day, or out of range
    return None


def moment(path: str, text: str) -> Moment:
    """Parse the argument at a path. Raises Unprocessable unless it is a day or a point in time."""
    parsed = parse(text)
    if parsed is None:
        raise Unprocessable(f"{path}: {EXPECTED}")
    return parsed


def period(path: str, first: tuple[str, str | None], last: tuple[str, str | None]) -> Period:
    """Parse the two ends of a period, each with its name below the path. An end that is None is open.

    Raises Unprocessable for any other text, and if the period ends before it begins.
    """
    begin, end = (None if text is None else moment(f"{path}.{name}", text) for name, text in (first, last))
    if begin and end and end.last < begin.first:
        raise Unprocessable(f"{path}: the end is before the start.")
    return Period(begin.first if begin else None, end.last if end else None)


def days(
    path: str, first: tuple[str, str | None], last: tuple[str, str | None], offset: timedelta
) -> tuple[date | None, date | None]:
    """Parse the two ends of a range of days, as `period` does. A point in time names its day (`Moment.day_at`)."""
    begin, end = (
        None if text is None else moment(f"{path}.{name}", text).day_at(offset) for name, text in (first, last)
    )
    if begin and end and end < begin:
        raise Unprocessable(f"{path}: the end is before the start.")
    return begin, end


def day(problems: Problems, path: str, given: str | None) -> date | None:
    """Return the calendar day of a day or a point in time; None without one. Any other text is reported."""
    if not given:
        return None
    parsed = parse(given)
    if parsed is None:
        problems.add(path, EXPECTED)
        return None
    return parsed.day


def due_date(problems: Problems, path: str, given: str | None) -> str | None:
    """Return `day` as it is stored: `2026-01-31`."""
    parsed = day(problems, path, given)
    return parsed.isoformat() if parsed else None
