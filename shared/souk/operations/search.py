"""Verifies and rebuilds the search indexes of a deployment, local or in AWS."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from souk.domains import search_indexes
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.search.indexer import Differences, SearchIndexSpec
from souk.search.indexer import verify as compare
from souk.search.snapshot import SnapshotReader, read_pointer
from souk.storage import Table
from souk.values.chunks import chunks
from souk.values.clock import Clock

BATCH_SIZE = 1_000
"""Documents in one invocation of the indexer, which takes a few seconds."""
_FINISHES = 1_000
"""How often a rebuild repeats the changes of its time, about a thousand documents each."""


def verify(deployment: Deployment) -> dict[str, Differences]:
    """Return the differences between each index and the table, by the index's name.

    Changes that the indexer has not processed yet count as differences.
    """
    table = Table(deployment.client("dynamodb"), deployment.outputs["TableName"], Clock())
    differences = {}
    for index in search_indexes():
        reader = SnapshotReader(index.schema, deployment.client("s3"), deployment.outputs["SearchBucket"])
        differences[index.schema.name] = compare(index.projection(table), reader, _ids(deployment, index))
    return differences


def outdated(deployment: Deployment) -> list[SearchIndexSpec]:
    """Return the indexes that this version has not made: those with other fields, and those that are missing.

    An index is missing if nothing has been indexed although the table has its entities: it is new in this version.
    """
    bucket, client = deployment.outputs["SearchBucket"], deployment.client("s3")
    pointers = [(index, read_pointer(index.schema.name, client, bucket)) for index in search_indexes()]
    return [
        index
        for index, pointer in pointers
        if not pointer.is_made_with(index.schema) or (not pointer.generation and any(_ids(deployment, index)))
    ]


def rebuild(deployment: Deployment, indexes: Iterable[SearchIndexSpec] | None = None) -> int:
    """Rebuild indexes from the table, by default all, and return the number of entities read.

    The indexer function does this, because no other role may write an index. Searches use the old generation of an
    index until the new one is complete. Raises Problem if another rebuild is running, or if it fails. The old
    generation stays then.
    """
    return sum(_rebuild(deployment, index) for index in indexes or search_indexes())


def _rebuild(deployment: Deployment, index: SearchIndexSpec) -> int:
    def step(name: str, **details: Any) -> dict[str, Any]:
        return _invoke(deployment, {"index": index.schema.name, "rebuild": name, **details})

    generation = step("begin")["generation"]
    try:
        read = 0
        for ids in chunks(_ids(deployment, index), BATCH_SIZE):
            step("add", generation=generation, ids=ids)
            read += len(ids)
        _finish(lambda: bool(step("finish", generation=generation)["finished"]))
    except BaseException:  # also Ctrl-C; otherwise the next rebuild would have to wait
        with suppress(Problem):
            step("abandon", generation=generation)
        raise
    return read


def _finish(finish: Callable[[], bool]) -> None:
    for _ in range(_FINISHES):
        if finish():
            return
    raise Problem("The rebuild cannot keep up with the changes of the table. Try again when there are fewer.")


def _ids(deployment: Deployment, index: SearchIndexSpec) -> Iterator[str]:
    """Scan the table for the ids of an index's entities. Unlike functions, an operator may scan.

    The scan is consistent. Every entity that was stored before a rebuild began is in it; later ones are recorded.
    """
    partition, sort = index.documents_of
    pages = (
        deployment.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=deployment.outputs["TableName"],
            FilterExpression="SK = :sort AND begins_with(PK, :partition)",
            ExpressionAttributeValues={":sort": {"S": sort}, ":partition": {"S": partition}},
            ProjectionExpression="PK",
            ConsistentRead=True,
        )
    )
    for page in pages:
        yield from (item["PK"]["S"].removeprefix(partition) for item in page["Items"])


def _invoke(deployment: Deployment, event: dict[str, object]) -> dict[str, Any]:
    """Invoke the indexer and return its answer. Raises Problem if it fails."""
    answer = deployment.client("lambda").invoke(
        FunctionName=f"{deployment.outputs['Prefix']}-search-indexer", Payload=json.dumps(event).encode()
    )
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Problem(f"The search indexer failed: {payload.get('errorMessage', payload)}")
    return payload
