"""Cells, days and weeks. A week is Monday 00:00 to Sunday 24:00, UTC. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from souk.domains.time.model import CELLS_OF_A_DAY, MINUTES_OF_A_CELL

CELL: Final = timedelta(minutes=MINUTES_OF_A_CELL)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
TOLERANCE: Final = timedelta(minutes=2)
"""How far ahead the clocks of people's machines may be."""
_REVIEW: Final = timedelta(hours=12)
"""How long the freelancer can correct a week after it has ended."""
_DISPUTABLE: Final = timedelta(days=5)
"""From the end of a week to the end of the Friday when it is released."""


def start_of(day: date) -> datetime:
    """Return the beginning of a day."""
    return datetime.combine(day, time(), UTC)


def is_aligned(moment: datetime) -> bool:
    """Return whether a cell can begin at a point in time."""
    return not (moment - start_of(moment.astimezone(UTC).date())) % CELL


def number_of(moment: datetime) -> int:
    """Return the number of the cell that holds a point in time, 0 to 143."""
    moment = moment.astimezone(UTC)
    return (moment - start_of(moment.date())) // CELL


def cell_start(day: date, number: int) -> datetime:
    """Return the beginning of a cell. Raises ValueError for a number that a day does not have."""
    if not 0 <= number < CELLS_OF_A_DAY:
        raise ValueError(f"A day has no cell {number}.")
    return start_of(day) + number * CELL


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def ends(monday: date) -> datetime:
    """Return the end of a week: the beginning of the next Monday."""
    return start_of(monday + WEEK)


def closes(monday: date) -> datetime:
    """Return when a week closes and is billed: 12:00 of the Monday after it. No time changes from then on."""
    return ends(monday) + _REVIEW


def review_ends(monday: date, paid: datetime) -> datetime:
    """Return when a week is released that is paid after a decline: the end of its Friday, or of the day after."""
    return max(released(monday), start_of(paid.astimezone(UTC).date() + 2 * DAY))


def released(monday: date) -> datetime:
    """Return when a week that was billed in time is released: the end of the Friday after it."""
    return ends(monday) + _DISPUTABLE


def archived(day: date, archive_days: int) -> int:
    """Return when the screenshots and window titles of a day are deleted, in seconds since 1970.

    `archive_days` are the days for which a deployment keeps them, after the end of the day.
    """
    return int((start_of(day) + DAY).timestamp()) + archive_days * 86_400


def forgotten(day: date) -> int:
    """Return when it no longer matters which cells of a person's day are taken, in seconds since 1970."""
    return int((closes(monday_of(day)) + WEEK).timestamp())
