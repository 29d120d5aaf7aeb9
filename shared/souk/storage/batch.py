"""Reads many items at once."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MAX_KEYS = 100  # DynamoDB's limit for one BatchGetItem
CONCURRENCY = 10
"""Requests at a time: the size of botocore's connection pool."""
_ATTEMPTS = 6


def get_items(
    client: "DynamoDBClient", table: str, keys: Sequence[Mapping[str, Any]], **options: Any
) -> list[Mapping[str, Any]]:
    """Return the items that exist for keys, in any order, with concurrent requests of a hundred keys.

    `options` are BatchGetItem's options for a table, such as `ConsistentRead`. Raises SoukError when DynamoDB keeps
    returning unprocessed keys.
    """
    chunks = [keys[start : start + _MAX_KEYS] for start in range(0, len(keys), _MAX_KEYS)]
    if len(chunks) == 1:
        return _chunk(client, table, chunks[0], options)
    with ThreadPoolExecutor(max_workers=CONCURRENCY) as pool:
        return [item for part in pool.map(lambda chunk: _chunk(client, table, chunk, options), chunks) for item in part]


def _chunk(
    client: "DynamoDBClient", table: str, keys: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    pending = keys
    items: list[Mapping[str, Any]] = []
    for attempt in range(_ATTEMPTS):
        if attempt:  # DynamoDB throttled the request and returned some keys unprocessed
            time.sleep(0.02 * 2**attempt)
        request: Any = {"Keys": pending, **options}
        answer = client.batch_get_item(RequestItems={table: request})
        items += answer["Responses"].get(table, ())
        unprocessed = answer.get("UnprocessedKeys", {}).get(table)
        if not unprocessed:
            return items
        pending = unprocessed["Keys"]
    raise SoukError("The storage is busy; try again.")
