"""What a milestone may hold: prices, texts and dates as they come in, and as they are stored. Pure."""

import re
from typing import Final

from souk.values.errors import Conflict
from souk.values.money import MAX_MINOR
from souk.values.problems import Problems

MAX_DESCRIPTION: Final = 5_000
"""Characters."""
MAX_OPEN: Final = 25
"""Milestones of one offer or contract that are not paid, closed or cancelled: all of them end in one transaction."""
MAX_ALL: Final = 500
_CENTS: Final = re.compile(r"0*[0-9]{1,13}", re.ASCII)
_MAX_DIGITS: Final = 40


def amount(problems: Problems, path: str, text: str, least: int = 1, most: int = MAX_MINOR) -> int:
    """Read an amount in minor units: `1000` is 10 USD."""
    if len(text) > _MAX_DIGITS or not _CENTS.fullmatch(text):
        problems.add(path, "a whole number of cents, such as 1000 for 10 USD.")
        return least
    value = int(text)
    if not least <= value <= most:
        problems.add(path, f"an amount is {least} to {most} cents; {value} were given.")
    return value


def room_for_one_more(still_open: int, at_all: int) -> None:
    """Raise Conflict where an offer or a contract has as many milestones as it can."""
    if still_open >= MAX_OPEN:
        raise Conflict(f"{MAX_OPEN} open milestones at a time are the limit.")
    if at_all >= MAX_ALL:
        raise Conflict(f"{MAX_ALL} milestones are the limit; make another contract for more work.")
