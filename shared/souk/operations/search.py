"""Verifies and rebuilds the search indexes of a deployment, local or in AWS."""

import json
from collections.abc import Iterator

from souk.domains import search_indexes
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.search.indexer import Differences, SearchIndexSpec
from souk.search.indexer import verify as compare
from souk.search.snapshot import SnapshotReader
from souk.storage import Table
from souk.values.clock import Clock

BATCH_SIZE = 1_000
"""Documents in one invocation of the indexer, which takes a few seconds."""


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


def rebuild(deployment: Deployment) -> int:
    """Empty the indexes, fill them from the table, and return the number of entities read.

    The indexer function does this, because no other role may write an index. Raises Problem if it fails.
    """
    read = 0
    for index in search_indexes():
        name = index.schema.name
        _invoke(deployment, {"index": name, "reset": True})
        ids = list(_ids(deployment, index))
        for start in range(0, len(ids), BATCH_SIZE):
            _invoke(deployment, {"index": name, "reindex": ids[start : start + BATCH_SIZE]})
        read += len(ids)
    return read


def _ids(deployment: Deployment, index: SearchIndexSpec) -> Iterator[str]:
    """Scan the table for the ids of an index's entities. Unlike functions, an operator may scan."""
    partition, sort = index.documents_of
    pages = (
        deployment.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=deployment.outputs["TableName"],
            FilterExpression="SK = :sort AND begins_with(PK, :partition)",
            ExpressionAttributeValues={":sort": {"S": sort}, ":partition": {"S": partition}},
            ProjectionExpression="PK",
        )
    )
    for page in pages:
        yield from (item["PK"]["S"].removeprefix(partition) for item in page["Items"])


def _invoke(deployment: Deployment, event: dict[str, object]) -> None:
    answer = deployment.client("lambda").invoke(
        FunctionName=f"{deployment.outputs['Prefix']}-search-indexer", Payload=json.dumps(event).encode()
    )
    if "FunctionError" in answer:
        raise Problem(f"The search indexer failed: {answer['Payload'].read().decode()}")
