"""Parses the days and points in time of requests: `2026-01-31` or `2026-01-31T12:00+0100`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from souk.values.errors import Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day in UTC or a point in time: from `first` until before `after`. For a point the two are the same."""

    first: str
    after: str

    def meets(self, starts: str, ends: str | None) -> bool:
        """Return whether the period from `starts` until before `ends` (None: open) overlaps it."""
        if self.first == self.after:
            return starts <= self.first and (ends is None or self.first < ends)
        return starts < self.after and (ends is None or (self.first < ends and starts < ends))


def moment(path: str, text: str) -> Moment:
    """Parse a day or a point in time. Raises Unprocessable for anything else."""
    try:
        if _DAY.fullmatch(text):
            midnight = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return Moment(stamp(midnight), stamp(midnight + _ONE_DAY))
        if _TIME.fullmatch(text):
            at = stamp(datetime.fromisoformat(text))
            return Moment(at, at)
    except (ValueError, OverflowError):
        pass  # not a calendar day, or out of range
    raise Unprocessable(f"{path}: must be a day such as 2026-01-31, or a time such as 2026-01-31T12:00+0100.")


def due_date(problems: Problems, path: str, given: str | None) -> str | None:
    """Return a date, or the date of a time, as YYYY-MM-DD; None if there is none."""
    if not given:
        return None
    try:
        parsed: date = datetime.fromisoformat(given).date()
    except ValueError:
        problems.add(path, "must be an ISO 8601 date, such as 2027-01-31.")
        return None
    return parsed.isoformat()
