"""The dates of records: days (YYYY-MM-DD) or months (YYYY-MM). Pure."""

import re
from datetime import date
from typing import Final

from souk.values.problems import Problems

_DATE: Final = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?", re.ASCII)
_MONTH: Final = len("2026-01")


def read(problems: Problems, path: str, text: str | None) -> str | None:
    """Return a date as it is stored; None without one."""
    if not text:
        return None
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text if len(text) > _MONTH else f"{text}-01")
            return text
    except ValueError:
        pass  # not a calendar day
    problems.add(path, "must be a day such as 2024-03-15 or a month such as 2024-03, from 1900 to 2099.")
    return None


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
    return text and f"{text if len(text) > _MONTH else f'{text}-01'}T00:00:00.000Z"
