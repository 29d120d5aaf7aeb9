"""A DynamoDB transaction with the writes of one command and its events: all or nothing.

The events are `OUTBOX#` items that the relay reads from the table's stream. So an event is published if and only if its
transaction was committed.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from zlib import crc32

from botocore.exceptions import ClientError

from souk.storage.collection import (
    Collection,
    E,
    Item,
    Tally,
    filter_attribute,
    key_attributes,
    new_key_attributes,
    tally_attribute,
)
from souk.storage.model import Entity, Key
from souk.values.clock import Clock
from souk.values.errors import Conflict, Forbidden, SoukError, Unprocessable
from souk.values.times import stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MAX_OPERATIONS = 100  # DynamoDB's limit for one transaction
_ATTEMPTS = 8
_OUTBOX_DAYS = 7
_COUNTED = "counted"
_FIRST_WRITE = "attribute_not_exists(PK)"


class Event(Entity):
    """An event for subscribers. `entity` and `action` are from the contract's event catalog."""

    event_id: str
    entity: str
    action: str
    id: str
    occurred_at: str
    """ISO 8601, UTC."""
    expires: int
    """A Unix timestamp."""
    audience: tuple[str, ...] = ()
    """The ids of the organizations that receive it; `*` means everybody."""
    opens: bool = False
    """Whether more people may see the entity from now on."""


OUTBOX_PREFIX = "OUTBOX#"


OUTBOX_SHARDS = 8
"""Partitions of the events of a day, so that they do not meet in one. Those of an entity are in the same."""


def outbox_partition(day: str, shard: str) -> str:
    """Return the partition key of a shard of the events of a day, in the index."""
    return f"{OUTBOX_PREFIX}{day}#{shard}"


def _by_day(event: Event) -> Key:
    shard = str(crc32(event.id.encode()) % OUTBOX_SHARDS)
    return Key(outbox_partition(event.occurred_at[:10], shard), f"{event.occurred_at}#{event.event_id}")


def _outbox_key(event_id: str) -> Key:
    return Key(f"{OUTBOX_PREFIX}{event_id}", "EVENT")


OUTBOX: Collection[Event] = Collection(
    name="Event",
    model=Event,
    key=_outbox_key,
    key_of=lambda event: _outbox_key(event.event_id),
    indexes={"GSI3": _by_day},
    expires_at=lambda event: event.expires,
)


class WritableTable(Protocol):
    """The part of a table that a transaction needs (`souk.storage.table.Table`)."""

    client: "DynamoDBClient"
    name: str
    writes: tuple[str, ...]
    """The partition key prefixes that may be written."""
    appends: tuple[str, ...]
    """The partition key prefixes under which items may only be created."""
    trips: int
    clock: Clock
    new_id: Callable[[], str]

    def batch_get(
        self, keys: Iterable[Key], *, consistent: bool = False, attributes: Iterable[str] = ()
    ) -> dict[Key, Mapping[str, Any]]:
        """Return the items that exist."""


class _Operation(NamedTuple):
    request: dict[str, Any]
    refused: SoukError | None
    """The error to raise when this operation's condition fails. None: what was read for it is out of date."""


@dataclass(slots=True)
class _TallyChange:
    """The changes of one tally."""

    numbers: Counter[str] = field(default_factory=Counter)
    marks: dict[str, tuple[frozenset[str], int]] = field(default_factory=dict)
    """New elements of sets, and the greatest sizes of these."""
    times: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    """Numbers that must not have changed."""

    @property
    def request(self) -> dict[str, Any] | None:
        """The parameters of the update; None without a change."""
        numbers = {name: {"N": str(by)} for name, by in self.numbers.items() if by}
        added = numbers | {name: {"SS": sorted(elements)} for name, (elements, _) in self.marks.items()}
        times = {name: {"S": at} for name, at in self.times.items()}
        if not added and not times:
            return None
        clauses = [
            f"{verb} " + ", ".join(f"{tally_attribute(name)} {sign}:{name}" for name in names)
            for verb, sign, names in (("ADD", "", added), ("SET", "= ", times))
            if names
        ]
        request: dict[str, Any] = {
            "UpdateExpression": " ".join(clauses),
            "ExpressionAttributeValues": {f":{name}": value for name, value in (added | times).items()},
        }
        conditions = [_unchanged(name, number) for name, number in self.seen.items()]
        values = {f":seen_{name}": {"N": str(number)} for name, number in self.seen.items()}
        for name, (elements, most) in self.marks.items():
            attribute = tally_attribute(name)
            conditions.append(f"(attribute_not_exists({attribute}) OR size({attribute}) <= :room_{name})")
            values[f":room_{name}"] = {"N": str(most - len(elements))}
        if conditions:
            request["ConditionExpression"] = " AND ".join(conditions)
            request["ExpressionAttributeValues"] |= values
        return request


class Transaction:
    """Writes that are committed together. `Table.transaction()` returns a new one.

    The methods only add operations; `commit` writes them.
    """

    def __init__(self, table: WritableTable) -> None:
        self._table = table
        self.clock: Clock = table.clock
        self.new_id: Callable[[], str] = table.new_id
        self._operations: list[_Operation] = []
        self._tallies: dict[Key, _TallyChange] = {}
        self._derivations: list[Callable[[], None]] = []
        self._counted: Counter[Key] = Counter()
        self._limits: dict[Key, tuple[int, SoukError]] = {}
        self._replaced: dict[Key, Item] = {}

    def create(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> E:
        """Store a new entity and return it with its version. Raises `refused` if its key is taken."""
        stored = entity.model_copy(update={"version": 1})
        put = {"Item": collection.encode(stored), "ConditionExpression": _FIRST_WRITE}
        self._add("Put", put, refused or Conflict(f"This {collection.name} already exists."))
        self._count(collection, entity, 1)
        return stored

    def update(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> E:
        """Store a changed entity and return it with its new version. It must not have changed since it was read."""
        stored = entity.model_copy(update={"version": entity.version + 1})
        put = {"Item": collection.encode(stored), **_at_version(entity)}
        self._add("Put", put, refused or _changed(collection))
        return stored

    def delete(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> None:
        """Delete an entity, which must not have changed since it was read."""
        delete = {"Key": key_attributes(collection.key_of(entity)), **_at_version(entity)}
        self._add("Delete", delete, refused or _changed(collection))
        self._count(collection, entity, -1)

    def _count(self, collection: Collection[E], entity: E, by: int) -> None:
        for counter in collection.counters.values():
            if (key := counter(entity)) is not None:
                self._counted[key] += by

    def limit(self, counter: Key, most: int, refused: SoukError) -> None:
        """Limit the counter of a list (`Collection.counters`). Raises `refused` if this transaction exceeds `most`.

        In a table of an earlier release, a counter begins with the items that are added, until `souk lists recount`.
        """
        self._limits[counter] = most, refused

    def check(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> None:
        """Require that an entity, which this transaction does not write, has not changed since it was read."""
        check = {"Key": key_attributes(collection.key_of(entity)), **_at_version(entity)}
        self._add("ConditionCheck", check, refused or _changed(collection))

    def check_absent(self, collection: Collection[Any], *parts: Any, refused: SoukError) -> None:
        """Require that no item exists at a key. `parts` are the arguments of `Collection.key`."""
        check = {"Key": key_attributes(collection.key(*parts)), "ConditionExpression": _FIRST_WRITE}
        self._add("ConditionCheck", check, refused)

    def check_without(self, collection: Collection[Any], *parts: Any, value: str, refused: SoukError) -> None:
        """Require that the item at a key has no value that lists filter by (`Collection.filters`), or does not exist.

        Nothing has to be read for it. `parts` are the arguments of `Collection.key`. Repeated checks become one.
        """
        check = {
            "Key": key_attributes(collection.key(*parts)),
            "ConditionExpression": f"attribute_not_exists({filter_attribute(value)})",
        }
        if not any(
            operation.request.get("ConditionCheck", {}).get("Key") == check["Key"] for operation in self._operations
        ):
            self._add("ConditionCheck", check, refused)

    def reserve(self, value: str, holder: str, refused: SoukError) -> None:
        """Reserve a unique value (`UNIQ#slug#...`) for a holder. Raises `refused` if another holder has it."""
        put = {
            "Item": {**new_key_attributes(Key(value, "UNIQ")), "type": {"S": "Unique"}, "holder": {"S": holder}},
            "ConditionExpression": f"{_FIRST_WRITE} OR holder = :holder",
            "ExpressionAttributeValues": {":holder": {"S": holder}},
        }
        self._add("Put", put, refused)

    def release(self, value: str, holder: str) -> None:
        """Release a unique value."""
        delete = {
            "Key": key_attributes(Key(value, "UNIQ")),
            "ConditionExpression": "holder = :holder",
            "ExpressionAttributeValues": {":holder": {"S": holder}},
        }
        self._add("Delete", delete, Conflict(f"{holder} does not hold this value."))

    def count(
        self,
        key: Key,
        by: int = 1,
        *,
        at_most: int | None = None,
        at_least: int | None = None,
        listed: Item | None = None,
        refused: SoukError | None = None,
    ) -> None:
        """Add to a counter, which starts at 0. Raises `refused` if it would go beyond `at_least` or `at_most`.

        A counter has no version. Concurrent additions do not conflict; `commit` retries. `listed` holds the attributes
        with which lists find it (`ListedCounters.listed`).
        """
        update: dict[str, Any] = {
            "Key": new_key_attributes(key),
            "UpdateExpression": f"ADD {_COUNTED} :by",
            "ExpressionAttributeValues": {":by": {"N": str(by)}},
        }
        if listed:
            update["UpdateExpression"] += " SET " + ", ".join(f"{name} = :{name}" for name in listed)
            update["ExpressionAttributeValues"] |= {f":{name}": value for name, value in listed.items()}
        bounds = []
        if at_most is not None:
            bounds.append((":most", "<=", at_most))
        if at_least is not None:
            bounds.append((":least", ">=", at_least))
        if bounds:
            # A missing counter is 0, so it satisfies the condition if 0 does.
            zero_allowed = all(by <= end if sign == "<=" else by >= end for _, sign, end in bounds)
            within = " AND ".join(f"{_COUNTED} {sign} {name}" for name, sign, _ in bounds)
            update["ConditionExpression"] = (
                f"attribute_not_exists({_COUNTED}) OR ({within})" if zero_allowed else within
            )
            for name, _, end in bounds:
                update["ExpressionAttributeValues"][name] = {"N": str(end - by)}
        self._add("Update", update, refused or Conflict("This counter cannot be changed."))

    def tally(self, tally: Tally[Any], key: Key, **by: int) -> None:
        """Add to the counters of a tally, which start at 0. Several calls for one tally become one write."""
        unknown = by.keys() - set(tally.names)
        if unknown:
            raise ValueError(f"{tally.name} does not count {', '.join(sorted(unknown))}.")
        self._tally(key).numbers.update(by)

    def mark(self, key: Key, name: str, element: str, *, most: int) -> None:
        """Add an element to a set of a tally, which has at most `most`.

        The transaction fails beyond that, so `most` has to follow from a derivation (`derive`) or from other bounds.
        """
        marks = self._tally(key).marks
        earlier, _ = marks.get(name, (frozenset[str](), most))
        marks[name] = earlier | {element}, most

    def latest(self, key: Key, **at: str) -> None:
        """Set the latest times of a tally."""
        self._tally(key).times |= at

    def depend(self, key: Key, **seen: int) -> None:
        """Require that numbers of a tally that this transaction adds to are the ones that were read.

        Only in a derivation (`derive`), which runs again when they have changed.
        """
        self._tally(key).seen |= seen

    def derive(self, derivation: Callable[[], None]) -> None:
        """Have `derivation` add to tallies what depends on tallies that it reads (`read_tallies`).

        `commit` calls it before each attempt, so that a change by another writer does not fail the transaction.
        """
        self._derivations.append(derivation)

    def read_tallies(self, wanted: Mapping[Key, Tally[Any]]) -> dict[Key, Any]:
        """Return tallies by their keys, in one round trip. The reads are strongly consistent."""
        attributes = sorted({name for tally in wanted.values() for name in tally.attributes} - {"SK"})
        items = self._table.batch_get(wanted, consistent=True, attributes=attributes)
        return {key: tally.decode(items[key]) if key in items else tally.absent for key, tally in wanted.items()}

    def _tally(self, key: Key) -> _TallyChange:
        return self._tallies.setdefault(key, _TallyChange())

    def set_derived(self, tally: Tally[E], key: Key, seen: E, depending_on: Sequence[str], **numbers: int) -> None:
        """Set numbers of a tally that are derived from its other numbers, which must not have changed since `seen`.

        It is a separate write, so the same transaction cannot add to the tally.
        """
        update: dict[str, Any] = {
            "Key": new_key_attributes(key),
            "UpdateExpression": "SET " + ", ".join(f"{tally_attribute(name)} = :{name}" for name in numbers),
            "ConditionExpression": " AND ".join(_unchanged(name, getattr(seen, name)) for name in depending_on),
            "ExpressionAttributeValues": {f":{name}": {"N": str(number)} for name, number in numbers.items()}
            | {f":seen_{name}": {"N": str(getattr(seen, name))} for name in depending_on},
        }
        self._add("Update", update, Conflict(f"This {tally.name} has changed since it was read; read it again."))

    def _add_counted(self) -> None:
        """Add the changes of the lists' counters. `changes` tells `souk lists recount` of writes beside it."""
        for key, by in self._counted.items():
            update: dict[str, Any] = {
                "Key": new_key_attributes(key),
                "UpdateExpression": f"ADD {_COUNTED} :by, changes :one",
                "ExpressionAttributeValues": {":by": {"N": str(by)}, ":one": {"N": "1"}},
            }
            refused: SoukError = Conflict("This counter cannot be changed.")
            if key in self._limits:
                most, refused = self._limits[key]
                update["ConditionExpression"] = f"attribute_not_exists({_COUNTED}) OR {_COUNTED} <= :room"
                update["ExpressionAttributeValues"][":room"] = {"N": str(most - by)}
            self._add("Update", update, refused)
        self._counted.clear()
        self._limits.clear()

    def _tally_operations(self) -> list[_Operation]:
        """Return the writes of tallies, with those of the derivations, which are called now."""
        before = deepcopy(self._tallies)
        for derivation in self._derivations:
            derivation()
        changes, self._tallies = self._tallies, before
        return [
            self._operation("Update", {"Key": new_key_attributes(key), **request}, None)
            for key, change in changes.items()
            if (request := change.request)
        ]

    def emit(self, entity: str, action: str, entity_id: str, *, to: Iterable[str], opens: bool = False) -> None:
        """Add an event of the contract's catalog to the transaction.

        Only the organizations `to` receive it: the ids of teams and of their companies, or
        `souk.values.audience.EVERYBODY`. `opens` says that more people may see the entity from now on. Consumers on the
        bus can ask for these events alone.
        """
        event = Event(
            event_id=self.new_id(),
            entity=entity,
            action=action,
            id=entity_id,
            occurred_at=stamp(self.clock.market()),
            expires=int(self.clock.real().timestamp()) + _OUTBOX_DAYS * 86_400,
            audience=tuple(dict.fromkeys(to)),
            opens=opens,
        )
        self.create(OUTBOX, event)

    def replace(self, collection: Collection[E], entity: E) -> None:
        """Store an entity with its own version, overwriting any item at its key. The last call for a key wins."""
        self._replaced[collection.key_of(entity)] = collection.encode(entity)

    def _add_replaced(self) -> None:
        for item in self._replaced.values():
            self._add("Put", {"Item": item}, Conflict("This item cannot be stored."))
        self._replaced.clear()

    def clear(self) -> None:
        """Remove all operations."""
        self._operations.clear()
        self._tallies.clear()
        self._derivations.clear()
        self._counted.clear()
        self._limits.clear()
        self._replaced.clear()

    def commit(self) -> None:
        """Write everything. An empty transaction writes nothing.

        Raises the `refused` error of the first operation whose condition failed. Raises Conflict if others keep writing
        to the same items, and Unprocessable if there are too many operations for one transaction.
        """
        self._add_counted()
        self._add_replaced()
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0.01, 0.02 * 2**attempt))  # noqa: S311 - jitter is no secret
            operations = [*self._operations, *self._tally_operations()]
            if len(operations) > _MAX_OPERATIONS:
                raise Unprocessable(
                    f"This would write {len(operations)} items at once; the limit is {_MAX_OPERATIONS}."
                )
            if not operations:
                return
            try:
                self._table.trips += 1
                self._table.client.transact_write_items(
                    TransactItems=[operation.request for operation in operations]  # type: ignore[misc]
                )
            except self._table.client.exceptions.TransactionCanceledException as cancelled:
                self._raise_if_refused(operations, cancelled)
            else:
                return
        raise Conflict("Other requests are changing the same data; try again.")

    def try_commit(self) -> bool:
        """Commit and return True, or return False on a Conflict. Raises the other errors of `commit`."""
        try:
            self.commit()
        except Conflict:
            return False
        return True

    def _raise_if_refused(self, operations: Sequence[_Operation], cancelled: ClientError) -> None:
        """Raise unless the transaction only conflicted with another one, so that a retry may succeed."""
        reasons = [reason.get("Code") for reason in cancelled.response.get("CancellationReasons", [])]
        failed = [one for one, reason in zip(operations, reasons, strict=False) if reason == "ConditionalCheckFailed"]
        for operation in failed:
            if operation.refused:
                raise operation.refused from cancelled
        if not failed and not any(
            reason in {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"} for reason in reasons
        ):
            raise cancelled

    def _add(self, action: str, request: Item, refused: SoukError) -> None:
        self._operations.append(self._operation(action, request, refused))

    def _operation(self, action: str, request: Item, refused: SoukError | None) -> _Operation:
        pk = (request.get("Key") or request["Item"])["PK"]["S"]
        if action != "ConditionCheck" and not self._may_write(pk, request):
            raise Forbidden(
                f"This function may not write keys that begin with {_prefix_of(pk)}. Add this prefix to WRITES in the "
                "store.py of the domain that owns it; if that is another domain, name it in `joins` of this one."
            )
        request["TableName"] = self._table.name
        return _Operation({action: request}, refused)

    def _may_write(self, pk: str, request: Item) -> bool:
        """Return whether this function may write an item: any write with its own prefixes, creations with `appends`."""
        creates = request.get("ConditionExpression") == _FIRST_WRITE
        return pk.startswith(self._table.writes) or (creates and pk.startswith(self._table.appends))


def counter_value(item: Mapping[str, Any] | None) -> int:
    """Return the value of a counter's item; 0 if it does not exist."""
    return int(item[_COUNTED]["N"]) if item else 0


def _prefix_of(pk: str) -> str:
    """Return the part of a partition key that all items of its kind share, such as `OFFER#` or `UNIQ#slug#`."""
    words = 2 if pk.startswith("UNIQ#") else 1
    return "".join(f"{word}#" for word in pk.split("#")[:words])


def _unchanged(name: str, seen: int) -> str:
    """Return the condition that a number of a tally has not changed. A missing number was read as 0."""
    attribute = tally_attribute(name)
    same = f"{attribute} = :seen_{name}"
    return same if seen else f"({same} OR attribute_not_exists({attribute}))"


def _at_version(entity: Entity) -> Item:
    return {
        "ConditionExpression": "version = :read",
        "ExpressionAttributeValues": {":read": {"N": str(entity.version)}},
    }


def _changed(collection: Collection[Any]) -> Conflict:
    return Conflict(f"This {collection.name} has changed since it was read; read it again.")
