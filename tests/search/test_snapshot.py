"""The index that is shared through S3: visibility, transfers and concurrent writers."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from souk.search import Document, Search, Words
from souk.search.snapshot import SnapshotReader, SnapshotWriter
from souk.values.errors import Conflict
from tests.search.samples import SCHEMA
from tests.search.shared_bucket import (
    BUCKET,
    PREFIX,
    Calls,
    changes,
    document,
    fail,
    is_deletes,
    is_file,
    is_generation,
    is_pointer,
    stored,
)
from tests.support.clock import CLOCK

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def writer(s3: "S3Client") -> SnapshotWriter:
    return SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)


@pytest.fixture
def reader(s3: "S3Client") -> SnapshotReader:
    return SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=0, patience=None)


def test_readers_follow_the_writer(writer: SnapshotWriter, reader: SnapshotReader) -> None:
    assert reader.search(Search()).total == 0
    assert reader.position().revision == 0
    writer.apply(changes(1, 2))
    assert reader.search(Search()).ids == ["2", "1"]
    writer.apply({"1": None, "3": document(3)})
    assert reader.search(Search()).ids == ["3", "2"]
    assert reader.position().revision == 2
    assert reader.fingerprints() == writer.fingerprints()
    writer.rebuild([document(9)])
    assert reader.search(Search()).ids == ["9"]


def test_new_writer_and_reader_continue_from_s3(s3: "S3Client", writer: SnapshotWriter) -> None:
    writer.apply(changes(1))
    SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK).apply(changes(2))
    writer.apply(changes(3))
    assert SnapshotReader(SCHEMA, s3, BUCKET).search(Search()).ids == ["3", "2", "1"]


def test_only_new_files_are_transferred(s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader) -> None:
    uploads, downloads = Calls(s3, "PutObject"), Calls(s3, "GetObject")
    seen: set[str] = set()
    for id_ in range(12):  # enough for the engine to merge segments
        writer.apply(changes(id_))
        assert reader.search(Search()).total == id_ + 1
        files = set(filter(is_file, uploads.keys))
        assert sorted(filter(is_file, uploads.keys)) == sorted(files)
        assert set(filter(is_file, downloads.keys)) == files
        assert files > seen
        seen = files
    assert sorted(filter(is_file, downloads.keys)) == sorted(seen)


def test_empty_change_is_not_published(s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader) -> None:
    writer.apply(changes(1))
    uploads = Calls(s3, "PutObject")
    writer.apply(changes(1) | {"2": None})
    assert uploads.keys == []
    assert reader.position().revision == 1


def test_reader_polls_at_most_once_per_interval(s3: "S3Client", writer: SnapshotWriter) -> None:
    writer.apply(changes(1))
    downloads = Calls(s3, "GetObject")
    reader = SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=3600)
    assert downloads.keys == []
    for _ in range(5):
        assert reader.search(Search()).total == 1
    assert len(list(filter(is_pointer, downloads.keys))) == 1


def test_losing_writer_applies_its_changes_again(
    s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader
) -> None:
    other = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    uploads = Calls(s3, "PutObject")
    uploads.once(is_pointer, lambda: other.apply(changes(1)))  # the very first pointer: If-None-Match
    writer.apply(changes(2))
    assert reader.search(Search()).ids == ["2", "1"]
    uploads.once(is_pointer, lambda: other.apply(changes(3) | {"2": None}))  # and If-Match
    writer.apply(changes(4))
    assert reader.search(Search()).ids == ["4", "3", "1"]
    assert reader.position().revision == 4


@pytest.mark.parametrize("at", [is_deletes, is_pointer])
def test_deletes_of_two_writers_are_not_mixed_up(
    s3: "S3Client", writer: SnapshotWriter, at: Callable[[str], bool]
) -> None:
    """The engine names the deletes of a segment by the number of changes so far, which two writers can share."""
    writer.apply(changes(*range(1, 21)))
    other = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    assert len(other.ids()) == 20
    Calls(s3, "PutObject").once(at, lambda: other.apply({"1": document(1, "of the other")}))
    writer.apply({"2": document(2, "of the writer")})
    writer.apply({"3": document(3, "of the writer")})
    for index in (SnapshotReader(SCHEMA, s3, BUCKET), writer, other):
        assert index.search(Search(limit=30)).ids == [str(id_) for id_ in range(20, 0, -1)]
        assert index.search(Search(Words(("title",), "writer"))).ids == ["3", "2"]
        assert index.search(Search(Words(("title",), "other"))).ids == ["1"]


def test_writer_that_always_loses_changes_nothing(
    s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("souk.search.snapshot.objects._ATTEMPTS", 2)
    other = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    ids = iter(range(1, 1000))
    uploads = Calls(s3, "PutObject")

    def interfere(key: str) -> None:
        if is_pointer(key):
            uploads.before = lambda _: None
            other.apply(changes(next(ids)))
            uploads.before = interfere

    uploads.before = interfere
    with pytest.raises(Conflict):
        writer.apply(changes(5000))
    uploads.before = lambda _: None
    assert "5000" not in reader.ids()
    uploads.once(is_generation, lambda: other.apply(changes(next(ids))))
    with pytest.raises(Conflict):
        writer.rebuild([document(5000)])
    assert "5000" not in reader.ids()
    writer.apply(changes(5000))
    assert reader.ids() == other.ids() >= {"1", "5000"}


@pytest.mark.parametrize("failing", [is_file, is_pointer])
def test_failed_upload_changes_nothing_and_is_retryable(
    s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader, failing: Callable[[str], bool]
) -> None:
    for before in ([], ["1"]):
        uploads = Calls(s3, "PutObject")
        uploads.once(failing, fail)
        with pytest.raises(EndpointConnectionError):
            writer.apply(changes(len(before) + 1))
        assert reader.search(Search()).ids == before
        writer.apply(changes(len(before) + 1))
    assert reader.search(Search()).ids == ["2", "1"]


def test_failed_change_is_not_published_later(s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader) -> None:
    writer.apply(changes(1))
    Calls(s3, "PutObject").once(is_pointer, fail)
    with pytest.raises(EndpointConnectionError):
        writer.rebuild([document(5)])
    writer.apply(changes(2))
    assert reader.search(Search()).ids == ["2", "1"]


def test_failed_rebuild_changes_nothing(writer: SnapshotWriter, reader: SnapshotReader) -> None:
    def source() -> Iterator[Document]:
        yield document(5)
        raise RuntimeError("the table does not respond")

    writer.apply(changes(1))
    with pytest.raises(RuntimeError):
        writer.rebuild(source())
    writer.apply(changes(2))
    assert reader.search(Search()).ids == ["2", "1"]


def test_reader_uses_its_copy_while_s3_is_down(s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader) -> None:
    writer.apply(changes(1))
    downloads = Calls(s3, "GetObject")
    downloads.once(is_pointer, fail)
    with pytest.raises(EndpointConnectionError):  # no copy yet
        reader.search(Search())
    assert reader.search(Search()).ids == ["1"]
    other = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    other.apply(changes(2))
    for failing in (is_pointer, is_file):
        downloads.once(failing, fail)
        assert reader.search(Search()).ids == ["1"]
    assert reader.search(Search()).ids == ["2", "1"]


def test_slow_reader_gets_the_newer_state(s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader) -> None:
    writer.apply(changes(1))
    old = stored(s3)

    def replace_everything() -> None:
        SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK).rebuild([document(2)])
        for key in filter(is_file, old):
            s3.delete_object(Bucket=BUCKET, Key=PREFIX + key)

    Calls(s3, "GetObject").once(is_file, replace_everything)
    assert reader.search(Search()).ids == ["2"]


def test_unused_files_are_deleted_after_a_while(
    s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.apply(changes(1))
    before = set(filter(is_file, stored(s3)))
    writer.rebuild([document(2)])
    assert before < stored(s3)
    monkeypatch.setattr("souk.search.snapshot.pointer.GRACE_SECONDS", -3600)
    writer.apply(changes(3))
    assert not before & stored(s3)
    assert reader.search(Search()).ids == ["3", "2"]


def test_rebuild_removes_orphaned_files(
    s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}old/files/left.behind", Body=b"")
    writer.rebuild([document(1)])
    assert "old/files/left.behind" in stored(s3)  # it may be published soon
    monkeypatch.setattr("souk.search.snapshot.pointer.GRACE_SECONDS", -3600)
    writer.rebuild([document(2)])
    assert "old/files/left.behind" not in stored(s3)
    assert reader.search(Search()).ids == ["2"]


def test_emptied_bucket_is_an_empty_index(s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader) -> None:
    writer.apply(changes(1))
    assert reader.search(Search()).total == 1
    for key in stored(s3):
        s3.delete_object(Bucket=BUCKET, Key=PREFIX + key)
    assert reader.search(Search()).total == 0
    assert reader.position().revision == 0
    writer.apply(changes(2))
    assert reader.search(Search()).ids == ["2"]


def test_missing_bucket_is_an_error(s3: "S3Client") -> None:
    reader = SnapshotReader(SCHEMA, s3, "no-such-bucket")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        reader.search(Search())
