"""The indexer: stream records to the index, the fan-out, and the comparison of index and table."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any, cast

import pytest

from souk.search import Document, IndexSchema, RebuildableIndex, Search
from souk.search.engines import Engine
from souk.search.fanout import FanoutQueue, Piece
from souk.search.indexer import Differences, Indexer, documents, verify
from souk.values.errors import SoukError
from tests.search.things import ThingsProjection, record
from tests.support.clock import CLOCK


class Queue:
    """The pieces that are queued, in place of SQS."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def send(self, pieces: Collection[Piece]) -> None:
        self.pieces += pieces

    def take(self, indexer: Indexer) -> Piece:
        piece = self.pieces.pop(0)
        indexer.take(piece)
        return piece


in_bucket = pytest.mark.parametrize("engine", ["bucket"], indirect=True)
"""Marks a test of what the indexer does with every engine."""


@pytest.fixture
def things(schema: IndexSchema) -> ThingsProjection:
    return ThingsProjection(schema=schema)


@pytest.fixture
def index(engine: Engine, schema: IndexSchema) -> RebuildableIndex:
    return engine.writer(schema, CLOCK)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def indexer(things: ThingsProjection, index: RebuildableIndex, queue: Queue) -> Indexer:
    return Indexer([(things, index)], queue)


def test_documents_are_read_from_the_table(things: ThingsProjection, index: RebuildableIndex, indexer: Indexer) -> None:
    things.table |= {"1": "one", "2": "two", "3": "draft"}
    records = [record("THING#1", "INSERT"), record("THING#1"), record("OTHER#9"), record("THING#3", "REMOVE")]
    for _ in range(2):  # at least once
        assert indexer.handle({"Records": records}) == {"batchItemFailures": []}
        assert index.search(Search()).ids == ["1"]
    del things.table["1"]
    indexer.handle({"Records": [record("THING#2"), record("THING#1", "INSERT")]})  # a late record
    assert index.search(Search()).ids == ["2"]


@in_bucket
def test_unrelated_batch_reads_nothing(things: ThingsProjection, indexer: Indexer) -> None:
    assert indexer.handle({"Records": [record("OTHER#1")]}) == {"batchItemFailures": []}
    assert things.reads == []


def test_batch_is_all_or_nothing(things: ThingsProjection, index: RebuildableIndex, indexer: Indexer) -> None:
    things.table |= {"1": "one", "x": "not an id"}
    with pytest.raises(ValueError, match="an id is"):
        indexer.handle({"Records": [record("THING#1"), record("THING#x")]})
    assert index.search(Search()).total == 0


@in_bucket
def test_reindex(things: ThingsProjection, index: RebuildableIndex, indexer: Indexer) -> None:
    things.table |= {str(id_): "thing" for id_ in range(250)}
    answer = indexer.handle({"reindex": [str(id_) for id_ in range(260)]})
    assert answer == {"index": things.schema.name, "reindexed": 260}
    assert index.search(Search()).total == 250
    assert max(things.reads) <= 100


def test_rebuild_in_steps(things: ThingsProjection, index: RebuildableIndex, indexer: Indexer) -> None:
    things.table |= {str(id_): "thing" for id_ in range(250)}
    index.apply({"999": Document("999", {"title": "not in the table"})})
    name = things.schema.name
    begun = indexer.handle({"rebuild": "begin", "index": name})
    step = {"index": name, "generation": begun["generation"]}
    added = indexer.handle({**step, "rebuild": "add", "ids": list(things.table)})
    assert added == {"index": name, "added": 250}
    assert max(things.reads) <= 100
    assert index.ids() == {"999"}
    assert indexer.handle({**step, "rebuild": "finish"}) == {"index": name, "finished": True}
    assert index.ids() == things.table.keys()
    assert indexer.handle({**step, "rebuild": "finish"})["finished"], "its answer can be lost"
    other = indexer.handle({"rebuild": "begin"})["generation"]
    assert indexer.handle({"rebuild": "abandon", "generation": other}) == {"index": name, "abandoned": other}
    assert index.ids() == things.table.keys()


@in_bucket
@pytest.mark.parametrize(
    "event",
    [
        {},
        {"reset": True, "index": "things"},
        {"reindex": "1"},
        {"reindex": [], "index": "other"},
        {"rebuild": "begin", "index": "other"},
        {"rebuild": "add", "ids": []},
        {"rebuild": "finish"},
        {"rebuild": "everything"},
    ],
)
def test_other_events_are_refused(indexer: Indexer, index: RebuildableIndex, event: dict[str, Any]) -> None:
    index.rebuild([Document("1", {})])
    with pytest.raises(ValueError, match=r"event|no index"):
        indexer.handle(event)
    assert index.ids() == {"1"}


def test_stream_updates_every_index(
    engine: Engine, things: ThingsProjection, index: RebuildableIndex, queue: Queue
) -> None:
    other = ThingsProjection(schema=replace(things.schema, name=f"other-{things.schema.name}"))
    other_index = engine.writer(other.schema, CLOCK)
    things.table["1"] = other.table["1"] = "one"
    indexer = Indexer([(things, index), (other, other_index)], queue)
    indexer.handle({"Records": [record("THING#1"), record("OWNER#acme")]})
    assert index.ids() == other_index.ids() == {"1"}
    assert [(piece.index, piece.value) for piece in queue.pieces] == [
        (one.schema.name, "acme") for one in (things, other)
    ]
    with pytest.raises(ValueError, match="no index None"):
        indexer.handle({"rebuild": "begin"})
    del other.table["1"]
    indexer.handle({"reindex": ["1"], "index": other.schema.name})
    assert (index.ids(), other_index.ids()) == ({"1"}, set())


def of_acme(things: ThingsProjection, index: RebuildableIndex, count: int) -> None:
    """Fill the index with things of Acme, and of others."""
    things.table |= {str(id_): "thing" for id_ in range(1, count + 11)}
    things.tags |= {str(id_): "acme" for id_ in range(1, count + 1)}
    index.update(list(things.table), things.documents)
    things.table |= dict.fromkeys(map(str, range(1, count + 1)), "changed")
    things.reads.clear()


@in_bucket
def test_stream_only_queues_a_change_that_many_documents_show(
    things: ThingsProjection, index: RebuildableIndex, indexer: Indexer, queue: Queue
) -> None:
    of_acme(things, index, 400)
    things.table["9999"] = "new, of somebody else"
    owner = record("OWNER#acme")
    indexer.handle({"Records": [owner, record("THING#9999", "INSERT"), owner]})
    assert set(things.reads) == {1}
    assert "9999" in index.ids()
    assert queue.pieces == [Piece(things.schema.name, "tag", "acme")]


def test_pieces_update_all_documents_that_show_the_change(
    things: ThingsProjection, index: RebuildableIndex, indexer: Indexer, queue: Queue
) -> None:
    of_acme(things, index, 250)
    queue.send([Piece(things.schema.name, "tag", "acme")])
    assert queue.take(indexer).after is None
    assert len(queue.pieces) == 1
    things.table["8888"] = "new"
    indexer.handle({"Records": [record("THING#8888", "INSERT")]})  # between two pieces
    assert "8888" in index.ids()
    assert [queue.take(indexer).after, queue.take(indexer).after] == ["100", "200"]
    assert queue.pieces == []
    assert [size for size, _ in groupby(things.reads)] == [100, 1, 100, 50]
    assert not verify(things, index, things.table)


@in_bucket
def test_change_that_no_document_shows_reads_nothing(
    things: ThingsProjection, index: RebuildableIndex, indexer: Indexer, queue: Queue
) -> None:
    of_acme(things, index, 20)
    for id_ in things.tags:
        things.table[id_] = "draft"  # closed
    index.update(list(things.tags), things.documents)
    things.reads.clear()
    indexer.handle({"Records": [record("OWNER#acme")]})
    queue.take(indexer)
    assert (things.reads, queue.pieces) == ([], [])


def test_document_read_before_the_change_is_read_again(
    engine: Engine, things: ThingsProjection, index: RebuildableIndex, indexer: Indexer, queue: Queue
) -> None:
    other = engine.writer(things.schema, CLOCK)
    first = iter([True])

    def read(ids: Collection[str]) -> Mapping[str, Document | None]:
        found = things.documents(ids)
        if next(first, False):  # the index does not have the document when the piece looks for it
            things.table["1"] = "of acme, renamed"
            indexer.take(Piece(things.schema.name, "tag", "acme"))
        return found

    things.table["1"], things.tags["1"] = "of acme", "acme"
    other.update(["1"], read)
    assert queue.pieces == []
    assert not verify(things, index, things.table)


class Sqs:
    """A client of SQS that records the messages, or refuses them."""

    def __init__(self, *, full: bool = False) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self._full = full

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert QueueUrl == "https://the-queue"
        self.batches.append(Entries)
        return {"Failed": [{"Id": "0", "Code": "Throttled"}]} if self._full else {"Successful": []}


def test_pieces_are_messages_of_a_fair_queue() -> None:
    sqs = Sqs()
    pieces = [Piece("things", "tag", str(number), after="7" if number else None) for number in range(12)]
    FanoutQueue(cast("Any", sqs), "https://the-queue").send(pieces)
    assert [len(batch) for batch in sqs.batches] == [10, 2]
    messages = [message for batch in sqs.batches for message in batch]
    assert [Piece.decode(one["MessageBody"]) for one in messages] == pieces
    assert [one["MessageGroupId"] for one in messages] == [piece.value for piece in pieces]


def test_next_piece_waits_for_the_changes_of_the_stream() -> None:
    sqs = Sqs()
    first = Piece("things", "tag", "acme")
    FanoutQueue(cast("Any", sqs), "https://the-queue").send([first, replace(first, after="7")])
    assert [one["DelaySeconds"] for one in sqs.batches[0]] == [0, 1]


def test_refused_piece_raises() -> None:
    with pytest.raises(SoukError, match="Throttled"):
        FanoutQueue(cast("Any", Sqs(full=True)), "https://the-queue").send([Piece("things", "tag", "acme")])


def test_verify_returns_the_differences(things: ThingsProjection, index: RebuildableIndex) -> None:
    things.table |= {str(id_): "thing" for id_ in range(1, 150)} | {"200": "draft"}
    index.rebuild(documents(things, things.table))
    assert not verify(things, index, things.table)
    things.table |= {"2": "changed", "3": "draft", "300": "new"}
    index.apply({"5": None, "400": Document("400", {"title": "never was"})})
    differences = verify(things, index, things.table)
    assert differences
    assert differences == Differences(missing=("5", "300"), extra=("3", "400"), stale=("2",))
