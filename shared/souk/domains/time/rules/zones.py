"""Days of the diary, in the zone of a question. Pure.

A zone is an offset from UTC. A cell belongs to the day that holds its start, also where midnight is within the cell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from souk.domains.time.model import CELLS_OF_A_DAY, Slot
from souk.domains.time.rules.hours import CELLS_OF_AN_HOUR
from souk.domains.time.rules.weeks import CELL, DAY, cell_start, start_of
from souk.values.errors import Unprocessable
from souk.values.moments import moment

NO_OFFSET: Final = timedelta()
MOST_DAYS: Final = 366
"""The days of a range of days."""
_LEAST_OFFSET, _GREATEST_OFFSET = -43_200, 50_400
_MINUTE: Final = 60
_FIRST, _LAST = date(1970, 1, 2), date(9998, 12, 31)
"""Days that have a day before and after in every zone, and the time of a screenshot's expiry."""


@dataclass(frozen=True, slots=True)
class Span:
    """Cells of a day that follow each other, in UTC. Both ends belong to it."""

    day: date
    first: int
    last: int

    @property
    def starts(self) -> tuple[datetime, datetime]:
        """The starts of the first and of the last cell."""
        return cell_start(self.day, self.first), cell_start(self.day, self.last)


def offset_of(path: str, seconds: int | None) -> timedelta:
    """Return the offset from UTC of a zone; none for UTC.

    Raises Unprocessable unless it is whole minutes from -12:00 to +14:00.
    """
    seconds = seconds or 0
    if seconds % _MINUTE or not _LEAST_OFFSET <= seconds <= _GREATEST_OFFSET:
        raise Unprocessable(
            f"{path}: must be whole minutes in seconds, from {_LEAST_OFFSET} to {_GREATEST_OFFSET}, such as 3600."
        )
    return timedelta(seconds=seconds)


def day_of(path: str, text: str, offset: timedelta = NO_OFFSET) -> date:
    """Return the day that an argument names. A point in time names the day that holds it in the zone.

    Raises Unprocessable for any other text, and for a day that no diary has.
    """
    day = moment(path, text).day_at(offset)
    if not _FIRST <= day <= _LAST:
        raise Unprocessable(f"{path}: must be a day from 1970 on.")
    return day


def range_of(path: str, first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """Return the first and the last day of a range. An open end is as far away as a range is long, or today.

    Raises Unprocessable for more than `MOST_DAYS`.
    """
    reach = timedelta(days=MOST_DAYS - 1)
    first, last = (None if one is None else min(max(one, _FIRST), _LAST) for one in (first, last))
    end = last or (min(first + reach, _LAST) if first else today)
    begin = first or max(end - reach, _FIRST)
    if end - begin > reach:
        raise Unprocessable(f"{path}: {MOST_DAYS} days are the most.")
    return begin, end


def spans_of(day: date, offset: timedelta) -> list[Span]:
    """Return the cells of a day in a zone: parts of one or two days in UTC, in their order."""
    begin = start_of(day) - offset
    utc = begin.date()
    first = -((start_of(utc) - begin) // CELL)  # the first cell that starts at midnight or after
    if first == CELLS_OF_A_DAY:
        utc, first = utc + DAY, 0
    if not first:
        return [Span(utc, 0, CELLS_OF_A_DAY - 1)]
    return [Span(utc, first, CELLS_OF_A_DAY - 1), Span(utc + DAY, 0, first - 1)]


def days_of(day: date, first: int, last: int, offset: timedelta) -> set[date]:
    """Return the days in a zone that cells of a day in UTC belong to, from the first and the last of these cells."""
    return {(cell_start(day, number) + offset).date() for number in (first, last)}


def overtime_from(earlier: int, limit: int | None) -> int:
    """Return how many cells of a day are not overtime, after so many earlier cells of its week.

    `limit` is the week's, in hours; None means no limit.
    """
    return CELLS_OF_A_DAY if limit is None else max(0, limit * CELLS_OF_AN_HOUR - earlier)


def clock_time(cells: int) -> str:
    """Return the length of cells, such as `01:10`."""
    return f"{cells // CELLS_OF_AN_HOUR:02}:{cells % CELLS_OF_AN_HOUR}0"


def offset_text(offset: timedelta) -> str:
    """Return an offset from UTC, such as `+05:45`."""
    minutes = offset // timedelta(minutes=1)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def slots_within(slots: Iterable[Slot], span: Span) -> list[Slot]:
    """Return the cells of a day that are in a span."""
    return [one for one in slots if span.first <= one.number <= span.last]
