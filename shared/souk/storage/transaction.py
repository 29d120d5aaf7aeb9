"""A command is one DynamoDB transaction: all of it happens, with the record of what happened, or nothing does.

The record (an `OUTBOX#` item) is read from the table's stream by the relay, so an event is told if and only if its
cause is in the table.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from souk.storage.collection import Collection, E, Item, Tally, key_attributes, new_key_attributes, tally_attribute
from souk.storage.model import Entity, Key
from souk.values.clock import Clock
from souk.values.errors import Conflict, Forbidden, SoukError, Unprocessable
from souk.values.times import stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MAX_OPERATIONS = 100  # in one transaction, a limit of DynamoDB
_ATTEMPTS = 8
_OUTBOX_DAYS = 7
_COUNTED = "counted"
_FIRST_WRITE = "attribute_not_exists(PK)"


class Event(Entity):
    """What happened, as subscribers are told: `entity` and `action` are words of the contract's event catalog."""

    event_id: str
    entity: str
    action: str
    id: str
    occurred_at: str
    """ISO 8601, UTC."""
    expires: int
    """Seconds since 1970."""
    audience: tuple[str, ...] = ()
    """The ids of the organizations whom it concerns; `*` is everybody."""


OUTBOX_PREFIX = "OUTBOX#"


def _outbox_key(event_id: str) -> Key:
    return Key(f"{OUTBOX_PREFIX}{event_id}", "EVENT")


OUTBOX: Collection[Event] = Collection(
    name="Event",
    model=Event,
    key=_outbox_key,
    key_of=lambda event: _outbox_key(event.event_id),
    expires_at=lambda event: event.expires,
)


class WritableTable(Protocol):
    """What a transaction needs of a table (`souk.storage.table.Table`)."""

    client: "DynamoDBClient"
    name: str
    writes: tuple[str, ...]
    """The beginnings of the partition keys that may be written."""
    trips: int
    clock: Clock
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Operation:
    request: dict[str, Any]
    refused: SoukError
    """What to raise when this operation's condition does not hold."""


class Transaction:
    """Writes that happen together. Get one from `Table.transaction()`.

    Every method only notes what shall be written; `commit` does it.
    """

    def __init__(self, table: WritableTable) -> None:
        self._table = table
        self.clock: Clock = table.clock
        self.new_id: Callable[[], str] = table.new_id
        self._operations: list[_Operation] = []
        self._tallies: dict[Key, Counter[str]] = {}
        self._replaced: dict[Key, Item] = {}

    def create(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> E:
        """Store a new entity; returns it with its version. `refused` is raised if its key is taken."""
        stored = entity.model_copy(update={"version": 1})
        put = {"Item": collection.encode(stored), "ConditionExpression": _FIRST_WRITE}
        self._note("Put", put, refused or Conflict(f"This {collection.name} exists already."))
        return stored

    def update(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> E:
        """Store a changed entity, if nobody else has changed it since it was read; returns it with its new version."""
        stored = entity.model_copy(update={"version": entity.version + 1})
        put = {"Item": collection.encode(stored), **_at_version(entity)}
        self._note("Put", put, refused or _changed(collection))
        return stored

    def delete(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> None:
        """Remove an entity, if nobody else has changed it since it was read."""
        delete = {"Key": key_attributes(collection.key_of(entity)), **_at_version(entity)}
        self._note("Delete", delete, refused or _changed(collection))

    def check(self, collection: Collection[E], entity: E, refused: SoukError | None = None) -> None:
        """Write only if an entity that is not changed here is still as it was read."""
        check = {"Key": key_attributes(collection.key_of(entity)), **_at_version(entity)}
        self._note("ConditionCheck", check, refused or _changed(collection))

    def check_absent(self, collection: Collection[Any], *parts: Any, refused: SoukError) -> None:
        """Write only if there is still nothing at a key, which is made of what `Collection.key` takes."""
        check = {"Key": key_attributes(collection.key(*parts)), "ConditionExpression": _FIRST_WRITE}
        self._note("ConditionCheck", check, refused)

    def reserve(self, value: str, holder: str, refused: SoukError) -> None:
        """Take a unique value (`UNIQ#slug#...`) for a holder; `refused` is raised if another has it."""
        put = {
            "Item": {**new_key_attributes(Key(value, "UNIQ")), "type": {"S": "Unique"}, "holder": {"S": holder}},
            "ConditionExpression": f"{_FIRST_WRITE} OR holder = :holder",
            "ExpressionAttributeValues": {":holder": {"S": holder}},
        }
        self._note("Put", put, refused)

    def release(self, value: str, holder: str) -> None:
        """Give a unique value back."""
        delete = {
            "Key": key_attributes(Key(value, "UNIQ")),
            "ConditionExpression": "holder = :holder",
            "ExpressionAttributeValues": {":holder": {"S": holder}},
        }
        self._note("Delete", delete, Conflict(f"{holder} does not hold this value."))

    def count(
        self,
        key: Key,
        by: int = 1,
        *,
        at_most: int | None = None,
        at_least: int | None = None,
        refused: SoukError | None = None,
    ) -> None:
        """Add to a counter, which begins at 0; `refused` is raised where it would leave `at_least` or `at_most`.

        It has no version: who adds at the same time is in the way of nobody for longer than `commit` tries again.
        """
        update: dict[str, Any] = {
            "Key": new_key_attributes(key),
            "UpdateExpression": f"ADD {_COUNTED} :by",
            "ExpressionAttributeValues": {":by": {"N": str(by)}},
        }
        bounds = []
        if at_most is not None:
            bounds.append((":most", "<=", at_most))
        if at_least is not None:
            bounds.append((":least", ">=", at_least))
        if bounds:
            # A counter that nobody has raised yet is 0: that it is missing will do where 0 would.
            missing = all(by <= end if sign == "<=" else by >= end for _, sign, end in bounds)
            held = " AND ".join(f"{_COUNTED} {sign} {name}" for name, sign, _ in bounds)
            update["ConditionExpression"] = f"attribute_not_exists({_COUNTED}) OR ({held})" if missing else held
            for name, _, end in bounds:
                update["ExpressionAttributeValues"][name] = {"N": str(end - by)}
        self._note("Update", update, refused or Conflict("This counter cannot be changed."))

    def tally(self, tally: Tally[Any], key: Key, **by: int) -> None:
        """Add to the numbers of a tally, each of which begins at 0. Several calls for one tally are one write."""
        added = self._tallies.setdefault(key, Counter())
        unknown = by.keys() - set(tally.names)
        if unknown:
            raise ValueError(f"{tally.name} does not count {', '.join(sorted(unknown))}.")
        added.update(by)

    def set_derived(self, tally: Tally[E], key: Key, seen: E, depending_on: Sequence[str], **numbers: int) -> None:
        """Set numbers of a tally that follow from others of its, if those are still as they were seen.

        It is a write of its own: the same transaction cannot add to that tally.
        """
        update: dict[str, Any] = {
            "Key": new_key_attributes(key),
            "UpdateExpression": "SET " + ", ".join(f"{tally_attribute(name)} = :{name}" for name in numbers),
            "ConditionExpression": " AND ".join(_as_seen(name, getattr(seen, name)) for name in depending_on),
            "ExpressionAttributeValues": {f":{name}": {"N": str(number)} for name, number in numbers.items()}
            | {f":seen_{name}": {"N": str(getattr(seen, name))} for name in depending_on},
        }
        self._note("Update", update, Conflict(f"This {tally.name} has changed since it was read; read it again."))

    def _note_tallies(self) -> None:
        for key, by in self._tallies.items():
            changed = {name: number for name, number in by.items() if number}
            if not changed:
                continue
            update = {
                "Key": new_key_attributes(key),
                "UpdateExpression": "ADD " + ", ".join(f"{tally_attribute(name)} :{name}" for name in changed),
                "ExpressionAttributeValues": {f":{name}": {"N": str(number)} for name, number in changed.items()},
            }
            self._note("Update", update, Conflict("This tally cannot be changed."))
        self._tallies.clear()

    def emit(self, entity: str, action: str, entity_id: str, *, to: Iterable[str]) -> None:
        """Tell what happened, in the contract's words, to those organizations that it concerns and nobody else.

        `to` has their ids, a team's beside its company's; or it is `souk.values.audience.EVERYBODY`.
        """
        event = Event(
            event_id=self.new_id(),
            entity=entity,
            action=action,
            id=entity_id,
            occurred_at=stamp(self.clock.market()),
            expires=int(self.clock.real().timestamp()) + _OUTBOX_DAYS * 86_400,
            audience=tuple(dict.fromkeys(to)),
        )
        self.create(OUTBOX, event)

    def replace(self, collection: Collection[E], entity: E) -> None:
        """Store an entity at its own version, whatever the table holds at its key. The last call for a key wins."""
        self._replaced[collection.key_of(entity)] = collection.encode(entity)

    def _note_replaced(self) -> None:
        for item in self._replaced.values():
            self._note("Put", {"Item": item}, Conflict("This item cannot be stored."))
        self._replaced.clear()

    def clear(self) -> None:
        """Forget all that was noted: the transaction is empty again."""
        self._operations.clear()
        self._tallies.clear()
        self._replaced.clear()

    def commit(self) -> None:
        """Write all of it. An empty transaction writes nothing.

        Raises what the first refused operation named, Conflict when others keep writing to the same items, and
        Unprocessable when there is more than one transaction can hold.
        """
        self._note_tallies()
        self._note_replaced()
        if len(self._operations) > _MAX_OPERATIONS:
            raise Unprocessable(
                f"This would change {len(self._operations)} things at once and {_MAX_OPERATIONS} are the limit."
            )
        if not self._operations:
            return
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0.01, 0.02 * 2**attempt))  # noqa: S311 - jitter is no secret
            try:
                self._table.trips += 1
                self._table.client.transact_write_items(
                    TransactItems=[operation.request for operation in self._operations]  # type: ignore[misc]
                )
            except self._table.client.exceptions.TransactionCanceledException as cancelled:
                self._raise_if_refused(cancelled)
            else:
                return
        raise Conflict("Others are changing the same thing at this moment; try again.")

    def try_commit(self) -> bool:
        """Write all of it if nobody was first, and say whether it is written. Raises as `commit`, but no Conflict."""
        try:
            self.commit()
        except Conflict:
            return False
        return True

    def _raise_if_refused(self, cancelled: ClientError) -> None:
        """Raise unless another transaction was merely in the way, which a second attempt can pass."""
        reasons = [reason.get("Code") for reason in cancelled.response.get("CancellationReasons", [])]
        for operation, reason in zip(self._operations, reasons, strict=False):
            if reason == "ConditionalCheckFailed":
                raise operation.refused from cancelled
        if not any(
            reason in {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"} for reason in reasons
        ):
            raise cancelled

    def _note(self, action: str, request: Item, refused: SoukError) -> None:
        pk = (request.get("Key") or request["Item"])["PK"]["S"]
        if action != "ConditionCheck" and not pk.startswith(self._table.writes):
            raise Forbidden(f"This function does not own {pk.split('#')[0]} and may not write it.")
        request["TableName"] = self._table.name
        self._operations.append(_Operation({action: request}, refused))


def counter_value(item: Mapping[str, Any] | None) -> int:
    """Return what a counter's item says; 0 where nobody has counted yet."""
    return int(item[_COUNTED]["N"]) if item else 0


def _as_seen(name: str, seen: int) -> str:
    """Return the condition that a number of a tally is as it was seen. One that was never written was seen as 0."""
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
