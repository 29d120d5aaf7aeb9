"""The dates of records: days (YYYY-MM-DD) or months (YYYY-MM). Pure."""

import re
from datetime import date
from typing import Final

from souk.values import moments
from souk.values.problems import Problems

_MONTH: Final = re.compile(r"\d{4}-\d\d", re.ASCII)
_LENGTH: Final = len("2026-01")
_FIRST: Final = "1900"


def read(problems: Problems, path: str, text: str | None) -> str | None:
    """Return a date as it is stored; None without one."""
    if not text:
        return None
    found = _month(text) or _day(text)
    if found is None:
        problems.add(path, f"{moments.EXPECTED} A month such as 2024-03 is enough.")
    elif found < _FIRST:
        problems.add(path, f"must not be before {_FIRST}.")
        return None
    return found


def _month(text: str) -> str | None:
    try:
        return text if _MONTH.fullmatch(text) and date.fromisoformat(f"{text}-01") else None
    except ValueError:  # not a month
        return None


def _day(text: str) -> str | None:
    moment = moments.parse(text)
    return moment.day.isoformat() if moment else None


def before(first: str, second: str) -> bool:
    """Return whether a date is before another one. A month and a day in it are the same."""
    length = min(len(first), len(second))
    return first[:length] < second[:length]


def check_past(problems: Problems, path: str, text: str | None, today: str) -> None:
    """Report a date after today."""
    if text and before(today, text):
        problems.add(path, "must not be after today.")


def check_order(problems: Problems, path: str, start: str | None, end: str | None) -> None:
    """Report an end before its start."""
    if start and end and before(end, start):
        problems.add(path, "must not be before the start.")


def timestamp(text: str | None) -> str | None:
    """Return a date as a point in time: its beginning, UTC."""
    return text and f"{text if len(text) > _LENGTH else f'{text}-01'}T00:00:00.000Z"
