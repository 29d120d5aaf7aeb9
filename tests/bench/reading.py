"""A table in memory that only answers reads, for worlds of hundreds of thousands of items, and counts what they cost.

Moto goes through all items for each query of an index. Here a query finds its partition at once, so a page of a world
with half a million items takes milliseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, Final

from tests.support.table import INDEXES

Item = Mapping[str, Any]
_PAGE: Final = 1_000_000
"""The bytes after which DynamoDB ends a page."""
_UNIT: Final = 4_096
_LAST: Final = "\U0010ffff"


class ReadOnlyClient:
    """The reads of a boto3 client of DynamoDB that Souk makes. Filters are hints, and are not applied.

    `units` are the read units so far, and `items` the items that were read. Other operations go to `other`.
    """

    def __init__(self, other: Any, items: Iterable[Item]) -> None:
        self.units = 0.0
        self.items = 0
        self._other = other
        self._lock = Lock()
        self._by_key: dict[tuple[str, str], Item] = {}
        self._sizes: dict[int, int] = {}
        self._partitions: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for one in items:
            key = one["PK"]["S"], one["SK"]["S"]
            self._by_key[key] = one
            for index in ("", *INDEXES):
                if f"{index}PK" in one:
                    partition = self._partitions.setdefault((index, one[f"{index}PK"]["S"]), [])
                    partition.append((one[f"{index}SK"]["S"], *key))
        for partition in self._partitions.values():
            partition.sort()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return an operation of the other client."""
        operation: Callable[..., Any] = getattr(self._other, name)
        return operation

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self._by_key)

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool = False) -> dict[str, Any]:  # noqa: N803, ARG002 - boto3's
        """See DynamoDB's GetItem."""
        found = self._by_key.get((Key["PK"]["S"], Key["SK"]["S"]))
        self._spend([found] if found else [], consistent=ConsistentRead)
        return {"Item": found} if found else {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's
        """See DynamoDB's BatchGetItem."""
        ((table, wanted),) = RequestItems.items()
        keys = [(key["PK"]["S"], key["SK"]["S"]) for key in wanted["Keys"]]
        found = [self._by_key[key] for key in keys if key in self._by_key]
        for one in found:
            self._spend([one], consistent=wanted.get("ConsistentRead", False))
        return {"Responses": {table: found}}

    def query(self, **request: Any) -> dict[str, Any]:
        """See DynamoDB's Query."""
        index, values = request.get("IndexName", ""), request["ExpressionAttributeValues"]
        partition = self._partitions.get((index, values[":pk"]["S"]), [])
        low, high = values.get(":low", {}).get("S", ""), values.get(":high", {}).get("S", _LAST)
        if prefix := values.get(":prefix", {}).get("S"):
            low, high = prefix, f"{prefix}{_LAST}"
        rows = partition[bisect_left(partition, (low,)) : bisect_right(partition, (high, _LAST))]
        forward = request.get("ScanIndexForward", True)
        if start := request.get("ExclusiveStartKey"):
            at = (start[f"{index}SK"]["S"], start["PK"]["S"], start["SK"]["S"])
            rows = rows[bisect_right(rows, at) :] if forward else rows[: bisect_left(rows, at)]
        found: list[Item] = []
        size = 0
        for _, *key in rows if forward else reversed(rows):
            if size > _PAGE or len(found) == request.get("Limit"):
                break
            found.append(self._by_key[key[0], key[1]])
            size += self._size(found[-1])
        self._spend(found, consistent=request.get("ConsistentRead", False))
        answer: dict[str, Any] = {"Items": found, "Count": len(found), "ScannedCount": len(found)}
        if len(found) < len(rows) or len(found) == request.get("Limit"):
            names = ["PK", "SK", *([f"{index}PK", f"{index}SK"] if index else [])]
            answer["LastEvaluatedKey"] = {name: found[-1][name] for name in names}
        return answer

    def _spend(self, items: list[Item], *, consistent: bool) -> None:
        units = max(1, -(-sum(map(self._size, items)) // _UNIT))
        with self._lock:
            self.units += units if consistent else units / 2
            self.items += len(items)

    def _size(self, item: Item) -> int:
        if id(item) not in self._sizes:
            values = ((name, value) for name, typed in item.items() for value in typed.values())
            self._sizes[id(item)] = sum(len(name) + len(str(value)) for name, value in values)
        return self._sizes[id(item)]
