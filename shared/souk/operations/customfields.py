"""Brings answers to custom fields along that an earlier release stored in postings and offers.

It can run while the deployment is in use, and again at any time: what has been brought along stays as it is.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from souk.domains.customfields.model import AnswerSheet
from souk.domains.customfields.store import SHEETS, save_sheet
from souk.domains.jobs.rules import answers as posting_answers
from souk.domains.jobs.store import JOBS
from souk.domains.offers.rules import answers as offer_answers
from souk.domains.offers.store import OFFERS
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.storage import Collection, Entity, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OWNERS: Final[dict[str, tuple[Collection[Any], Callable[[Any], AnswerSheet]]]] = {
    JOBS.name: (JOBS, posting_answers.sheet),
    OFFERS.name: (OFFERS, offer_answers.sheet),
}
"""The collections whose entities may have answers of an earlier release, and what reads these."""
_ATTEMPTS: Final = 10


def rebuild(deployment: Deployment) -> int:
    """Store the answers of postings and offers of an earlier release as today's. Return the number of these.

    Raises Problem if one of them changes every time.
    """
    client, table = deployment.client("dynamodb"), open_table(deployment)
    return sum(_bring_along(table, name, owner) for name, owner in _owners(client, table.name))


def _bring_along(table: Table, name: str, owner: Entity) -> bool:
    """Store the answers of a posting or offer, unless it has answers of today's. Return whether they were stored."""
    collection, read = _OWNERS[name]
    for _ in range(_ATTEMPTS):
        sheet = read(owner)
        if not sheet.answers or table.get(SHEETS, sheet.owner_id, consistent=True) is not None:
            return False
        tx = table.transaction()
        save_sheet(tx, sheet)
        tx.check(collection, owner)  # an update that removes the answers, or an acceptance, must not be missed
        if tx.try_commit():
            return True
        current = table.get(collection, sheet.owner_id, consistent=True)
        if current is None:
            return False
        owner = current
    raise Problem(f"The {name} {sheet.owner_id} changes all the time; try again.")


def _owners(client: "DynamoDBClient", table: str) -> Iterator[tuple[str, Any]]:
    """Yield the postings and offers with answers of an earlier release. Unlike functions, an operator may scan."""
    values = {f":t{at}": {"S": name} for at, name in enumerate(_OWNERS)}
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression=f"#type IN ({', '.join(values)})",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    for page in pages:
        for item in page["Items"]:
            name = item["type"]["S"]
            collection, read = _OWNERS[name]
            if read(owner := collection.decode(item)).answers:
                yield name, owner
