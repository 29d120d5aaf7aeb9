"""Rebuilds the tallies of freelancers from their records: for tables of an earlier release, and after a repair.

It can run while the deployment is in use. A tally that changes meanwhile is computed again, because its change may or
may not be in the records that were read.
"""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from souk.deadlines.model import schedule
from souk.domains.market.rules import next_scoring
from souk.domains.market.store import SCORE
from souk.domains.reputation.commands.rebuilding import (
    contracts_of,
    differences,
    history_of,
    replayed,
    stored,
)
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.storage import Entity, Key, Table, Tally
from souk.storage.collection import key_attributes, tally_attribute

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PROGRESS: Final = Key("TALLIES", "REBUILD")
"""The item with the last freelancer that a rebuild has finished. It is deleted at the end."""
_SETTLING_SECONDS: Final = 1.0
"""How long an index may take to show a write. AWS: usually a fraction of a second."""
_TOGETHER: Final = 50
"""Freelancers that wait for this at the same time."""
_ATTEMPTS: Final = 10
_TYPES: Final = ("Contract", "JobInvitation", "Proposal")
_INDEXES: Final = {"GSI1": ("APPLICANT#", "INVITEE#"), "GSI2": ("CONTRACTS#PERSON#",)}


def rebuild(
    deployment: Deployment, say: Callable[[str], object] = print, wait: Callable[[float], None] = time.sleep
) -> int:
    """Rebuild the tallies of all freelancers, and return their number.

    After an interruption, it goes on where it stopped. Raises Problem if a tally changes every time.
    """
    client, name = deployment.client("dynamodb"), deployment.outputs["TableName"]
    table = open_table(deployment)
    people = _freelancers(client, name)
    done = _progress(client, name)
    pending = [one for one in people if one > done]
    if len(pending) < len(people):
        say(f"Going on after {len(people) - len(pending)} of {len(people)} freelancers")
    for start in range(0, len(pending), _TOGETHER):
        batch = pending[start : start + _TOGETHER]
        _rebuild(table, batch, wait)
        client.put_item(TableName=name, Item={**key_attributes(_PROGRESS), "after": {"S": batch[-1]}})
        say(f"Rebuilt the tallies of {len(people) - len(pending) + start + len(batch)} of {len(people)} freelancers")
    client.delete_item(TableName=name, Key=key_attributes(_PROGRESS))
    return len(people)


def _rebuild(table: Table, people: list[str], wait: Callable[[float], None]) -> None:
    pending = people
    for _ in range(_ATTEMPTS):
        before = {one: stored(table, one, contracts_of(table, one)) for one in pending}
        wait(_SETTLING_SECONDS)
        pending = [one for one in pending if not _set_all(table, one, before[one])]
        if not pending:
            return
    raise Problem(f"The tallies of the freelancer {pending[0]} change all the time; try again.")


def _set_all(table: Table, user_id: str, before: Mapping[Key, tuple[Tally[Any], Entity]]) -> bool:
    """Set the tallies of a freelancer. Return whether nothing had changed since they were read."""
    history = history_of(table, user_id)
    after = replayed(table, user_id, history).tallies()
    changes = list(differences(before, after))
    exact = [_set(table, key, tally, old, fields) for key, tally, old, fields in changes]
    if history.contracts:
        tx = table.transaction()
        schedule(tx, SCORE, user_id, next_scoring(user_id, table.clock.market()))
        tx.commit()
    return all(exact)


def _set(table: Table, key: Key, tally: Tally[Any], old: Entity, fields: Mapping[str, Any]) -> bool:
    """Set fields of a tally if its numbers are those that were read. Return whether it was set."""
    values: dict[str, Any] = {}
    conditions, sets, removed = [], [], []
    for name in tally.names:
        attribute, seen = tally_attribute(name), getattr(old, name)
        values[f":was_{name}"] = {"N": str(seen)}
        same = f"{attribute} = :was_{name}"
        conditions.append(same if seen else f"({same} OR attribute_not_exists({attribute}))")
    for name, value in fields.items():
        if isinstance(value, frozenset) and not value:
            removed.append(tally_attribute(name))
            continue
        sets.append(f"{tally_attribute(name)} = :now_{name}")
        kind = {int: "N", str: "S"}.get(type(value), "SS")
        values[f":now_{name}"] = {kind: sorted(value) if kind == "SS" else str(value)}
    update = (f"SET {', '.join(sets)} " if sets else "") + (f"REMOVE {', '.join(removed)}" if removed else "")
    try:
        table.client.update_item(
            TableName=table.name,
            Key=key_attributes(key),
            UpdateExpression=update,
            ConditionExpression=" AND ".join(conditions),
            ExpressionAttributeValues=values,
        )
    except table.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _freelancers(client: "DynamoDBClient", table: str) -> list[str]:
    """Return the ids of the people with contracts, proposals or invitations. Unlike functions, an operator may scan."""
    values = {f":t{at}": {"S": name} for at, name in enumerate(_TYPES)}
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression=f"#type IN ({', '.join(values)})",
        ProjectionExpression="GSI1PK, GSI2PK",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    found: set[str] = set()
    for page in pages:
        for item in page["Items"]:
            for index, prefixes in _INDEXES.items():
                key = item.get(f"{index}PK", {}).get("S", "")
                found |= {key.removeprefix(prefix) for prefix in prefixes if key.startswith(prefix)}
    return sorted(found)


def _progress(client: "DynamoDBClient", table: str) -> str:
    """Return the last freelancer that an interrupted rebuild has finished; "" without one."""
    item = client.get_item(TableName=table, Key=key_attributes(_PROGRESS), ConsistentRead=True).get("Item", {})
    return str(item.get("after", {}).get("S", ""))
