"""Checks of milestones: amounts, and the number of milestones. Pure."""

import re
from typing import Final

from souk.values.errors import Conflict, Unprocessable
from souk.values.money import MAX_MINOR, Money
from souk.values.problems import Problems

MAX_DESCRIPTION: Final = 5_000
"""Characters."""
MAX_OPEN: Final = 25
"""The limit of open milestones per offer or contract: they all end in one transaction."""
MAX_ALL: Final = 500
_CENTS: Final = re.compile(r"0*[0-9]{1,13}", re.ASCII)
_MAX_DIGITS: Final = 40


def amount(problems: Problems, path: str, text: str, currency: str, *, least: int = 1, most: int = MAX_MINOR) -> int:
    """Parse an amount in minor units: `1000` is 10 USD."""
    if len(text) > _MAX_DIGITS or not _CENTS.fullmatch(text):
        problems.add(path, _in_smallest_unit(text[:_MAX_DIGITS], currency))
        return least
    value = int(text)
    if not least <= value <= most:
        problems.add(path, f"give {least} to {most}, in the smallest unit of {currency}; this is {value}.")
    return value


def _in_smallest_unit(text: str, currency: str) -> str:
    """Return what is wrong with an amount. An amount in the major unit, such as `12.50`, is converted."""
    try:
        meant = Money.parse(text, currency)
    except Unprocessable:
        meant = Money(1000, currency)
        return (
            f"give a whole number in the smallest unit of {currency}, such as {meant.minor} for "
            f"{meant.raw_value} {currency}."
        )
    return f"amounts here are in the smallest unit of {currency}: give {meant.minor} for {meant.raw_value} {currency}."


def require_room(open_count: int, total: int) -> None:
    """Raise Conflict if an offer or a contract has the maximum number of milestones."""
    if open_count >= MAX_OPEN:
        raise Conflict(f"There can be at most {MAX_OPEN} open milestones.")
    if total >= MAX_ALL:
        raise Conflict(f"There can be at most {MAX_ALL} milestones. Make another contract for more work.")
