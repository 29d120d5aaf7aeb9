"""Rebuilding an index while it is searched and changed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from souk.search import AnyOf, Document, IndexSchema, RebuildableIndex, Search, SearchReader
from souk.search.engines import Bucket, Cluster, Engine
from souk.search.indexer import verify
from souk.search.opensearch import Client
from souk.search.opensearch.generations import Generations
from souk.search.snapshot import SnapshotReader, read_pointer
from souk.values.errors import Conflict
from tests.search.shared_bucket import BUCKET, Calls, is_generation, is_pointer, stored
from tests.search.things import ThingsProjection
from tests.support.clock import CLOCK
from tests.support.racing import one_request_at_a_time

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

in_bucket = pytest.mark.parametrize("engine", ["bucket"], indirect=True)
"""Marks a test of the requests to the bucket, or of what is the same for every engine."""


@pytest.fixture
def things(schema: IndexSchema) -> ThingsProjection:
    return ThingsProjection({str(id_): f"thing {id_}" for id_ in range(1, 31)}, schema=schema)


@pytest.fixture
def writer(engine: Engine, things: ThingsProjection) -> RebuildableIndex:
    """Return the stream's writer of an index that has the things."""
    writer = engine.writer(things.schema, CLOCK)
    writer.update(list(things.table), things.documents)
    return writer


@pytest.fixture
def rebuilder(engine: Engine, schema: IndexSchema) -> RebuildableIndex:
    """Return the writer of another process, which rebuilds the index."""
    return engine.writer(schema, CLOCK)


@pytest.fixture
def reader(engine: Engine, writer: RebuildableIndex) -> SearchReader:
    """Return a reader that sees each change at once."""
    if isinstance(engine, Bucket):
        return SnapshotReader(writer.schema, engine.client, engine.name, poll_seconds=0, patience=None)
    return engine.reader(writer.schema)


class Race(NamedTuple):
    """The table, the stream's writer, the rebuild's writer, and a reader."""

    things: ThingsProjection
    writer: RebuildableIndex
    rebuilder: RebuildableIndex
    reader: SearchReader


@pytest.fixture
def race(things: ThingsProjection, writer: RebuildableIndex, rebuilder: RebuildableIndex, reader: SearchReader) -> Race:
    return Race(things, writer, rebuilder, reader)


def rebuild(writer: RebuildableIndex, things: ThingsProjection) -> str:
    """Rebuild the index from the things that are in the table when it begins, and return its generation."""
    generation = writer.begin_rebuild()
    found = list(things.table)
    for start in range(0, len(found), 10):
        writer.add_to_rebuild(generation, found[start : start + 10], things.documents)
    while not writer.finish_rebuild(generation, things.documents):
        pass
    return generation


def generations(engine: Engine, schema: IndexSchema) -> set[str]:
    """Return the generations that the engine keeps."""
    if isinstance(engine, Bucket):
        return {key.partition("/")[0] for key in stored(engine.client)} - {"current"}
    assert isinstance(engine, Cluster)
    state = Generations(schema, engine.client, CLOCK).read()
    return {one.name for one in (*state.written, *state.unused)}


def objects_of(engine: Engine, generation: str) -> set[str]:
    """Return the objects in the bucket of a generation."""
    return {key for key in stored(engine.client) if key.startswith(generation)} if isinstance(engine, Bucket) else set()


def test_searches_never_find_fewer_during_rebuild(
    engine: Engine, things: ThingsProjection, writer: RebuildableIndex, rebuilder: RebuildableIndex,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one_request_at_a_time(monkeypatch)
    for id_ in range(100, 600):
        things.table[str(id_)] = "old"
    writer.update(list(things.table), things.documents)
    reader = engine.reader(things.schema)
    if isinstance(engine, Bucket):
        reader = SnapshotReader(things.schema, engine.client, engine.name, poll_seconds=0.02, patience=None)
    totals = [reader.search(Search()).total]

    def search() -> None:
        while rebuilding.is_alive() or len(totals) < 100:
            totals.append(reader.search(Search()).total)

    def rebuild_and_change() -> None:
        generation = rebuilder.begin_rebuild()
        chosen = list(things.table)
        for start in range(0, len(chosen), 100):
            new = str(1000 + start)
            things.table[new] = "new"
            writer.update([new], things.documents)
            rebuilder.add_to_rebuild(generation, chosen[start : start + 100], things.documents)
        assert rebuilder.finish_rebuild(generation, things.documents)

    rebuilding = Thread(target=rebuild_and_change)
    rebuilding.start()
    search()
    rebuilding.join()
    assert totals == sorted(totals)
    assert reader.ids() == things.table.keys()
    assert len(set(totals)) > 1, "searches and changes did not interleave"


def changed(things: ThingsProjection, writer: RebuildableIndex) -> None:
    """Change a thing, add one and remove one, as the stream does."""
    things.table |= {"5": "changed", "99": "new", "6": "draft"}
    writer.update(["5", "99", "6"], things.documents)


@in_bucket
@pytest.mark.parametrize(
    "request_of_rebuild",
    [
        *(("GetObject", is_pointer, skipped) for skipped in range(4)),
        *(("GetObject", is_generation, skipped) for skipped in range(2)),
        *(("PutObject", is_pointer, skipped) for skipped in range(2)),  # the beginning and the end
        *(("PutObject", is_generation, skipped) for skipped in range(3)),
    ],
)
def test_changes_during_rebuild_are_kept(
    s3: "S3Client", race: Race, request_of_rebuild: tuple[str, Callable[[str], bool], int]
) -> None:
    operation, at, skipped = request_of_rebuild
    remaining = iter(range(skipped))
    things, writer, rebuilder, reader = race
    Calls(s3, operation).once(lambda key: at(key) and next(remaining, None) is None, lambda: changed(things, writer))
    generation = rebuild(rebuilder, things)
    assert "99" in things.table, "nothing has been changed in between"
    assert read_pointer("things", s3, BUCKET).generation == generation
    assert not verify(things, reader, things.table)


class WatchedClient(Client):
    """Runs an action before one of its requests."""

    def __init__(self, client: Client, action: Callable[[], object]) -> None:
        self.__dict__ |= client.__dict__
        self._action = action
        self.remaining = 0

    def _send(self, *request: Any) -> Any:
        self.remaining -= 1
        if self.remaining == 0:
            self._action()
        return super()._send(*request)


@pytest.mark.parametrize("engine", ["cluster"], indirect=True)
def test_changes_between_requests_of_rebuild_are_kept(engine: Cluster, schema: IndexSchema) -> None:
    things = ThingsProjection({str(id_): "thing" for id_ in range(1, 9)}, schema=schema)
    writer, reader = engine.writer(schema, CLOCK), engine.reader(schema)
    client = WatchedClient(engine.client, lambda: changed(things, writer))
    rebuilder = Cluster(client).writer(schema, CLOCK)
    requests = 0
    while client.remaining <= 0:
        requests += 1
        things.table |= {"5": "thing", "6": "thing"}
        things.table.pop("99", None)
        writer.update(["5", "6", "99"], things.documents)
        client.remaining = requests
        rebuild(rebuilder, things)
        assert not verify(things, reader, things.table), f"a change before request {requests} is lost"
    assert requests > 10


@pytest.mark.parametrize("engine", ["cluster"], indirect=True)
def test_processes_that_begin_at_once_do_not_both_go_on(
    engine: Cluster, schema: IndexSchema, things: ThingsProjection
) -> None:
    other = engine.writer(schema, CLOCK)
    client = WatchedClient(engine.client, lambda: other.update(["1", "2"], things.documents))
    client.remaining = 2  # it has seen that there is no index
    Cluster(client).writer(schema, CLOCK).update(["3"], things.documents)
    assert engine.reader(schema).ids() == {"1", "2", "3"}
    assert len(generations(engine, schema)) == 1

    begun: list[str] = []
    client = WatchedClient(engine.client, lambda: begun.append(other.begin_rebuild()))
    client.remaining = 2  # it has seen that no rebuild is running
    with pytest.raises(Conflict, match="already running"):
        Cluster(client).writer(schema, CLOCK).begin_rebuild()
    other.add_to_rebuild(begun[0], list(things.table), things.documents)
    assert other.finish_rebuild(begun[0], things.documents)
    assert not verify(things, engine.reader(schema), things.table)


@in_bucket
def test_change_between_journal_and_swap_is_kept(s3: "S3Client", race: Race) -> None:
    things, writer, rebuilder, reader = race
    generation = rebuilder.begin_rebuild()
    rebuilder.add_to_rebuild(generation, list(things.table), things.documents)
    Calls(s3, "PutObject").once(is_pointer, lambda: changed(things, writer))  # the swap loses and looks again
    assert rebuilder.finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


@in_bucket
def test_change_without_effect_on_old_generation_is_kept(s3: "S3Client", race: Race) -> None:
    things, writer, rebuilder, reader = race
    generation = rebuilder.begin_rebuild()
    rebuilder.add_to_rebuild(generation, list(things.table), lambda ids: {id_: Document(id_, {}) for id_ in ids})
    Calls(s3, "PutObject").once(is_pointer, lambda: writer.update(list(things.table), things.documents))
    assert rebuilder.finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


def test_newer_document_is_not_overwritten(
    things: ThingsProjection, writer: RebuildableIndex, rebuilder: RebuildableIndex, reader: SearchReader
) -> None:
    first = iter([True])

    def read(ids: Collection[str]) -> Mapping[str, Document | None]:
        found = things.documents(ids)
        if next(first, False):  # after the read, before its result is published
            things.table["1"] = "newer"
            rebuilder.update(["1"], things.documents)
        return found

    things.table["1"] = "older"
    writer.update(["1"], read)
    assert not verify(things, reader, things.table)


def test_group_changed_during_rebuild_is_updated_in_both(
    engine: Engine,
    things: ThingsProjection,
    writer: RebuildableIndex,
    rebuilder: RebuildableIndex,
    reader: SearchReader,
) -> None:
    things.tags = dict.fromkeys(map(str, range(1, 11)), "acme")
    writer.update(["1", "2"], things.documents)  # the index does not know the others' tags yet
    generation = rebuilder.begin_rebuild()
    rebuilder.add_to_rebuild(generation, list(things.table), things.documents)
    things.table |= dict.fromkeys(map(str, range(1, 11)), "of acme, renamed")
    assert writer.update_matching(AnyOf("tag", ("acme",)), things.documents, limit=100) is None
    noted_for_the_end = 8 if isinstance(engine, Bucket) else 0  # a cluster finds them in the new generation
    assert len(verify(things, reader, things.table).stale) == noted_for_the_end
    assert rebuilder.finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


@in_bucket
def test_many_changes_are_repeated_in_several_calls(
    things: ThingsProjection, writer: RebuildableIndex, rebuilder: RebuildableIndex, reader: SearchReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("souk.search.snapshot.rebuild._REPEATED", 2)
    generation = rebuilder.begin_rebuild()
    for id_ in ("1", "2", "3"):
        things.table[id_] = "changed"
        writer.update([id_], things.documents)
    rebuilder.add_to_rebuild(generation, ["4"], things.documents)
    assert not rebuilder.finish_rebuild(generation, things.documents)
    assert reader.ids() == things.table.keys()
    assert rebuilder.finish_rebuild(generation, things.documents)
    assert reader.ids() == {"1", "2", "3", "4"}


def test_second_rebuild_is_refused_while_one_runs(
    things: ThingsProjection, rebuilder: RebuildableIndex, writer: RebuildableIndex, reader: SearchReader
) -> None:
    generation = writer.begin_rebuild()
    with pytest.raises(Conflict, match="already running"):
        rebuilder.begin_rebuild()
    CLOCK.wait(seconds=299)
    writer.add_to_rebuild(generation, list(things.table), things.documents)
    CLOCK.wait(seconds=299)  # it was alive in between
    with pytest.raises(Conflict, match="already running"):
        rebuilder.begin_rebuild()
    assert writer.finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


def test_dead_rebuild_is_replaced_and_its_objects_deleted(
    engine: Engine,
    things: ThingsProjection,
    rebuilder: RebuildableIndex,
    writer: RebuildableIndex,
    reader: SearchReader,
) -> None:
    dead = writer.begin_rebuild()
    writer.add_to_rebuild(dead, ["1", "2"], things.documents)
    changed(things, writer)
    CLOCK.wait(seconds=301)
    generation = rebuild(rebuilder, things)
    for step in (writer.add_to_rebuild, lambda *_: writer.finish_rebuild(dead, things.documents)):
        with pytest.raises(Conflict, match="ended or replaced"):
            step(dead, ["3"], things.documents)
    assert not verify(things, reader, things.table)
    CLOCK.wait(seconds=601)
    things.table["1"] = "again"
    writer.update(["1"], things.documents)
    assert generations(engine, things.schema) == {generation}
    assert not verify(things, reader, things.table)


def test_dead_rebuild_is_given_up_after_a_day(
    engine: Engine, things: ThingsProjection, writer: RebuildableIndex, reader: SearchReader
) -> None:
    dead = writer.begin_rebuild()
    CLOCK.wait(hours=25)
    things.table["1"] = "changed"
    writer.update(["1"], things.documents)
    assert not engine.state(things.schema).rebuilding
    before = objects_of(engine, dead)
    things.table["1"] = "again"
    writer.update(["1"], things.documents)
    assert objects_of(engine, dead) <= before, "nothing is recorded any more"
    CLOCK.wait(seconds=601)
    things.table["1"] = "and again"
    writer.update(["1"], things.documents)
    assert dead not in generations(engine, things.schema)
    assert not verify(things, reader, things.table)


def test_abandoned_rebuild_changes_nothing(
    engine: Engine, things: ThingsProjection, writer: RebuildableIndex, reader: SearchReader
) -> None:
    before = engine.state(things.schema).generation
    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, ["1"], things.documents)
    writer.abandon_rebuild(generation)
    writer.abandon_rebuild(generation)
    assert not verify(things, reader, things.table)
    assert engine.state(things.schema).generation == before
    rebuild(writer, things)  # at once
    assert engine.state(things.schema).generation != before


@in_bucket
def test_rebuild_continues_in_another_process(
    engine: Engine, things: ThingsProjection, writer: RebuildableIndex, reader: SearchReader
) -> None:
    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, list(things.table)[:20], things.documents)
    deployed = engine.writer(things.schema, CLOCK)
    deployed.add_to_rebuild(generation, list(things.table)[20:], things.documents)
    assert engine.writer(things.schema, CLOCK).finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


def test_rebuild_ends_if_another_schema_is_deployed(
    engine: Engine, things: ThingsProjection, writer: RebuildableIndex, reader: SearchReader
) -> None:
    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, ["1"], things.documents)
    other = replace(things.schema, fields=things.schema.fields[:-1])
    deployed = engine.writer(other, CLOCK)
    with pytest.raises(Conflict, match="another schema"):
        deployed.add_to_rebuild(generation, ["2"], things.documents)
    with pytest.raises(Conflict, match="another schema"):
        deployed.finish_rebuild(generation, things.documents)
    deployed.abandon_rebuild(generation)
    assert not verify(things, reader, things.table)
    rebuild(deployed, ThingsProjection(things.table, schema=other))
    assert reader.ids() == things.table.keys()


def test_rebuild_makes_the_first_index(engine: Engine, things: ThingsProjection) -> None:
    assert engine.reader(things.schema).search(Search()).total == 0
    rebuild(engine.writer(things.schema, CLOCK), things)
    assert not verify(things, engine.reader(things.schema), things.table)


@in_bucket
def test_rebuild_in_one_call_that_cannot_end_is_no_success(
    engine: Engine, writer: RebuildableIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = engine.state(writer.schema)
    monkeypatch.setattr(writer, "finish_rebuild", lambda _generation, _read: False)
    with pytest.raises(Conflict, match="Start again"):
        writer.rebuild([])
    assert engine.state(writer.schema) == before
