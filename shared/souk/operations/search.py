"""Comparing the search indexes with the table, and making them again from the table, here or in AWS."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from souk.domains import search_indexes
from souk.operations.problem import Problem
from souk.search.indexer import Differences, SearchIndexSpec
from souk.search.indexer import verify as compare
from souk.search.snapshot import SnapshotReader
from souk.storage import Table
from souk.values.clock import Clock

AT_ONCE = 1_000
"""Documents in one invocation of the indexer: a few seconds' work."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stack, as its operator reaches it."""

    outputs: Mapping[str, str]
    client: Callable[..., Any]
    """Makes the client of an AWS service, by the service's name."""


def in_aws(stack: str) -> Deployment:
    """Return a stack in AWS, reached with the caller's own credentials and region.

    Raises Problem when there is no such stack or it cannot be seen.
    """
    import boto3  # noqa: PLC0415 - the local run's own clients are botocore's
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise Problem(f"The stack {stack} cannot be read: {error}") from error
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}
    return Deployment(outputs, boto3.client)


def verify(deployment: Deployment) -> dict[str, Differences]:
    """Return by its name how each index departs from the table.

    What the indexer has not yet read of the stream shows too.
    """
    table = Table(deployment.client("dynamodb"), deployment.outputs["TableName"], Clock())
    found = {}
    for index in search_indexes():
        reader = SnapshotReader(index.schema, deployment.client("s3"), deployment.outputs["SearchBucket"])
        found[index.schema.name] = compare(index.projection(table), reader, _ids(deployment, index))
    return found


def rebuild(deployment: Deployment) -> int:
    """Empty the indexes and fill them from the table; return how many entities were read.

    The indexer function does it, for an index has one writer. Raises Problem when it fails.
    """
    read = 0
    for index in search_indexes():
        name = index.schema.name
        _invoke(deployment, {"index": name, "reset": True})
        ids = list(_ids(deployment, index))
        for start in range(0, len(ids), AT_ONCE):
            _invoke(deployment, {"index": name, "reindex": ids[start : start + AT_ONCE]})
        read += len(ids)
    return read


def _ids(deployment: Deployment, index: SearchIndexSpec) -> Iterator[str]:
    """Scan the table for everything that an index is about. Functions may not scan; the account's owner may."""
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
