"""Time that is entered, changed and removed by hand: periods of whole cells, and what a request may do there. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from souk.domains.time.inputs import Span
from souk.domains.time.model import Cell
from souk.domains.time.rules import weeks
from souk.domains.time.rules.hours import CELLS_OF_AN_HOUR
from souk.values.errors import Conflict
from souk.values.moments import EXPECTED, parse
from souk.values.problems import Problems

_LONGEST: Final = timedelta(hours=12)
_TICK: Final = timedelta(milliseconds=1)
_NEVER: Final = datetime.max.replace(tzinfo=UTC) - _TICK


@dataclass(frozen=True, slots=True)
class Period:
    """A period of time. A cell belongs to it that begins in it."""

    start: datetime
    end: datetime

    @property
    def days(self) -> list[date]:
        """The days, UTC: one or two."""
        return sorted({self.start.date(), (self.end - _TICK).date()})

    @property
    def cells(self) -> dict[date, list[int]]:
        """The numbers of the cells, by their days."""
        first = self.start + (weeks.start_of(self.start.date()) - self.start) % weeks.CELL
        starts = [first + at * weeks.CELL for at in range(-((first - self.end) // weeks.CELL))]
        return {day: [weeks.number_of(one) for one in found] for day, found in groupby(starts, lambda one: one.date())}


def period_of(problems: Problems, request: Span, *, whole: bool) -> Period | None:
    """Return the period of a request; None for a wrong one, which is reported. `whole` asks for whole cells.

    A day is the whole day: a start is its beginning, and an end its end.
    """
    start, end = parse(request.start_date_time), parse(request.end_date_time)
    if start is None or end is None:
        for path, moment in (("startDateTime", start), ("endDateTime", end)):
            if moment is None:
                problems.add(path, EXPECTED)
        return None
    ends = datetime.fromisoformat(end.last)
    if end.first != end.last:
        ends = min(ends, _NEVER) + _TICK
    period = Period(datetime.fromisoformat(start.first), ends)
    for path, at in (("startDateTime", period.start), ("endDateTime", period.end)):
        if whole and not weeks.is_aligned(at):
            problems.add(path, "must be a multiple of ten minutes, UTC.")
    if period.end <= period.start:
        problems.add("endDateTime", "must be after the start.")
    elif period.end - period.start > _LONGEST:
        problems.add("endDateTime", "must be at most 12 hours after the start.")
    return period


def require_within(limit: int | None, cells: int) -> None:
    """Raise Conflict if a week would have more cells than its limit, in hours. None is no limit."""
    if limit is not None and cells > limit * CELLS_OF_AN_HOUR:
        raise Conflict(f"This week would have more than {limit} hours, its weekly limit. Manual time stays within it.")


def with_changes(cell: Cell, given: Collection[str], memo: str | None, code: str | None) -> Cell:
    """Return a cell with a new memo and activity, as far as they are `given`: names of fields of `UpdateTime`."""
    values = {"memo": ("memo", memo), "activity_code": ("code", code)}
    return cell.model_copy(update=dict(values[name] for name in values if name in given))
