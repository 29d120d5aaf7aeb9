"""Searches while the index is being downloaded."""

from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from souk.search import Search
from souk.search.snapshot import SnapshotReader, SnapshotWriter
from tests.search.samples import SCHEMA
from tests.search.shared_bucket import BUCKET, Calls, changes, is_file, is_pointer
from tests.support.clock import CLOCK

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STALE = 30


class SlowBucket:
    """Holds back a request until it is released."""

    def __init__(self, s3: "S3Client") -> None:
        self.reached, self._released = Event(), Event()
        self._calls = Calls(s3, "GetObject")

    def hold(self, matches: Callable[[str], bool]) -> None:
        def wait() -> None:
            self.reached.set()
            self._released.wait()

        self.reached.clear()
        self._released.clear()
        self._calls.once(matches, wait)

    def release(self) -> None:
        self._released.set()


class Stopwatch:
    """The reader's clock, in seconds."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bucket(s3: "S3Client") -> Iterator[SlowBucket]:
    slow = SlowBucket(s3)
    yield slow
    slow.release()


@pytest.fixture
def writer(s3: "S3Client") -> SnapshotWriter:
    writer = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    writer.apply(changes(1))
    return writer


@pytest.fixture
def time() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def reader(s3: "S3Client", writer: SnapshotWriter, time: Stopwatch) -> SnapshotReader:  # noqa: ARG001
    return SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=1, patience=0, clock=time)


def found(reader: SnapshotReader) -> list[str]:
    return reader.search(Search()).ids


def refreshed(reader: SnapshotReader) -> None:
    """Wait for the refresh that is running."""
    while reader._refresh is not None:  # noqa: SLF001 - nothing else shows that it has ended
        Event().wait(0.001)


@pytest.mark.parametrize("slow", [is_pointer, is_file])
def test_search_does_not_wait_for_refresh(
    bucket: SlowBucket, writer: SnapshotWriter, reader: SnapshotReader, time: Stopwatch, slow: Callable[[str], bool]
) -> None:
    assert found(reader) == ["1"]
    writer.apply(changes(2))
    bucket.hold(slow)
    for _ in range(10):
        time.now += 1
        assert found(reader) == ["1"]
        bucket.reached.wait()
    bucket.release()
    refreshed(reader)
    assert found(reader) == ["2", "1"]


def test_first_search_waits(bucket: SlowBucket, reader: SnapshotReader) -> None:
    answers: list[list[str]] = []
    bucket.hold(is_file)
    searches = [Thread(target=lambda: answers.append(found(reader))) for _ in range(3)]
    for search in searches:
        search.start()
    bucket.reached.wait()
    assert answers == []
    bucket.release()
    for search in searches:
        search.join()
    assert answers == [["1"]] * 3


def test_search_after_quiet_time_waits(
    bucket: SlowBucket, writer: SnapshotWriter, reader: SnapshotReader, time: Stopwatch
) -> None:
    assert found(reader) == ["1"]
    writer.apply(changes(2))
    time.now += STALE + 1
    bucket.hold(is_file)
    answers: list[list[str]] = []
    search = Thread(target=lambda: answers.append(found(reader)))
    search.start()
    bucket.reached.wait()
    assert answers == []
    bucket.release()
    search.join()
    assert answers == [["2", "1"]]


def test_search_waits_once_while_bucket_fails(
    s3: "S3Client", writer: SnapshotWriter, reader: SnapshotReader, time: Stopwatch
) -> None:
    assert found(reader) == ["1"]
    writer.apply(changes(2))

    def fail(**_: object) -> None:
        raise ClientError({"Error": {"Code": "SlowDown"}}, "GetObject")

    s3.meta.events.register("provide-client-params.s3.GetObject", fail)
    time.now += STALE + 1
    assert found(reader) == ["1"]
    s3.meta.events.unregister("provide-client-params.s3.GetObject", fail)
    time.now += 1
    assert found(reader) == ["1"]  # it begins a refresh and does not wait for it
    refreshed(reader)
    assert found(reader) == ["2", "1"]


def test_patient_search_sees_the_change(s3: "S3Client", writer: SnapshotWriter) -> None:
    reader = SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=0, patience=None)
    for id_ in (2, 3):
        writer.apply(changes(id_))
        assert found(reader)[0] == str(id_)
