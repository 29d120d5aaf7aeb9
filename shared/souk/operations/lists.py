"""Brings the lists of a deployment up to date: the attributes of items that an earlier release wrote, and counters.

Both commands can run while the deployment is in use, and again at any time.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from souk.domains import stored_lists
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Collection, Key, StoredList, counter_value
from souk.storage.collection import ListedCounters, key_attributes
from souk.storage.lists import RECOUNTED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SETTLING_SECONDS: Final = 1.0
"""How long an index may take to show a write. AWS: usually a fraction of a second."""
_TOGETHER: Final = 1_000
"""Counters that wait for this at the same time."""
_AT_ONCE: Final = 8
"""Counters that are read or set at the same time."""
_ATTEMPTS: Final = 10

Item = Mapping[str, Any]


def rewrite(deployment: Deployment) -> int:
    """Add the index keys and filters that items of listed collections lack. Return the number of items changed.

    The entities themselves stay as they are. An item that changes meanwhile is written by this release anyway.
    """
    client, table = deployment.client("dynamodb"), deployment.outputs["TableName"]
    changed = 0
    collections = {one.collection.name: one.collection for one in stored_lists()}
    counters = [one for one in collections.values() if isinstance(one, ListedCounters)]
    for item in _scan(client, table, set(collections), counters=tuple(one.prefix for one in counters)):
        if "type" in item:
            missing = _missing(collections[item["type"]["S"]], item)
        else:
            missing = _missing_of_counter(counters, item)
        if missing:
            changed += _add_attributes(client, table, item, missing)
    return changed


def _missing_of_counter(counters: Iterable[ListedCounters[Any]], item: Item) -> dict[str, Any]:
    """Return the attributes that the lists of a counter need and that it has not; none if no list shows it."""
    key = Key(item["PK"]["S"], item["SK"]["S"])
    for collection in counters:
        if key.pk.startswith(collection.prefix) and (made := collection.make(key, counter_value(item))):
            return {name: value for name, value in collection.listed(made).items() if item.get(name) != value}
    return {}


def _missing(collection: Collection[Any], item: Item) -> dict[str, Any]:
    """Return the attributes for indexes and filters that an item should have and has not, or has differently."""
    now = collection.encode(collection.decode(item))
    derived = {name: value for name, value in now.items() if name[:3] == "GSI" or name[:2] == "f_"}
    return {name: value for name, value in derived.items() if item.get(name) != value}


def _add_attributes(client: "DynamoDBClient", table: str, item: Item, attributes: Mapping[str, Any]) -> bool:
    values = {f":v{at}": value for at, value in enumerate(attributes.values())}
    names = {f"#v{at}": name for at, name in enumerate(attributes)}
    try:
        client.update_item(
            TableName=table,
            Key={"PK": item["PK"], "SK": item["SK"]},
            UpdateExpression="SET " + ", ".join(f"#v{at} = :v{at}" for at in range(len(values))),
            # A counter has no version: what its lists find it by follows from its key.
            ConditionExpression="version = :read" if "version" in item else "attribute_exists(PK)",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={**values, **({":read": item["version"]} if "version" in item else {})},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Counted:
    """A counter, and the partition of an index that it counts; None if no item is left in it."""

    counter: Key
    index: str = ""
    partition: str | None = None
    prefix: str = ""


def recount(deployment: Deployment, wait: Callable[[float], None] = time.sleep) -> int:
    """Count the items of all lists with a counter, and set the counters. Return their number.

    A counter that changes meanwhile is counted again, because its change may or may not be in the count. Raises Problem
    if one changes every time.
    """
    client, table = deployment.client("dynamodb"), deployment.outputs["TableName"]
    lists = [one for one in stored_lists() if one.counter]
    counted = list(_counters(client, table, lists))
    for start in range(0, len(counted), _TOGETHER):
        _recount(client, table, counted[start : start + _TOGETHER], wait)
    if lists:
        names = {"exact_lists": {"SS": sorted(one.name for one in lists)}}
        client.put_item(TableName=table, Item={**key_attributes(RECOUNTED), **names})
    return len(counted)


def counted(deployment: Deployment) -> bool:
    """Return whether `recount` has made the counters of all lists, which are kept since."""
    client, table = deployment.client("dynamodb"), deployment.outputs["TableName"]
    item = client.get_item(TableName=table, Key=key_attributes(RECOUNTED), ConsistentRead=True).get("Item", {})
    return {one.name for one in stored_lists() if one.counter} <= set(item.get("exact_lists", {}).get("SS", ()))


def _counters(client: "DynamoDBClient", table: str, lists: Iterable[StoredList[Any]]) -> Iterator[_Counted]:
    """Yield every counter once: those of the items that there are, and those that are left of deleted ones."""
    by_type = {one.collection.name: one.collection for one in lists}
    prefixes = {(one.collection.name, one.index): one.prefix for one in lists}
    seen: set[Key] = set()
    left: set[Key] = set()
    for item in _scan(client, table, set(by_type), with_counters=True):
        collection = by_type.get(item.get("type", {}).get("S", ""))
        if collection is None:
            left.add(Key(item["PK"]["S"], item["SK"]["S"]))
            continue
        entity = collection.decode(item)
        for index, counter in collection.counters.items():
            in_index = collection.indexes[index](entity) if index else collection.key_of(entity)
            key = counter(entity)
            if key is not None and in_index is not None and key not in seen:
                seen.add(key)
                yield _Counted(key, index, in_index.pk, prefixes[collection.name, index])
    yield from (_Counted(key) for key in left - seen)


def _recount(client: "DynamoDBClient", table: str, batch: Iterable[_Counted], wait: Callable[[float], None]) -> None:
    pending = list(batch)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in range(_ATTEMPTS):
            before = list(pool.map(lambda one: _changes(client, table, one.counter), pending))
            wait(_SETTLING_SECONDS)  # an index may show a write a little later
            counted = pool.map(partial(_recount_one, client, table), pending, before)
            pending = [one for one, done in zip(pending, counted, strict=True) if not done]
            if not pending:
                return
    raise Problem(f"The counter {pending[0].counter.pk} changes all the time; try again.")


def _recount_one(client: "DynamoDBClient", table: str, one: _Counted, changes: Mapping[str, Any] | None) -> bool:
    return _set(client, table, one.counter, _count(client, table, one), changes)


def _changes(client: "DynamoDBClient", table: str, key: Key) -> Mapping[str, Any] | None:
    item = client.get_item(TableName=table, Key=key_attributes(key), ConsistentRead=True).get("Item", {})
    return item.get("changes")


def _count(client: "DynamoDBClient", table: str, one: _Counted) -> int:
    if one.partition is None:
        return 0
    condition, values = f"{one.index}PK = :pk", {":pk": {"S": one.partition}}
    if one.prefix:
        condition += f" AND begins_with({one.index}SK, :prefix)"
        values[":prefix"] = {"S": one.prefix}
    where = {"IndexName": one.index} if one.index else {"ConsistentRead": True}
    pages = client.get_paginator("query").paginate(
        TableName=table,
        Select="COUNT",
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        **where,
    )
    return sum(page["Count"] for page in pages)


def _set(client: "DynamoDBClient", table: str, key: Key, number: int, changes: Mapping[str, Any] | None) -> bool:
    """Set a counter if nobody has changed it since `changes` was read. Return whether it was set."""
    values: dict[str, Any] = {":number": {"N": str(number)}}
    if changes is not None:
        values[":changes"] = changes
    try:
        client.update_item(
            TableName=table,
            Key=key_attributes(key),
            UpdateExpression="SET counted = :number",
            ConditionExpression="attribute_not_exists(changes)" if changes is None else "changes = :changes",
            ExpressionAttributeValues=values,
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _scan(
    client: "DynamoDBClient",
    table: str,
    types: set[str],
    *,
    with_counters: bool = False,
    counters: Sequence[str] = (),
) -> Iterator[Item]:
    """Scan the table for items of these types, and for counters of lists, or for counters with some prefixes.

    Unlike functions, an operator may scan.
    """
    values = {f":t{at}": {"S": name} for at, name in enumerate(sorted(types))}
    if not values:
        return
    condition = f"#type IN ({', '.join(values)})"
    for at, prefix in enumerate(counters):
        condition += f" OR (begins_with(PK, :c{at}) AND attribute_exists(counted))"
        values[f":c{at}"] = {"S": prefix}
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression=f"{condition} OR attribute_exists(changes)" if with_counters else condition,
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]
