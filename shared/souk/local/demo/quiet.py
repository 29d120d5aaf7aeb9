"""A table that records no events: the demo data was there before anybody could have subscribed."""

from collections.abc import Iterable
from typing import Self

from souk.storage import Table, Transaction


class _QuietTransaction(Transaction):
    def emit(self, entity: str, action: str, entity_id: str, *, to: Iterable[str], opens: bool = False) -> None:
        """Record nothing."""


class QuietTable(Table):
    """A table whose transactions record no events."""

    @classmethod
    def of(cls, table: Table) -> Self:
        """Return the same table without events."""
        return cls(table.client, table.name, table.clock, table.writes, table.appends)

    def transaction(self) -> Transaction:
        """Return a new transaction."""
        return _QuietTransaction(self)
