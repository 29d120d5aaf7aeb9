"""Sessions: cells of a contract's day with the same task that follow each other. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from souk.domains.time.model import DiaryDay, Slot
from souk.domains.time.rules.weeks import CELL, cell_start

_GREATEST_GAP: Final = 1
"""Cells. A longer pause ends a session."""


@dataclass(frozen=True, slots=True)
class Session:
    """Cells with the same activity and memo, without a gap of more than ten minutes."""

    day: DiaryDay
    slots: tuple[Slot, ...]
    before: int
    """The cells of the day that are earlier than the session's first."""

    @property
    def code(self) -> str | None:
        """The code of the activity."""
        code = self.slots[0].code
        return None if code is None else self.day.codes[code]

    @property
    def memo(self) -> str | None:
        """The freelancer's note."""
        memo = self.slots[0].memo
        return None if memo is None else self.day.memos[memo]

    @property
    def begins(self) -> datetime:
        """The start of the first cell."""
        return self.start_of(self.slots[0])

    @property
    def ends(self) -> datetime:
        """The end of the last cell."""
        return self.start_of(self.slots[-1]) + CELL

    def start_of(self, slot: Slot) -> datetime:
        """Return the start of a cell."""
        return cell_start(date.fromisoformat(self.day.day), slot.number)


def sessions_of(day: DiaryDay) -> Iterator[Session]:
    """Yield the sessions of a day, in the order of their beginnings."""
    open_: dict[tuple[int | None, int | None], list[tuple[int, Slot]]] = {}
    done: list[list[tuple[int, Slot]]] = []
    for position, slot in enumerate(day.slots):
        task = slot.code, slot.memo
        cells = open_.get(task)
        if cells is None or slot.number - cells[-1][1].number - 1 > _GREATEST_GAP:
            cells = open_[task] = []
            done.append(cells)
        cells.append((position, slot))
    for cells in done:
        yield Session(day, tuple(slot for _, slot in cells), cells[0][0])
