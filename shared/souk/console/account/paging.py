"""Pages of the lists that the API answers as a whole."""

from collections.abc import Callable, Sequence
from typing import Any, Final

ROWS: Final = 25
"""Rows of a page."""


def part_of(
    rows: Sequence[Any], after: str | None, id_of: Callable[[Any], str], size: int = ROWS
) -> tuple[Sequence[Any], str]:
    """Return the rows that follow the one with an id, and the id to go on after; "" at the end.

    Without such a row, perhaps because it is gone, it is the beginning.
    """
    begin = next((at + 1 for at, one in enumerate(rows) if after and id_of(one) == after), 0)
    shown = rows[begin : begin + size]
    return shown, id_of(shown[-1]) if begin + size < len(rows) else ""
