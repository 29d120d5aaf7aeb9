"""Rebuilding an index while it is searched and changed."""

from collections.abc import Callable, Collection, Mapping
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

import pytest

from souk.search import AnyOf, Document, IndexSchema, Search
from souk.search.indexer import verify
from souk.search.snapshot import Pointer, SnapshotReader, SnapshotWriter, read_pointer
from souk.values.errors import Conflict
from tests.search.samples import SCHEMA
from tests.search.shared_bucket import BUCKET, Calls, is_generation, is_pointer, stored
from tests.search.things import ThingsProjection
from tests.support.clock import CLOCK
from tests.support.racing import one_request_at_a_time

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OTHER_SCHEMA = IndexSchema("things", SCHEMA.fields[:-1], SCHEMA.default)


@pytest.fixture
def things() -> ThingsProjection:
    return ThingsProjection({str(id_): f"thing {id_}" for id_ in range(1, 31)})


@pytest.fixture
def writer(s3: "S3Client", things: ThingsProjection) -> SnapshotWriter:
    """Return the stream's writer of an index that has the things."""
    writer = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    writer.update(list(things.table), things.documents)
    return writer


@pytest.fixture
def rebuilder(s3: "S3Client") -> SnapshotWriter:
    """Return the writer of another process, which rebuilds the index."""
    return SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)


@pytest.fixture
def reader(s3: "S3Client", writer: SnapshotWriter) -> SnapshotReader:
    assert writer.ids()
    return SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=0, patience=None)


class Race(NamedTuple):
    """The table, the stream's writer, the rebuild's writer, and a reader."""

    things: ThingsProjection
    writer: SnapshotWriter
    rebuilder: SnapshotWriter
    reader: SnapshotReader


@pytest.fixture
def race(things: ThingsProjection, writer: SnapshotWriter, rebuilder: SnapshotWriter, reader: SnapshotReader) -> Race:
    return Race(things, writer, rebuilder, reader)


def rebuild(writer: SnapshotWriter, things: ThingsProjection) -> str:
    """Rebuild the index from the things that are in the table when it begins, and return its generation."""
    generation = writer.begin_rebuild()
    found = list(things.table)
    for start in range(0, len(found), 10):
        writer.add_to_rebuild(generation, found[start : start + 10], things.documents)
    while not writer.finish_rebuild(generation, things.documents):
        pass
    return generation


def pointer(s3: "S3Client") -> Pointer:
    return read_pointer("things", s3, BUCKET)


def generations(s3: "S3Client") -> set[str]:
    return {key.partition("/")[0] for key in stored(s3)} - {"current"}


def test_searches_never_find_fewer_during_rebuild(
    s3: "S3Client", things: ThingsProjection, writer: SnapshotWriter, rebuilder: SnapshotWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one_request_at_a_time(monkeypatch)
    for id_ in range(100, 600):
        things.table[str(id_)] = "old"
    writer.update(list(things.table), things.documents)
    reader = SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=0.02, patience=None)
    totals = [reader.search(Search()).total]

    def search() -> None:
        while rebuilding.is_alive() or len(totals) < 1000:
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


def changed(things: ThingsProjection, writer: SnapshotWriter) -> None:
    """Change a thing, add one and remove one, as the stream does."""
    things.table |= {"5": "changed", "99": "new", "6": "draft"}
    writer.update(["5", "99", "6"], things.documents)


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
    assert reader.position().generation == generation
    assert not verify(things, reader, things.table)


def test_change_between_journal_and_swap_is_kept(s3: "S3Client", race: Race) -> None:
    things, writer, rebuilder, reader = race
    generation = rebuilder.begin_rebuild()
    rebuilder.add_to_rebuild(generation, list(things.table), things.documents)
    Calls(s3, "PutObject").once(is_pointer, lambda: changed(things, writer))  # the swap loses and looks again
    assert rebuilder.finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


def test_change_without_effect_on_old_generation_is_kept(s3: "S3Client", race: Race) -> None:
    things, writer, rebuilder, reader = race
    generation = rebuilder.begin_rebuild()
    rebuilder.add_to_rebuild(generation, list(things.table), lambda ids: {id_: Document(id_, {}) for id_ in ids})
    Calls(s3, "PutObject").once(is_pointer, lambda: writer.update(list(things.table), things.documents))
    assert rebuilder.finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


def test_newer_document_is_not_overwritten(
    things: ThingsProjection, writer: SnapshotWriter, rebuilder: SnapshotWriter, reader: SnapshotReader
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
    things: ThingsProjection, writer: SnapshotWriter, rebuilder: SnapshotWriter, reader: SnapshotReader
) -> None:
    things.tags = dict.fromkeys(map(str, range(1, 11)), "acme")
    writer.update(["1", "2"], things.documents)  # the index does not know the others' tags yet
    generation = rebuilder.begin_rebuild()
    rebuilder.add_to_rebuild(generation, list(things.table), things.documents)
    things.table |= dict.fromkeys(map(str, range(1, 11)), "of acme, renamed")
    assert writer.update_matching(AnyOf("tag", ("acme",)), things.documents, limit=100) is None
    assert len(verify(things, reader, things.table).stale) == 8
    assert rebuilder.finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


def test_many_changes_are_repeated_in_several_calls(
    things: ThingsProjection, writer: SnapshotWriter, rebuilder: SnapshotWriter, reader: SnapshotReader,
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
    things: ThingsProjection, rebuilder: SnapshotWriter, writer: SnapshotWriter, reader: SnapshotReader
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
    s3: "S3Client", things: ThingsProjection, rebuilder: SnapshotWriter, writer: SnapshotWriter, reader: SnapshotReader
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
    assert generations(s3) == {generation}
    assert not verify(things, reader, things.table)


def test_dead_rebuild_is_given_up_after_a_day(
    s3: "S3Client", things: ThingsProjection, writer: SnapshotWriter, reader: SnapshotReader
) -> None:
    dead = writer.begin_rebuild()
    CLOCK.wait(hours=25)
    things.table["1"] = "changed"
    writer.update(["1"], things.documents)
    assert pointer(s3).build is None
    before = {key for key in stored(s3) if key.startswith(dead)}
    things.table["1"] = "again"
    writer.update(["1"], things.documents)
    assert {key for key in stored(s3) if key.startswith(dead)} <= before  # nothing is recorded any more
    CLOCK.wait(seconds=601)
    things.table["1"] = "and again"
    writer.update(["1"], things.documents)
    assert dead not in generations(s3)
    assert not verify(things, reader, things.table)


def test_abandoned_rebuild_changes_nothing(
    s3: "S3Client", things: ThingsProjection, writer: SnapshotWriter, reader: SnapshotReader
) -> None:
    before = reader.position().generation
    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, ["1"], things.documents)
    writer.abandon_rebuild(generation)
    writer.abandon_rebuild(generation)
    assert not verify(things, reader, things.table)
    assert reader.position().generation == before
    rebuild(writer, things)  # at once
    assert pointer(s3).generation != before


def test_rebuild_continues_in_another_process(
    s3: "S3Client", things: ThingsProjection, writer: SnapshotWriter, reader: SnapshotReader
) -> None:
    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, list(things.table)[:20], things.documents)
    deployed = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    deployed.add_to_rebuild(generation, list(things.table)[20:], things.documents)
    assert SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK).finish_rebuild(generation, things.documents)
    assert not verify(things, reader, things.table)


def test_rebuild_ends_if_another_schema_is_deployed(
    s3: "S3Client", things: ThingsProjection, writer: SnapshotWriter, reader: SnapshotReader
) -> None:
    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, ["1"], things.documents)
    deployed = SnapshotWriter(OTHER_SCHEMA, s3, BUCKET, CLOCK)
    with pytest.raises(Conflict, match="another schema"):
        deployed.add_to_rebuild(generation, ["2"], things.documents)
    with pytest.raises(Conflict, match="another schema"):
        deployed.finish_rebuild(generation, things.documents)
    deployed.abandon_rebuild(generation)
    assert not verify(things, reader, things.table)
    rebuild(deployed, ThingsProjection(things.table, schema=OTHER_SCHEMA))
    assert reader.ids() == things.table.keys()


def test_rebuild_makes_the_first_index(s3: "S3Client", things: ThingsProjection) -> None:
    writer, reader = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK), SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=0)
    assert reader.search(Search()).total == 0
    rebuild(writer, things)
    assert not verify(things, SnapshotReader(SCHEMA, s3, BUCKET), things.table)


def test_rebuild_in_one_call_that_cannot_end_is_no_success(
    s3: "S3Client", writer: SnapshotWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pointer(s3)
    monkeypatch.setattr(writer, "finish_rebuild", lambda _generation, _read: False)
    with pytest.raises(Conflict, match="Start again"):
        writer.rebuild([])
    after = pointer(s3)
    assert (after.generation, after.build) == (before.generation, None)
