"""A table that writes nothing: for trying what would happen.

What transactions would write is kept in memory, and reads of keys find it. Queries of partitions and counters do not.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from souk.storage.collection import Item
from souk.storage.model import Key
from souk.storage.table import Table
from souk.storage.transaction import Transaction


class Rehearsal(Table):
    """A table that writes nothing. `kept` is that of an earlier one, to go on after it (`written`)."""

    def __init__(self, table: Table, kept: bytes = b"") -> None:
        super().__init__(table.client, table.name, table.clock, table.writes, table.appends)
        self.new_id = table.new_id
        self._written: dict[Key, Item | None] = {}
        for pk, sk, item in orjson.loads(kept) if kept else ():
            self._written[Key(pk, sk)] = item

    def written(self) -> bytes:
        """Return all that would have been written so far."""
        return orjson.dumps([(key.pk, key.sk, item) for key, item in self._written.items()])

    def transaction(self) -> Transaction:
        """Return a transaction whose commit checks its conditions, and keeps its writes in memory."""
        return _Rehearsed(self)

    def batch_get(
        self, keys: Iterable[Key], *, consistent: bool = False, attributes: Iterable[str] = ()
    ) -> dict[Key, Mapping[str, Any]]:
        """Return the items that exist, also those that would."""
        wanted = list(dict.fromkeys(keys))
        found = super().batch_get(
            [key for key in wanted if key not in self._written], consistent=consistent, attributes=attributes
        )
        return found | {key: item for key in wanted if (item := self._written.get(key))}

    def _item(self, key: Key, *, consistent: bool) -> Mapping[str, Any] | None:
        return self._written[key] if key in self._written else super()._item(key, consistent=consistent)

    def rehearse(self, requests: Iterable[dict[str, Any]]) -> None:
        """Keep what requests of a transaction would write. Changes of counters are not kept."""
        for request in requests:
            if put := request.get("Put"):
                self._written[_key(put["Item"])] = put["Item"]
            elif delete := request.get("Delete"):
                self._written[_key(delete["Key"])] = None


class _Rehearsed(Transaction):
    def __init__(self, table: Rehearsal) -> None:
        super().__init__(table)
        self._rehearsal = table

    def commit(self) -> None:
        """Check the conditions on items that must not exist, and keep the writes in memory.

        Raises the `refused` error of the first operation whose condition fails.
        """
        self._add_replaced()
        fresh = [
            (_key(put["Item"]), put, operation.refused)
            for operation in self._operations
            if (put := operation.request.get("Put")) and "attribute_not_exists" in put.get("ConditionExpression", "")
        ]
        taken = self._rehearsal.batch_get([key for key, _, _ in fresh], consistent=True, attributes=("holder",))
        for key, put, refused in fresh:
            same_holder = key in taken and taken[key].get("holder") == put["Item"].get("holder", "")
            if key in taken and not same_holder and refused:
                raise refused
        self._rehearsal.rehearse(operation.request for operation in self._operations)
        self.clear()


def _key(item: Mapping[str, Any]) -> Key:
    return Key(item["PK"]["S"], item["SK"]["S"])
