"""Reading the table, and counting how often it is read.

A round trip is one wait for the table. A batch of more keys than one BatchGetItem takes goes out as several requests
at once, which is one wait. Tests count round trips instead of timing.

Lists ask for `doc` alone: the client library spends its time on each attribute it is given. A key that is longer than
DynamoDB's, which whoever calls can make of any id, is not asked for: there is no such item.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from souk.storage.batch import get_items
from souk.storage.collection import Collection, E, Tally, key_attributes
from souk.storage.ids import Ids
from souk.storage.model import Key
from souk.storage.transaction import Transaction
from souk.values.clock import Clock
from souk.values.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ALWAYS = ("PK", "SK", "doc", "counted")
_COMMITS = 5  # of one command that others keep overtaking

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, and where the next part begins (None: there is none)."""

    items: list[T]
    next_key: dict[str, str] | None


class Table:
    """The table as one function may use it.

    `writes` are the beginnings of the partition keys that this function owns: the same list that its IAM role holds
    in `dynamodb:LeadingKeys`. They are checked here as well, because not every emulator knows that condition.
    """

    def __init__(self, client: "DynamoDBClient", name: str, clock: Clock, writes: Sequence[str] = ()) -> None:
        self.client = client
        self.name = name
        self.clock = clock
        self.new_id = Ids(clock).new
        self.writes = tuple(writes)
        self.trips = 0

    def get(self, collection: Collection[E], *key: str, consistent: bool = False) -> E | None:
        """Return one entity, or None."""
        item = self._item(collection.key(*key), consistent=consistent)
        return collection.decode(item) if item else None

    def read_tally(self, tally: Tally[E], *key: str, consistent: bool = False) -> E:
        """Return what a tally counts; all zeros where nobody has counted yet."""
        item = self._item(tally.key(*key), consistent=consistent)
        return tally.decode(item) if item else tally.absent

    def holder(self, value: str) -> str | None:
        """Return who holds a unique value (`Transaction.reserve`), or None."""
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
        """Return the items that there are, of any kind, in one round trip.

        They have their keys, what collections need and what counters hold; `attributes` are more of theirs.
        """
        names = ", ".join(dict.fromkeys((*_ALWAYS, *attributes)))
        wanted = [key for key in dict.fromkeys(keys) if key.possible]
        if not wanted:
            return {}
        self.trips += 1
        found = get_items(
            self.client,
            self.name,
            [key_attributes(key) for key in wanted],
            ConsistentRead=consistent,
            ProjectionExpression=names,
        )
        return {Key(item["PK"]["S"], item["SK"]["S"]): item for item in found}

    def query(
        self,
        collection: Collection[E],
        pk: str,
        *,
        index: str = "",
        prefix: str = "",
        between: tuple[str, str] | None = None,
        limit: int = 100,
        newest_first: bool = False,
        start: dict[str, str] | None = None,
        consistent: bool = False,
    ) -> Page[E]:
        """Return a page of a partition of the table or of an index, in order of its sort key.

        `prefix` or `between` (both ends included) narrow the sort key. `start` is the `next_key` of the page before.
        """
        if not Key(pk, prefix or "-").possible:
            return Page([], None)
        request = self._request(pk, index, prefix, between) | {
            "ProjectionExpression": "doc",
            "Limit": limit,
            "ScanIndexForward": not newest_first,
        }
        if consistent and not index:
            request["ConsistentRead"] = True
        if start:
            request["ExclusiveStartKey"] = {name: {"S": value} for name, value in start.items()}
        self.trips += 1
        answer = self.client.query(**request)
        last = answer.get("LastEvaluatedKey")
        return Page(
            items=[collection.decode(item) for item in answer["Items"]],
            next_key={name: value["S"] for name, value in last.items()} if last else None,
        )

    def _request(self, pk: str, index: str, prefix: str, between: tuple[str, str] | None) -> dict[str, Any]:
        """Return what every query of a partition says."""
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

    def count(self, pk: str, *, index: str = "", prefix: str = "", most: int) -> int | None:
        """Return how many items a partition has, in one round trip; None where there are more than `most`.

        It reads what it counts, so `most` is what it may cost: a thousand or so.
        """
        request = self._request(pk, index, prefix, None) | {"Select": "COUNT", "Limit": most + 1}
        self.trips += 1
        answer = self.client.query(**request)
        return None if "LastEvaluatedKey" in answer or answer["Count"] > most else answer["Count"]

    def query_all(
        self, collection: Collection[E], pk: str, *, index: str = "", prefix: str = "", consistent: bool = False
    ) -> list[E]:
        """Return all of a partition of the table or of an index that `query` would give page by page.

        It is for what is counted: the more there is, the more round trips it takes.
        """
        found: list[E] = []
        start = None
        while True:
            page = self.query(
                collection, pk, index=index, prefix=prefix, limit=1_000, start=start, consistent=consistent
            )
            found += page.items
            if page.next_key is None:
                return found
            start = page.next_key

    def transaction(self) -> Transaction:
        """Begin a command. Nothing is written before its `commit`."""
        return Transaction(self)

    def retry_until_committed(self, attempt: Callable[[Transaction], T], refused: Conflict | None = None) -> T:
        """Read, decide and write, again where another writer was first; returns what the attempt returned.

        `attempt` reads what it decides by (consistently), and notes its writes in the transaction that it is given; it
        may note nothing. It is called anew, with a new transaction, each time that the commit ends in a Conflict. When
        that has happened five times, the last Conflict is raised, or `refused` in its place.

        A Conflict that `attempt` itself raises is its decision and not a lost race: it is raised at once.
        """
        left = _COMMITS
        while True:
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
