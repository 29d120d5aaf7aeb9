"""Dates of contracts: the end date, and the dates of raises. Pure."""

from datetime import datetime, timedelta
from typing import Final

from souk.values.errors import Unprocessable
from souk.values.moments import moment

_ONE_DAY: Final = timedelta(days=1)
_TIME_ZONES: Final = timedelta(hours=14)
"""The largest offset from UTC on Earth."""


def require_today(path: str, text: str | None, now: datetime) -> None:
    """Raise Unprocessable unless a date or timestamp is today in some time zone. None means today."""
    if text is None:
        return
    if not (now - _TIME_ZONES).date() <= moment(path, text).day <= (now + _TIME_ZONES).date():
        raise Unprocessable(f"{path}: a contract ends at once. Leave this out, or give today's date.")


def months_later(at: datetime, months: int) -> datetime:
    """Return the same day of a later month, or its last day if the month is shorter."""
    years, month = divmod(at.month - 1 + months, 12)
    first = at.replace(year=at.year + years, month=month + 1, day=1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - _ONE_DAY
    return first.replace(day=min(at.day, last.day))
