"""The market time of a deployment whose operators may move it (`souk clock`).

TESTCLOCK   OFFSET   how far the market time is ahead of the real time; absent until it is moved

Only operators write the item, with the rights of their account. A deployment in production has a clock that cannot be
moved: its functions do not read the item, and have no right to.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from souk.storage.collection import Collection
from souk.storage.model import Entity, Key
from souk.storage.table import Table
from souk.values.clock import Clock
from souk.values.times import stamp

PREFIX: Final = "TESTCLOCK"
_KEY: Final = Key(PREFIX, "OFFSET")
_LONGEST_WRITER: Final = timedelta(minutes=3)
"""More than any function runs. Requests from before a move have ended by then."""


class Offset(Entity):
    """How far the market time is ahead of the real time, and its last move."""

    milliseconds: int = 0
    moved: str = ""
    """The real time of the last move."""
    moved_from: str = ""
    """The market time before the last move."""

    @property
    def ahead(self) -> timedelta:
        """The difference."""
        return timedelta(milliseconds=self.milliseconds)

    def oldest_writer(self, clock: Clock) -> datetime:
        """Return the earliest market time of requests that may still be running."""
        if self.moved and stamp(clock.real() - _LONGEST_WRITER) < self.moved:
            return datetime.fromisoformat(self.moved_from)
        return clock.market()


OFFSET: Final[Collection[Offset]] = Collection("TestClock", Offset, key=lambda: _KEY, key_of=lambda _: _KEY)


def keys(clock: Clock) -> tuple[Key, ...]:
    """Return what has to be read to know the market time: nothing, if the clock cannot be moved."""
    return (_KEY,) if clock.movable else ()


def follow(clock: Clock, items: Mapping[Key, Mapping[str, Any]]) -> Offset:
    """Set a clock by the items that were read, with those of `keys` among them."""
    offset = OFFSET.decode(items[_KEY]) if _KEY in items else Offset()
    if clock.movable:
        clock.ahead = offset.ahead
    return offset


def read(table: Table) -> Offset:
    """Read the market time, and set the table's clock by it. Reads nothing if the clock cannot be moved."""
    return follow(table.clock, table.batch_get(keys(table.clock), consistent=True))
