"""Numbers of things by day, such as sign-ups: counted in the transactions of their causes.

TALLY#<kind>#<shard 0-7>   <yyyy-mm-dd>   tally: how many there were on a day, UTC, in the marketplace's time

The id of what is counted decides about its shard, so that a busy day is not one item.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zlib import crc32

from souk.storage.collection import Tally
from souk.storage.model import Entity, Key
from souk.storage.table import Table
from souk.storage.transaction import Transaction

SHARDS: Final = 8


class DayTally(Entity):
    """How many there were on a day. Several items share a day."""

    day: str = ""
    """YYYY-MM-DD."""
    number: int = 0


@dataclass(frozen=True)
class DayCounter:
    """Counts things of a kind by day."""

    kind: str
    """Such as `CONTRACTS`."""

    @property
    def prefix(self) -> str:
        """The prefix of its partition keys, for the WRITES of its domain."""
        return f"TALLY#{self.kind}#"

    @property
    def tally(self) -> Tally[DayTally]:
        """Its items."""
        return Tally(name=f"{self.kind.capitalize()}OfDay", model=DayTally, key=self._key, sort_key="day")

    def add(self, tx: Transaction, counted_id: str) -> None:
        """Count one today, in the transaction of its cause."""
        shard = crc32(counted_id.encode()) % SHARDS
        tx.tally(self.tally, self._key(shard, tx.clock.market().date().isoformat()), number=1)

    def by_day(self, table: Table, now: datetime, days: int) -> dict[str, int]:
        """Return the numbers of the last days, today included, in one round trip. Days without any are left out."""
        between = ((now - timedelta(days=days - 1)).date().isoformat(), now.date().isoformat())

        def read(shard: int, table: Table) -> list[DayTally]:
            partition = self._key(shard, "").pk
            return table.query_bounded(self.tally, partition, most=days, between=between)

        found: dict[str, int] = {}
        for part in table.concurrently([partial(read, shard) for shard in range(SHARDS)]):
            for one in part:
                found[one.day] = found.get(one.day, 0) + one.number
        return found

    def _key(self, shard: int, day: str) -> Key:
        return Key(f"{self.prefix}{shard}", day)
