"""A table that records no events: the demo data was there before anybody could have subscribed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from souk.storage import Table, Transaction
from souk.values.clock import Clock


class _PastClock(Clock):
    """A clock whose market time stands still."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self._moment = moment

    def market(self) -> datetime:
        return self._moment


class _QuietTransaction(Transaction):
    def emit(self, entity: str, action: str, entity_id: str, *, to: Iterable[str], opens: bool = False) -> None:
        """Record nothing."""


class QuietTable(Table):
    """A table whose transactions record no events."""

    @classmethod
    def of(cls, table: Table, moment: datetime | None = None) -> Self:
        """Return the same table without events; with `moment`, its market time is that one."""
        clock = _PastClock(moment) if moment else table.clock
        return cls(table.client, table.name, clock, table.writes, table.appends)

    def transaction(self) -> Transaction:
        """Return a new transaction."""
        return _QuietTransaction(self)
