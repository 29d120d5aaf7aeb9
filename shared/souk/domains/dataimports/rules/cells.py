"""Reads the cells of a row, and collects what is wrong with them. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NoReturn

from souk.domains.dataimports.model import Row
from souk.values import moments
from souk.values.errors import SoukError
from souk.values.times import stamp

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_MAX_EXTERNAL_ID: Final = 200


class RowRefused(Exception):
    """A row cannot be imported. `problems` are the columns, None for the row as a whole, with what is wrong."""

    def __init__(self, *problems: tuple[str | None, str]) -> None:
        super().__init__(problems)
        self.problems = problems


class Cells:
    """The cells of a row."""

    def __init__(self, row: Row, required: Collection[str]) -> None:
        """Check the required cells. Raises RowRefused if one is missing, or the row could not be read."""
        if row.problem:
            raise RowRefused((None, row.problem))
        self._cells = row.cells
        self._problems: list[tuple[str | None, str]] = [
            (name, "is required.") for name in required if not row.cells.get(name)
        ]
        self.check()

    def given(self, *names: str) -> list[str]:
        """Return those of the columns that the row has, empty or not."""
        return [name for name in names if name in self._cells]

    def get(self, name: str) -> str | None:
        """Return a cell; None if it is empty or missing."""
        return self._cells.get(name)

    def text(self, name: str) -> str:
        """Return a cell; "" if it is empty or missing."""
        return self._cells.get(name) or ""

    def external_id(self, name: str) -> str:
        """Return an id of another system; "" if it is empty or missing."""
        text = self.text(name)
        if len(text) > _MAX_EXTERNAL_ID or not text.isprintable():
            self.add(name, f"use at most {_MAX_EXTERNAL_ID} visible characters.")
            self.check()
        return text

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """Return a cell that has one of some values, ignoring case; None if it is empty or missing."""
        text = self.get(name)
        if text is None:
            return None
        for one in choices:
            if one.casefold() == text.casefold():
                return one
        self.add(name, f"must be one of: {', '.join(choices)}.")
        return None

    def flag(self, name: str) -> bool | None:
        """Return a cell that is true or false; None if it is empty or missing."""
        text = self.text(name).casefold()
        if text and text not in _TRUE | _FALSE:
            self.add(name, "must be true or false.")
        return text in _TRUE if text else None

    def time(self, name: str, now: datetime) -> str | None:
        """Return a cell with a time before now, as times are stored; None if it is empty or missing."""
        text = self.get(name)
        if text is None:
            return None
        found = moments.parse(text)
        if found is None:
            self.add(name, moments.EXPECTED)
        elif found.first > stamp(now):
            self.add(name, "must not be in the future.")
        return found.first if found else None

    def add(self, name: str | None, problem: str) -> None:
        """Add a problem."""
        self._problems.append((name, problem))

    def check(self) -> None:
        """Raise RowRefused if there are problems."""
        if self._problems:
            raise RowRefused(*self._problems)

    def refuse(self, name: str | None, problem: str) -> NoReturn:
        """Raise RowRefused with a problem, and with those before it."""
        raise RowRefused(*self._problems, (name, problem))


def refusal(error: SoukError, columns: Mapping[str, str]) -> RowRefused:
    """Return the refusal for an error of a command. `columns` are those of the last parts of paths in its input."""
    fields = error.details.get("fields")
    if not fields:
        return RowRefused((None, error.message))
    return RowRefused(*((_column(one["path"], columns), one["message"]) for one in fields))


def _column(path: str, columns: Mapping[str, str]) -> str | None:
    for part in reversed(path.split(".")):
        if part in columns:
            return columns[part]
    return None
