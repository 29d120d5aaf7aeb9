"""The indexer: stream records to the index, and the comparison of index and table."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pytest

from souk.search import Document, IndexSchema, Search
from souk.search.indexer import Differences, Indexer, documents, verify
from souk.search.memory import MemoryIndex
from tests.search.samples import SCHEMA


class ThingsProjection:
    """A projection of a dict table. `THING#<id>` items become documents, except drafts."""

    schema: IndexSchema = SCHEMA

    def __init__(self) -> None:
        self.table: dict[str, str] = {}
        self.reads: list[int] = []

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        kind, _, id_ = record["dynamodb"]["Keys"]["PK"]["S"].partition("#")
        return [id_] if kind == "THING" else []

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        self.reads.append(len(ids))
        return {
            id_: Document(id_, {"title": self.table[id_]}) if self.table.get(id_, "draft") != "draft" else None
            for id_ in ids
        }


def record(key: str, event: str = "MODIFY") -> dict[str, Any]:
    """Return a stream record as Lambda delivers it (developer guide, "Using AWS Lambda with Amazon DynamoDB")."""
    return {
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": event,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1428537600,
            "Keys": {"PK": {"S": key}, "SK": {"S": "THING"}},
            "SequenceNumber": "4421584500000000017450439091",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/souk/stream/2015-06-27T00:48:05.899",
    }


@pytest.fixture
def things() -> ThingsProjection:
    return ThingsProjection()


@pytest.fixture
def index() -> MemoryIndex:
    return MemoryIndex(SCHEMA)


@pytest.fixture
def indexer(things: ThingsProjection, index: MemoryIndex) -> Indexer:
    return Indexer([(things, index)])


def test_documents_are_read_from_the_table(things: ThingsProjection, index: MemoryIndex, indexer: Indexer) -> None:
    things.table |= {"1": "one", "2": "two", "3": "draft"}
    records = [record("THING#1", "INSERT"), record("THING#1"), record("OTHER#9"), record("THING#3", "REMOVE")]
    for _ in range(2):  # at least once
        assert indexer.handle({"Records": records}) == {"batchItemFailures": []}
        assert index.search(Search()).ids == ["1"]
    del things.table["1"]
    indexer.handle({"Records": [record("THING#2"), record("THING#1", "INSERT")]})  # a late record
    assert index.search(Search()).ids == ["2"]


def test_unrelated_batch_reads_nothing(things: ThingsProjection, indexer: Indexer) -> None:
    assert indexer.handle({"Records": [record("OTHER#1")]}) == {"batchItemFailures": []}
    assert things.reads == []


def test_batch_is_all_or_nothing(things: ThingsProjection, index: MemoryIndex, indexer: Indexer) -> None:
    things.table |= {"1": "one", "x": "not an id"}
    with pytest.raises(ValueError, match="an id is"):
        indexer.handle({"Records": [record("THING#1"), record("THING#x")]})
    assert index.search(Search()).total == 0


def test_reindex_and_reset(things: ThingsProjection, index: MemoryIndex, indexer: Indexer) -> None:
    things.table |= {str(id_): "thing" for id_ in range(250)}
    answer = indexer.handle({"reindex": [str(id_) for id_ in range(260)]})
    assert answer == {"index": "things", "reindexed": 260}
    assert index.search(Search()).total == 250
    assert max(things.reads) <= 100
    assert indexer.handle({"reset": True, "index": "things"}) == {"index": "things", "reset": True}
    assert index.search(Search()).total == 0


@pytest.mark.parametrize(
    "event",
    [{}, {"reset": False}, {"reindex": "1"}, {"reset": True, "index": "other"}, {"reindex": [], "index": "other"}],
)
def test_other_events_are_refused(things: ThingsProjection, index: MemoryIndex, event: dict[str, Any]) -> None:
    index.rebuild([Document("1", {})])
    with pytest.raises(ValueError, match=r"event|no index"):
        Indexer([(things, index)]).handle(event)
    assert index.ids() == {"1"}


def test_stream_updates_every_index(things: ThingsProjection, index: MemoryIndex) -> None:
    other = ThingsProjection()
    other.schema = IndexSchema("others", SCHEMA.fields, SCHEMA.default)
    other_index = MemoryIndex(other.schema)
    things.table["1"] = other.table["1"] = "one"
    indexer = Indexer([(things, index), (other, other_index)])
    indexer.handle({"Records": [record("THING#1")]})
    assert index.ids() == other_index.ids() == {"1"}
    with pytest.raises(ValueError, match="no index None"):
        indexer.handle({"reset": True})
    indexer.handle({"reset": True, "index": "others"})
    assert (index.ids(), other_index.ids()) == ({"1"}, set())


def test_verify_returns_the_differences(things: ThingsProjection, index: MemoryIndex) -> None:
    things.table |= {str(id_): "thing" for id_ in range(1, 150)} | {"200": "draft"}
    index.rebuild(documents(things, things.table))
    assert not verify(things, index, things.table)
    things.table |= {"2": "changed", "3": "draft", "300": "new"}
    index.apply({"5": None, "400": Document("400", {"title": "never was"})})
    differences = verify(things, index, things.table)
    assert differences
    assert differences == Differences(missing=("5", "300"), extra=("3", "400"), stale=("2",))
