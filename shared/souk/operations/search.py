"""Verifies and rebuilds the search indexes of a deployment, local or in AWS."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from souk.domains import search_indexes
from souk.operations.deployment import Deployment, work_on
from souk.operations.problem import Problem
from souk.search.engines import TANTIVY, Bucket, Engine, Engines, open_cluster, open_engines
from souk.search.indexer import Differences, SearchIndexSpec
from souk.search.indexer import verify as compare
from souk.storage import Table
from souk.values.chunks import chunks
from souk.values.clock import Clock

BATCH_SIZE = 1_000
"""Documents in one invocation of the indexer, which takes a few seconds."""
_FINISHES = 1_000
"""How often a rebuild repeats the changes of its time, about a thousand documents each."""


def verify(deployment: Deployment) -> dict[str, Differences]:
    """Return the differences between each index and the table, by the index's name.

    With several engines, each has its own differences, and its name is added. Changes that the indexer has not
    processed yet count as differences.
    """
    table = Table(deployment.client("dynamodb"), deployment.outputs["TableName"], Clock())
    work_on(deployment, table)
    engines = _engines(deployment)
    differences = {}
    for index in search_indexes():
        for name, engine in engines.by_name.items():
            shown = index.schema.name if len(engines.by_name) == 1 else f"{index.schema.name} ({name})"
            reader = engine.reader(index.schema)
            differences[shown] = compare(index.projection(table), reader, _ids(deployment, index))
    return differences


def outdated(deployment: Deployment) -> list[SearchIndexSpec]:
    """Return the indexes that this version has not made: those with other fields, and those that are missing.

    An index is missing if nothing has been indexed although the table has its entities: it is new in this version, or
    its engine is.
    """
    engines = _engines(deployment).by_name.values()
    return [index for index in search_indexes() if any(_is_outdated(deployment, engine, index) for engine in engines)]


def _is_outdated(deployment: Deployment, engine: Engine, index: SearchIndexSpec) -> bool:
    state = engine.state(index.schema)
    return not state.is_made_with(index.schema) or (not state.generation and any(_ids(deployment, index)))


def _engines(deployment: Deployment) -> Engines:
    """Return the deployment's engines, with the caller's rights."""
    outputs = deployment.outputs
    return open_engines(
        outputs.get("SearchEngines", TANTIVY).split(),
        lambda: Bucket(deployment.client("s3"), outputs["SearchBucket"]),
        lambda: open_cluster(outputs["SearchEndpoint"], deployment.signer("es") if deployment.signer else None),
    )


def rebuild(deployment: Deployment, indexes: Iterable[SearchIndexSpec] | None = None) -> int:
    """Rebuild indexes from the table, by default all, and return the number of entities read.

    The indexer function does this, because no other role may write an index. Searches use the old generation of an
    index until the new one is complete. Raises Problem if another rebuild is running, or if it fails. The old
    generation stays then.
    """
    return sum(_rebuild(deployment, index) for index in indexes or search_indexes())


def _rebuild(deployment: Deployment, index: SearchIndexSpec) -> int:
    def step(name: str, **details: Any) -> dict[str, Any]:
        return deployment.invoke("search-indexer", {"index": index.schema.name, "rebuild": name, **details})

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
