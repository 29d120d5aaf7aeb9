"""Reads the table and counts round trips.

A round trip is one wait for the table. A batch that needs several BatchGetItem requests sends them concurrently, so it
counts as one. Tests count round trips instead of measuring time.

Queries read only the attributes that they decode, because the client library spends time on every one. A key that is
too long for DynamoDB, as clients can send any id, is not read: there is no such item.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from souk.storage.batch import CONCURRENCY, get_items
from souk.storage.cached import ItemCache
from souk.storage.collection import Collection, E, Tally, filter_of, key_attributes
from souk.storage.ids import Ids
from souk.storage.model import Key
from souk.storage.transaction import Transaction
from souk.values.clock import Clock
from souk.values.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

log = logging.getLogger(__name__)

_BATCH_ATTRIBUTES = ("PK", "SK", "doc", "counted")
_MAX_COMMITS = 5  # of one command that keeps losing races
_LONGEST_WAIT = 0.1  # seconds between two of them

CACHED_FOR: Final = timedelta(seconds=60)
"""How long `get_cached` answers from memory."""

T = TypeVar("T")


class Page(NamedTuple, Generic[T]):
    """A page of a partition, and the key where the next page begins; None on the last page."""

    items: list[T]
    """Empty if only their number was asked for."""
    next_key: dict[str, str] | None
    found: int = 0
    """The number of items."""
    examined: int = 0
    """The number of items that DynamoDB read, also of those that it filtered out."""


class Table:
    """The table with the permissions of one function.

    `writes` are the partition key prefixes that this function owns, the same as `dynamodb:LeadingKeys` in its IAM role.
    They are also checked here, because not every emulator supports that condition. Under the prefixes of `appends` it
    may only create items.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        name: str,
        clock: Clock,
        writes: Sequence[str] = (),
        appends: Sequence[str] = (),
    ) -> None:
        self.client = client
        self.name = name
        self.clock = clock
        self.new_id = Ids(clock).new
        self.writes = tuple(writes)
        self.appends = tuple(appends)
        self.trips = 0
        self.cache = ItemCache()

    def get(self, collection: Collection[E], *key: str, consistent: bool = False) -> E | None:
        """Return an entity, or None."""
        item = self._item(collection.key(*key), consistent=consistent)
        return collection.decode(item) if item else None

    def get_cached(self, collection: Collection[E], *key: str) -> E | None:
        """Return an entity as it was at most `CACHED_FOR` ago, or None. Only for what changes rarely."""
        item_key = collection.key(*key)
        if not self.is_cached(item_key):
            self.keep(item_key, self._item(item_key, consistent=False))
        return self.cache.entity(collection, item_key)

    def is_cached(self, key: Key) -> bool:
        """Return whether `get_cached` answers from memory."""
        return self.cache.has(key, self.clock.real())

    def keep(self, key: Key, item: Mapping[str, Any] | None) -> None:
        """Have `get_cached` answer with an item that was read elsewhere or written; None if there is none."""
        self.cache.put(key, item, self.clock.real() + CACHED_FOR)

    def read_tally(self, tally: Tally[E], *key: str, consistent: bool = False) -> E:
        """Return a tally; all zeros if it does not exist."""
        item = self._item(tally.key(*key), consistent=consistent)
        return tally.decode(item) if item else tally.absent

    def holder(self, value: str) -> str | None:
        """Return the holder of a unique value (`Transaction.reserve`), or None."""
        item = self._item(Key(value, "UNIQ"), consistent=True)
        return item["holder"]["S"] if item else None

    def _item(self, key: Key, *, consistent: bool) -> Mapping[str, Any] | None:
        if not key.possible:
            return None
        self.trips += 1
        answer = self.client.get_item(TableName=self.name, Key=key_attributes(key), ConsistentRead=consistent)
        return answer.get("Item")

    def batch_get(
        self, keys: Iterable[Key], *, consistent: bool = False, attributes: Iterable[str] = ()
    ) -> dict[Key, Mapping[str, Any]]:
        """Return the items that exist, of any kind, in one round trip.

        Items have their keys and the attributes of collections and counters; `attributes` are read in addition.
        """
        names = ", ".join(dict.fromkeys((*_BATCH_ATTRIBUTES, *attributes)))
        distinct = [key for key in dict.fromkeys(keys) if key.possible]
        if not distinct:
            return {}
        self.trips += 1
        items = get_items(
            self.client,
            self.name,
            [key_attributes(key) for key in distinct],
            ConsistentRead=consistent,
            ProjectionExpression=names,
        )
        return {Key(item["PK"]["S"], item["SK"]["S"]): item for item in items}

    def query(
        self,
        collection: Collection[E] | Tally[E],
        pk: str,
        *,
        index: str = "",
        prefix: str = "",
        between: tuple[str, str] | None = None,
        limit: int | None = 100,
        newest_first: bool = False,
        start: dict[str, str] | None = None,
        consistent: bool = False,
        among: Mapping[str, AbstractSet[str]] | None = None,
        only_count: bool = False,
    ) -> Page[E]:
        """Return a page of a partition of the table or of an index, in the order of the sort key.

        `prefix` or `between` (both ends included) restrict the sort key. `start` is the previous page's `next_key`.
        `among` holds accepted values of attributes that DynamoDB filters by (`Collection.filters`). It is a hint: items
        that lack an attribute are returned, too. Without a `limit`, a page has a megabyte.
        """
        if not Key(pk, prefix or "-").possible:
            return Page([], None)
        request = self._request(pk, index, prefix, between) | {"ScanIndexForward": not newest_first}
        request |= {"Select": "COUNT"} if only_count else {"ProjectionExpression": ", ".join(collection.attributes)}
        if limit is not None:
            request["Limit"] = limit
        condition, values = filter_of(among or {})
        if condition:
            request["FilterExpression"] = condition
            request["ExpressionAttributeValues"] |= values
        if consistent and not index:
            request["ConsistentRead"] = True
        if start:
            request["ExclusiveStartKey"] = {name: {"S": value} for name, value in start.items()}
        self.trips += 1
        answer = self.client.query(**request)
        last = answer.get("LastEvaluatedKey")
        return Page(
            items=[collection.decode(item) for item in answer.get("Items", ())],
            next_key={name: value["S"] for name, value in last.items()} if last else None,
            found=answer["Count"],
            examined=answer["ScannedCount"],
        )

    def _request(self, pk: str, index: str, prefix: str, between: tuple[str, str] | None) -> dict[str, Any]:
        """Return the parameters that all queries of a partition have."""
        condition, values = f"{index}PK = :pk", {":pk": {"S": pk}}
        if between:
            condition += f" AND {index}SK BETWEEN :low AND :high"
            values |= {":low": {"S": between[0]}, ":high": {"S": between[1]}}
        elif prefix:
            condition += f" AND begins_with({index}SK, :prefix)"
            values[":prefix"] = {"S": prefix}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        return request | {"IndexName": index} if index else request

    def counters(self, pk: str) -> dict[str, int]:
        """Return the counters of a partition by their sort keys. Use it only where their number is limited."""
        self.trips += 1
        answer = self.client.query(**self._request(pk, "", "", None))
        return {item["SK"]["S"]: int(item["counted"]["N"]) for item in answer["Items"] if "counted" in item}

    def query_bounded(
        self,
        collection: Collection[E] | Tally[E],
        pk: str,
        *,
        most: int,
        index: str = "",
        prefix: str = "",
        between: tuple[str, str] | None = None,
        consistent: bool = False,
    ) -> list[E]:
        """Return all entities of a partition of the table or of an index, oldest first, whose number is bounded.

        `prefix` or `between` are as in `query`. `most` is the number that the writes allow. Lists without such a bound
        are `souk.storage.lists.StoredList`s.
        """
        entities: list[E] = []
        start = None
        while True:
            page = self.query(
                collection,
                pk,
                index=index,
                prefix=prefix,
                between=between,
                limit=None,
                start=start,
                consistent=consistent,
            )
            entities += page.items
            start = page.next_key
            if start is None:
                break
        if len(entities) > most:
            log.warning("the partition %s holds %d items, more than the %d allowed", pk, len(entities), most)
        return entities

    def concurrently(self, reads: Sequence[Callable[["Table"], T]]) -> list[T]:
        """Return the results of some reads, made at the same time. Together they take as many round trips as one.

        Each read gets a table of its own.
        """
        tables = [copy(self) for _ in reads]
        with ThreadPoolExecutor(max_workers=CONCURRENCY) as pool:
            results = list(pool.map(lambda read, table: read(table), reads, tables))
        self.trips = max((table.trips for table in tables), default=self.trips)
        return results

    def transaction(self) -> Transaction:
        """Return a new transaction. Nothing is written before its `commit`."""
        return Transaction(self)

    def scan(self, collection: Collection[E], limit: int, start: Mapping[str, str] | None = None) -> Page[E]:
        """Return the entities of one kind in a part of the table, in no order, each as it is now.

        `limit` bounds the items that are read, of any kind. Few functions have the right.
        """
        request: dict[str, Any] = {
            "TableName": self.name,
            "FilterExpression": "#type = :type",
            "ExpressionAttributeNames": {"#type": "type"},
            "ExpressionAttributeValues": {":type": {"S": collection.name}},
            "ProjectionExpression": ", ".join(collection.attributes),
            "ConsistentRead": True,
            "Limit": limit,
        }
        if start:
            request["ExclusiveStartKey"] = {name: {"S": value} for name, value in start.items()}
        self.trips += 1
        answer = self.client.scan(**request)
        last = answer.get("LastEvaluatedKey")
        return Page(
            items=[collection.decode(item) for item in answer["Items"]],
            next_key={name: value["S"] for name, value in last.items()} if last else None,
            found=answer["Count"],
            examined=answer["ScannedCount"],
        )

    def scan_ids(
        self, partition: str, sort: str, limit: int, start: Mapping[str, str] | None = None
    ) -> tuple[list[str], Mapping[str, str] | None]:
        """Return ids of items in a part of the table, and where the next part starts; None at the end.

        The items have a sort key, and partition keys that are a prefix and an id. `limit` bounds the items that are
        read, of any kind. Only the search indexer has the right.
        """
        request: dict[str, Any] = {
            "TableName": self.name,
            "FilterExpression": "SK = :sort AND begins_with(PK, :partition)",
            "ExpressionAttributeValues": {":sort": {"S": sort}, ":partition": {"S": partition}},
            "ProjectionExpression": "PK",
            "ConsistentRead": True,
            "Limit": limit,
        }
        if start:
            request["ExclusiveStartKey"] = {name: {"S": value} for name, value in start.items()}
        self.trips += 1
        page = self.client.scan(**request)
        last = page.get("LastEvaluatedKey")
        following = {name: value["S"] for name, value in last.items()} if last else None
        return [item["PK"]["S"].removeprefix(partition) for item in page["Items"]], following

    def retry_until_committed(
        self, attempt: Callable[[Transaction], T], refused: Conflict | None = None, *, commits: int = _MAX_COMMITS
    ) -> T:
        """Call `attempt` and commit its transaction, again when another writer was first. Returns its result.

        `attempt` reads consistently, decides, and adds its writes, if any, to the transaction. When the commit raises
        Conflict, it is called again with a new transaction. After `commits` conflicts the last one is raised, or
        `refused` instead. From the sixth on it waits a little, so that many writers of one item do not meet again.

        A Conflict that `attempt` itself raises is a decision, not a lost race, so it is not retried.
        """
        left = commits
        while True:
            if left <= commits - _MAX_COMMITS:
                time.sleep(random.uniform(0, _LONGEST_WAIT))  # noqa: S311 - jitter is no secret
            transaction = self.transaction()
            result = attempt(transaction)
            try:
                transaction.commit()
            except Conflict as lost:
                left -= 1
                if not left and refused:
                    raise refused from lost
                if not left:
                    raise
            else:
                return result
