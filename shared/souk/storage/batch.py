"""Reading many items at once."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH = 100  # keys in one BatchGetItem, a limit of DynamoDB
_AT_ONCE = 10  # requests, as many as botocore keeps connections
_ATTEMPTS = 6


def get_items(
    client: "DynamoDBClient", table: str, keys: Sequence[Mapping[str, Any]], **options: Any
) -> list[Mapping[str, Any]]:
    """Return the items that there are for keys, in any order: one request for each hundred keys, all at once.

    `options` are BatchGetItem's for a table, such as `ConsistentRead`. Raises SoukError when DynamoDB keeps leaving
    keys out.
    """
    chunks = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
    if len(chunks) == 1:
        return _chunk(client, table, chunks[0], options)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return [item for part in pool.map(lambda chunk: _chunk(client, table, chunk, options), chunks) for item in part]


def _chunk(
    client: "DynamoDBClient", table: str, keys: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    pending = keys
    found: list[Mapping[str, Any]] = []
    for attempt in range(_ATTEMPTS):
        if attempt:  # DynamoDB was throttled and left some keys out
            time.sleep(0.02 * 2**attempt)
        asked: Any = {"Keys": pending, **options}
        answer = client.batch_get_item(RequestItems={table: asked})
        found += answer["Responses"].get(table, ())
        left = answer.get("UnprocessedKeys", {}).get(table)
        if not left:
            return found
        pending = left["Keys"]
    raise SoukError("The storage is busy; try again.")
