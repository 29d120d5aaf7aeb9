"""Searches while the snapshot of a large index refreshes. Run `python -m tests.bench.bench_refresh [POSTINGS]`.

The default of 1,000,000 postings takes about forty minutes, nearly all of it to build the index twice.
The bucket is a folder with the latency and the rate of S3 in a Lambda function, so that a download takes its time.
"""

import hashlib
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from botocore.exceptions import ClientError

from souk.search import Document, Search
from souk.search.snapshot import SnapshotReader, SnapshotWriter
from souk.values.clock import Clock
from tests.bench.bench_search import SCHEMA, postings, questions

POSTINGS = 1_000_000
_LATENCY = 0.015
"""Seconds until a request's first byte."""
_RATE = 80e6
"""Bytes per second of all downloads together."""
_CHUNK = 25_000
_SEARCHES = 300


class FolderBucket:
    """The part of S3's client that snapshots use, over a folder. `slow` adds the latency and rate of the network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.slow = False
        self._network = threading.Lock()

    def get_object(self, Bucket: str, Key: str, IfNoneMatch: str | None = None) -> dict[str, Any]:  # noqa: N803
        path = self._folder / Bucket / Key
        if self.slow:
            time.sleep(_LATENCY)
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        etag = self._etag(path)
        if etag == IfNoneMatch:
            raise ClientError({"Error": {"Code": "304"}}, "GetObject")
        return {"Body": _Body(path, self._network if self.slow else None), "ETag": etag}

    def put_object(self, Bucket: str, Key: str, Body: Any, **_: Any) -> dict[str, str]:  # noqa: N803 - boto3's names
        path = self._folder / Bucket / Key
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(Body if isinstance(Body, bytes) else Body.read())
        partial.replace(path)
        return {"ETag": self._etag(path)}

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> None:  # noqa: N803 - boto3's names
        for one in Delete["Objects"]:
            (self._folder / Bucket / one["Key"]).unlink(missing_ok=True)

    def list_objects_v2(self, Bucket: str, Prefix: str, Delimiter: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        root = self._folder / Bucket / Prefix
        if Delimiter:
            folders = [path for path in root.iterdir() if path.is_dir()] if root.exists() else []
            return {"CommonPrefixes": [{"Prefix": f"{Prefix}{path.name}/"} for path in folders]}
        files = [path for path in root.rglob("*") if path.is_file()] if root.exists() else []
        return {
            "Contents": [
                {
                    "Key": path.relative_to(self._folder / Bucket).as_posix(),
                    "LastModified": datetime.fromtimestamp(path.stat().st_mtime, UTC),
                }
                for path in files
            ]
        }

    def get_paginator(self, _: str) -> "FolderBucket":
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        return [self.list_objects_v2(**request)]

    @staticmethod
    def _etag(path: Path) -> str:
        """Return a hash of the content for pointers, whose ETags count."""
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() if path.name == "current" else "-"


class _Body:
    def __init__(self, path: Path, network: "threading.Lock | None") -> None:
        self._path = path
        self._network = network

    def read(self) -> bytes:
        return self._path.read_bytes()

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while chunk := file.read(size):
                if self._network:
                    with self._network:
                        time.sleep(len(chunk) / _RATE)
                yield chunk


def measure(count: int) -> Iterator[tuple[str, str]]:
    """Yield what was measured, and the result."""
    with tempfile.TemporaryDirectory() as folder:
        bucket = FolderBucket(Path(folder))
        client = cast("Any", bucket)
        writer = SnapshotWriter(SCHEMA, client, "bucket", Clock())
        begun = time.perf_counter()
        _finish(writer, _build(writer, count))
        seconds = time.perf_counter() - begun
        yield f"building the index of {count:,} postings", f"{seconds:.0f} s"
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        yield "its size", f"{size / 1e6:.0f} MB"

        bucket.slow = True
        reader = SnapshotReader(SCHEMA, client, "bucket")
        search = questions()["two words and three filters, newest first"]
        yield "first search, with the download", f"{_seconds(lambda: reader.search(search)):.2f} s"
        yield "searches, without a refresh", _summary(_search_for(reader, search, lambda: False)[0])

        seen = reader._copy  # noqa: SLF001 - to ask the reader itself would begin a refresh
        revision = seen.pointer.revision
        bucket.slow = False
        writer.apply({"7": Document("7", {"title": "word30 word70"})})
        bucket.slow = True
        times, _ = _search_for(reader, search, lambda: seen.pointer.revision == revision)
        yield "searches, while one new posting arrives", _summary(times)

        bucket.slow = False
        begun = time.perf_counter()
        built = _build(writer, count)
        yield "rebuilding the index", f"{time.perf_counter() - begun:.0f} s"
        reader.search(search)  # after a quiet time, a search waits for the refresh
        _finish(writer, built)
        bucket.slow = True
        generation = seen.pointer.generation
        times, seconds = _search_for(reader, search, lambda: seen.pointer.generation == generation)
        yield "searches, while the new generation is downloaded", _summary(times)
        yield "until they used the new generation", f"{seconds:.1f} s"
        other = SnapshotReader(SCHEMA, client, "bucket")
        yield "for comparison: a search that waits for it", f"{_seconds(lambda: other.search(search)):.2f} s"


def _build(writer: SnapshotWriter, count: int) -> str:
    """Build a generation, in larger steps than an operator's command, which reads the table in between."""
    source = postings(count)
    generation = writer.begin_rebuild()
    while chunk := {document.id: document for document, _ in zip(source, range(_CHUNK), strict=False)}:
        writer.add_to_rebuild(generation, chunk, lambda _, chunk=chunk: chunk)  # type: ignore[misc]
        if len(chunk) < _CHUNK:
            break
    return generation


def _finish(writer: SnapshotWriter, generation: str) -> None:
    while not writer.finish_rebuild(generation, dict.fromkeys):
        pass


def _search_for(reader: SnapshotReader, search: Search, is_refreshing: Callable[[], bool]) -> tuple[list[float], float]:
    """Search 50 times a second, at least 300 times and until the refresh is over.

    Returns the times of the searches, and when the refresh was over, in seconds.
    """
    times, begun, over = list[float](), time.perf_counter(), None
    while len(times) < _SEARCHES or over is None:
        times.append(_seconds(lambda: reader.search(search)))
        if over is None and not is_refreshing():
            over = time.perf_counter() - begun
        time.sleep(0.02)
    return times, over


def _summary(times: list[float]) -> str:
    p95 = statistics.quantiles(times, n=20)[18]
    return (
        f"p50 {statistics.median(times) * 1e3:.1f}, p95 {p95 * 1e3:.1f}, max {max(times) * 1e3:.0f} ms ({len(times)})"
    )


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


if __name__ == "__main__":
    for what, measured in measure(int(sys.argv[1]) if sys.argv[1:] else POSTINGS):
        sys.stdout.write(f"{what:<60} {measured}\n")
        sys.stdout.flush()
