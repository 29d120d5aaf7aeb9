"""Which cells of a week are billable. Pure."""

from collections.abc import Sequence

from souk.domains.time.model import MINUTES_OF_A_CELL

CELLS_OF_AN_HOUR = 60 // MINUTES_OF_A_CELL


def billable_cells(runs: Sequence[int], limit: int | None) -> list[int]:
    """Return the billable cells of each run of a week, from the numbers of their cells, in the order of work.

    `limit` is in hours; None means no limit. The cells beyond it are overtime: the last ones of the week.
    """
    if limit is None:
        return list(runs)
    left = limit * CELLS_OF_AN_HOUR
    found: list[int] = []
    for cells in runs:
        found.append(min(cells, left))
        left -= found[-1]
    return found


def amount_of(minutes: int, rate: int) -> int:
    """Return the amount for minutes at an hourly rate, both in minor units, rounded half up.

    It is rounded once for a week and a term. What parts of it come to are differences of such amounts.
    """
    return (rate * minutes + 30) // 60
