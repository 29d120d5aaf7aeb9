"""The rebuild of a deployment's search indexes, with the indexer in place of its function."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from souk.operations import search
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.search import Document, IndexSchema, Search
from souk.search.indexer import Indexer, Items, SearchIndexSpec
from souk.search.opensearch import Client, OpenSearchWriter
from souk.search.snapshot import SnapshotReader, SnapshotWriter
from souk.search.together import Together
from tests.search.conftest import cluster, named_anew  # noqa: F401 - a fixture
from tests.search.samples import SCHEMA
from tests.search.shared_bucket import BUCKET
from tests.search.things import ThingsProjection
from tests.support.clock import CLOCK

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from souk.storage import Table

OLDER = IndexSchema("things", SCHEMA.fields[:2], SCHEMA.default)


@dataclass
class Function:
    """The client of Lambda, for a function that runs an indexer."""

    indexer: Indexer
    before: Callable[[dict[str, Any]], object] = lambda _: None
    """Is called with each event before it is handled."""
    steps: list[str] = field(default_factory=list)

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "souk-test-search-indexer"
        event = json.loads(Payload)
        self.steps.append(event["rebuild"])
        try:
            self.before(event)
            answer: dict[str, Any] = {"Payload": self.indexer.handle(event)}
        except Exception as error:  # noqa: BLE001 - as Lambda does
            answer = {"FunctionError": "Unhandled", "Payload": {"errorMessage": str(error)}}
        return {**answer, "Payload": io.BytesIO(json.dumps(answer["Payload"]).encode())}


class Marketplace:
    """A deployment with things."""

    def __init__(self, table: "Table", s3: "S3Client") -> None:
        self.things = ThingsProjection({str(id_): "thing" for id_ in range(1, 26)})
        for id_ in self.things.table:
            table.client.put_item(TableName=table.name, Item={"PK": {"S": f"THING#{id_}"}, "SK": {"S": "THING"}})
        table.client.put_item(TableName=table.name, Item={"PK": {"S": "OTHER#1"}, "SK": {"S": "THING"}})
        self.writer = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
        self.reader = SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=0, patience=None)
        self.function = Function(Indexer([(self.things, self.writer)], NoQueue()))
        clients = {"dynamodb": table.client, "s3": s3, "lambda": self.function}
        outputs = {"TableName": table.name, "SearchBucket": BUCKET, "Prefix": "souk-test"}
        self.deployment = Deployment(outputs, clients.__getitem__, "")
        self.spec = SearchIndexSpec(SCHEMA, lambda _: self.things, (), Items("THING#", "THING"))


class NoQueue:
    """A fan-out that gets nothing."""

    def send(self, pieces: object) -> None:
        raise AssertionError(pieces)


@pytest.fixture
def marketplace(table: "Table", monkeypatch: pytest.MonkeyPatch) -> Marketplace:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=BUCKET)
    marketplace = Marketplace(table, s3)
    monkeypatch.setattr(search, "search_indexes", lambda: (marketplace.spec,))
    monkeypatch.setattr(search, "BATCH_SIZE", 10)
    return marketplace


def test_rebuild_reads_the_table_in_batches(marketplace: Marketplace) -> None:
    marketplace.writer.apply({"99": Document("99", {"title": "is not in the table"})})
    assert search.verify(marketplace.deployment)["things"].extra == ("99",)
    assert search.rebuild(marketplace.deployment) == 25
    assert marketplace.function.steps == ["begin", "add", "add", "add", "finish"]
    assert not search.verify(marketplace.deployment)["things"]


def test_index_is_never_emptied(marketplace: Marketplace) -> None:
    search.rebuild(marketplace.deployment)
    totals: set[int] = set()
    marketplace.function.before = lambda _: totals.add(marketplace.reader.search(Search()).total)
    search.rebuild(marketplace.deployment)
    assert totals == {25}


def test_failed_rebuild_is_abandoned(marketplace: Marketplace) -> None:
    search.rebuild(marketplace.deployment)

    def fail(event: dict[str, Any]) -> None:
        if event["rebuild"] == "add":
            raise RuntimeError("out of memory")

    marketplace.function.before = fail
    with pytest.raises(Problem, match="The function search-indexer failed: out of memory"):
        search.rebuild(marketplace.deployment)
    assert marketplace.function.steps[-2:] == ["add", "abandon"]
    assert not search.verify(marketplace.deployment)["things"]
    marketplace.function.before = lambda _: None
    assert search.rebuild(marketplace.deployment) == 25  # at once


def test_two_rebuilds_at_once_do_not_disturb_each_other(marketplace: Marketplace) -> None:
    refused: list[str] = []

    def rebuild_too(event: dict[str, Any]) -> None:
        if event["rebuild"] == "add" and not refused:
            refused.append("")
            with pytest.raises(Problem) as problem:
                search.rebuild(marketplace.deployment)
            refused[0] = str(problem.value)

    marketplace.function.before = rebuild_too
    assert search.rebuild(marketplace.deployment) == 25
    assert "already running" in refused[0]
    assert not search.verify(marketplace.deployment)["things"]


def test_missing_index_with_documents_is_outdated(marketplace: Marketplace, table: "Table") -> None:
    """An upgraded table has the entities of an index that is new, and its stream tells only of changes."""
    assert search.outdated(marketplace.deployment) == [marketplace.spec]
    for id_ in marketplace.things.table:
        table.client.delete_item(TableName=table.name, Key={"PK": {"S": f"THING#{id_}"}, "SK": {"S": "THING"}})
    assert search.outdated(marketplace.deployment) == []


def test_each_engine_is_verified(
    marketplace: Marketplace,
    cluster: Client,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a deployment moves to another engine, both are filled and compared."""
    outputs = {"SearchEngines": "tantivy opensearch", "SearchEndpoint": cluster.endpoint}
    moving = replace(marketplace.deployment, outputs={**marketplace.deployment.outputs, **outputs})
    things, spec = marketplace.things, replace(marketplace.spec, schema=named_anew(SCHEMA))
    things.schema = spec.schema
    monkeypatch.setattr(search, "search_indexes", lambda: (spec,))
    files = SnapshotWriter(spec.schema, moving.client("s3"), BUCKET, CLOCK)
    files.update(list(things.table), things.documents)
    name = spec.schema.name
    differences = search.verify(moving)
    assert not differences[f"{name} (tantivy)"]
    assert len(differences[f"{name} (opensearch)"].missing) == 25
    assert search.outdated(moving) == [spec]
    both = Together([files, OpenSearchWriter(spec.schema, cluster, CLOCK)])
    marketplace.function.indexer = Indexer([(things, both)], NoQueue())
    assert search.rebuild(moving) == 25
    assert not any(search.verify(moving).values())
    assert search.outdated(moving) == []


def test_index_of_another_version_is_outdated_until_rebuilt(marketplace: Marketplace, table: "Table") -> None:
    s3 = marketplace.deployment.client("s3")
    SnapshotWriter(OLDER, s3, BUCKET, CLOCK).apply({"1": Document("1", {"title": "thing"})})
    assert search.outdated(marketplace.deployment) == [marketplace.spec]
    search.rebuild(marketplace.deployment, [marketplace.spec])
    assert search.outdated(marketplace.deployment) == []
    assert not search.verify(marketplace.deployment)["things"]
    assert table.name
