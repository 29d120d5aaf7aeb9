"""Comparing the search index with the table, and making it again from the table."""

import json
from collections.abc import Iterator

from souk.domains.jobs.search.projection import JobsProjection
from souk.local import access
from souk.local.emulator import client
from souk.local.home import Running
from souk.local.problem import Problem
from souk.search.indexer import Differences
from souk.search.indexer import verify as compare
from souk.search.snapshot import SnapshotReader

AT_ONCE = 1_000
"""Documents in one invocation of the indexer: a few seconds' work."""


def verify(running: Running) -> Differences:
    """Return how the index departs from the table; what the indexer has not yet read of the stream shows too."""
    projection = JobsProjection(access.table(running.endpoint, running.outputs["TableName"]))
    reader = SnapshotReader(projection.schema, client("s3", running.endpoint), running.outputs["SearchBucket"])
    return compare(projection, reader, _job_ids(running))


def rebuild(running: Running) -> int:
    """Empty the index and fill it from the table; return how many postings were read.

    The indexer function does it, for an index has one writer. Raises Problem when it fails.
    """
    _invoke(running, {"reset": True})
    ids = list(_job_ids(running))
    for start in range(0, len(ids), AT_ONCE):
        _invoke(running, {"reindex": ids[start : start + AT_ONCE]})
    return len(ids)


def _job_ids(running: Running) -> Iterator[str]:
    """Scan the table for all postings. Functions may not scan; the account's owner may."""
    pages = (
        client("dynamodb", running.endpoint)
        .get_paginator("scan")
        .paginate(
            TableName=running.outputs["TableName"],
            FilterExpression="SK = :sort AND begins_with(PK, :partition)",
            ExpressionAttributeValues={":sort": {"S": "JOB"}, ":partition": {"S": "JOB#"}},
            ProjectionExpression="PK",
        )
    )
    for page in pages:
        yield from (item["PK"]["S"].removeprefix("JOB#") for item in page["Items"])


def _invoke(running: Running, event: dict[str, object]) -> None:
    answer = client("lambda", running.endpoint).invoke(
        FunctionName=f"{running.outputs['Prefix']}-search-indexer", Payload=json.dumps(event).encode()
    )
    if "FunctionError" in answer:
        raise Problem(f"The search indexer failed: {answer['Payload'].read().decode()}")
