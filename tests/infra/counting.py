"""Counts what DynamoDB bills: read and write units, by the sizes of items, and the records of the stream."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from souk.storage.transaction import OUTBOX_PREFIX
from tests.support.table import INDEXES

READ_BYTES: Final = 4096
WRITE_BYTES: Final = 1024

Item = Mapping[str, Any]


@dataclass
class Units:
    """The units of some calls. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/
    read-write-operations.html."""

    reads: float = 0.0
    """Read request units: half of one for 4 KB, and a whole one for a consistent read."""
    writes: int = 0
    """Write request units: one for 1 KB, two in a transaction, and one more for each index that has the item."""
    reindexed: int = 0
    """Those of the indexes for items that existed: what indexes would save that have only keys."""
    events: int = 0
    """Events in the outbox."""

    def __sub__(self, before: "Units") -> "Units":
        return Units(
            self.reads - before.reads,
            self.writes - before.writes,
            self.reindexed - before.reindexed,
            self.events - before.events,
        )


class CountingClient:
    """A client of the table that counts units."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.units = Units()

    def snapshot(self) -> Units:
        """Return the units so far."""
        return replace(self.units)

    def __getattr__(self, name: str) -> Any:
        """Return an operation that is not counted."""
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:
        """Count one item."""
        answer = self._client.get_item(**request)
        self._read([answer["Item"]] if "Item" in answer else [{}], consistent=request.get("ConsistentRead", False))
        return answer

    def batch_get_item(self, **request: Any) -> Any:
        """Count each item. One that does not exist costs like a small one."""
        answer = self._client.batch_get_item(**request)
        for table, asked in request["RequestItems"].items():
            found = answer["Responses"].get(table, [])
            items = [*found, *({} for _ in range(len(asked["Keys"]) - len(found)))]
            self._read(items, consistent=asked.get("ConsistentRead", False))
        return answer

    def query(self, **request: Any) -> Any:
        """Count the items of a page together."""
        answer = self._client.query(**request)
        self._read([{}], consistent=request.get("ConsistentRead", False), size=sum(map(size_of, answer["Items"])))
        return answer

    def update_item(self, **request: Any) -> Any:
        """Count a request counter, which is outside transactions."""
        self.units.writes += 1
        return self._client.update_item(**request)

    def transact_write_items(self, **request: Any) -> Any:
        """Count each item twice, and once for each of its indexes."""
        answer = self._client.transact_write_items(**request)
        for operation in request["TransactItems"]:
            ((kind, given),) = operation.items()
            item = given["Item"] if kind == "Put" else self._stored(given)
            self.units.writes += 2 * _units(item, WRITE_BYTES)
            if kind != "ConditionCheck":
                indexed = sum(_units(item, WRITE_BYTES) for index in INDEXES if f"{index}PK" in item)
                self.units.writes += indexed
                if "attribute_not_exists" not in given.get("ConditionExpression", ""):
                    self.units.reindexed += indexed
                self.units.events += kind == "Put" and item["PK"]["S"].startswith(OUTBOX_PREFIX)
        return answer

    def _stored(self, given: Mapping[str, Any]) -> Item:
        item: Item = self._client.get_item(TableName=given["TableName"], Key=given["Key"]).get("Item", {})
        return item

    def _read(self, items: Iterable[Item], *, consistent: bool, size: int = 0) -> None:
        share = 1.0 if consistent else 0.5
        self.units.reads += share * sum(max(_units(item, READ_BYTES), math.ceil(size / READ_BYTES)) for item in items)


def size_of(item: Item) -> int:
    """Return the size of an item in bytes: names and values, as UTF-8."""
    return sum(len(name) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())


def _units(item: Item, size: int) -> int:
    return max(1, math.ceil(size_of(item) / size))
