"""An index that is shared through S3. One writer publishes it, and readers follow within about a second.

The prefix `search/<index>/<fingerprint of its schema>/` contains:

- `files/<name>`: the files of the index's segments. They never change, and a new file always has a new name.
- `current`: the pointer. It contains tantivy's `meta.json`, which lists the segments and so the files of the index. A
  change becomes visible when the pointer is replaced.

The writer changes a copy on its own disk and uploads the new files. It then replaces the pointer on the condition that
nobody else has replaced it (`If-Match`, `If-None-Match`). Of two concurrent writers, only one succeeds. The other
downloads the new state and applies its changes to that. A version of Souk with another schema, or with other rules for
words, uses another prefix. Old and new readers do not affect each other, and the new index is empty until rebuilt.

Readers request the pointer with its ETag at most once a second, and download missing files. Files that the pointer no
longer lists are kept for ten minutes, for readers that are still downloading them.
"""

import logging
import shutil
import time
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from souk.search.port import Page, SearchIndex, SearchReader
from souk.search.query import Search
from souk.search.schema import Document, IndexSchema
from souk.search.tantivy_index import TantivyIndex
from souk.values.clock import Clock
from souk.values.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

POLL_SECONDS = 1.0
GRACE_SECONDS = 600
"""How long unused files are kept."""
_ATTEMPTS = 5
_PARALLEL_TRANSFERS = 8
_META = "meta.json"

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Pointer:
    """The content of `current`: the files of the index, and its age."""

    meta: str
    """tantivy's own `meta.json`."""
    files: frozenset[str]
    changed_at: float
    """When the index last changed, in seconds since 1970. It includes all stream records from before that time."""
    generation: int
    """Increases by one with each change."""
    discarded: Mapping[str, float] = field(default_factory=dict)
    """Unused files, each with the time since when, in seconds since 1970."""

    def encode(self) -> bytes:
        """Return the body of the S3 object."""
        return orjson.dumps({**self.__dict__, "files": sorted(self.files)})

    @classmethod
    def decode(cls, body: bytes) -> "Pointer":
        """Return the pointer in the body of an S3 object."""
        fields: dict[str, Any] = orjson.loads(body)
        return cls(**{**fields, "files": frozenset(fields["files"])})


_NOTHING = Pointer(meta="", files=frozenset(), changed_at=0.0, generation=0)


class _Superseded(Exception):
    """Another writer has replaced the pointer meanwhile, or a file no longer exists."""


class _Storage:
    """The S3 objects of one index."""

    def __init__(self, schema: IndexSchema, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"search/{schema.name}/{schema.fingerprint}/"

    def pointer(self, etag: str | None) -> tuple[Pointer, str | None] | None:
        """Return the pointer and its ETag, or None if its ETag is still `etag`. A missing pointer is an empty one."""
        condition = {} if etag is None else {"IfNoneMatch": etag}
        try:
            response = self._client.get_object(Bucket=self._bucket, Key=f"{self._prefix}current", **condition)  # type: ignore[arg-type]
        except ClientError as error:
            if _is(error, "304"):
                return None
            if _is(error, "NoSuchKey"):
                return _NOTHING, None
            raise
        return Pointer.decode(response["Body"].read()), response["ETag"]

    def replace_pointer(self, pointer: Pointer, etag: str | None) -> str:
        """Replace the pointer with this ETag, and return the new one. Raises _Superseded if it was already replaced."""
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            response = self._client.put_object(
                Bucket=self._bucket,
                Key=f"{self._prefix}current",
                Body=pointer.encode(),
                ContentType="application/json",
                **condition,  # type: ignore[arg-type]
            )
        except ClientError as error:
            if _is(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
                raise _Superseded from error
            raise
        return response["ETag"]

    def upload(self, directory: Path, names: Iterable[str]) -> None:
        def put(name: str) -> None:
            with (directory / name).open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=body)

        _in_parallel(put, names)

    def download(self, directory: Path, names: Iterable[str]) -> None:
        """Download files. Raises _Superseded if one no longer exists, because its pointer is out of date."""

        def get(name: str) -> None:
            partial = directory / f".{name}.partial"
            try:
                body = self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"]
            except ClientError as error:
                if _is(error, "NoSuchKey"):
                    raise _Superseded from error
                raise
            with partial.open("wb") as target:
                for chunk in body.iter_chunks(1 << 20):
                    target.write(chunk)
            partial.replace(directory / name)

        _in_parallel(get, names)

    def delete(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), 1000):
            keys = [{"Key": self._key(name)} for name in names[start : start + 1000]]
            self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})  # type: ignore[typeddict-item]

    def files(self) -> dict[str, float]:
        """Return the names of all files, with their upload times."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._key(""))
        return {
            entry["Key"].removeprefix(self._key("")): entry["LastModified"].timestamp()
            for page in pages
            for entry in page.get("Contents", [])
        }

    def _key(self, name: str) -> str:
        return f"{self._prefix}files/{name}"


class _LocalCopy:
    """A copy of the index on disk.

    Each process has its own directory, because several functions share a machine in a local run.
    """

    def __init__(self, schema: IndexSchema, storage: _Storage) -> None:
        self._schema = schema
        self._storage = storage
        self.directory = Path(mkdtemp(prefix=f"souk-search-{schema.name}-"))
        weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        self.index = TantivyIndex(schema, self.directory)
        self.pointer = _NOTHING
        self.etag: str | None = None
        self._in_sync = True

    def refresh(self) -> None:
        """Download the current state if the copy is out of date. Raises _Superseded if the state changes meanwhile."""
        current = self._storage.pointer(self.etag if self._in_sync else None)
        if current is None or (self._in_sync and current == (self.pointer, self.etag)):
            return
        pointer, etag = current
        self._storage.download(self.directory, sorted(pointer.files - self._files_on_disk()))
        meta = self.directory / _META
        if pointer.meta:
            partial = self.directory / f".{_META}.partial"
            partial.write_text(pointer.meta)
            partial.replace(meta)
        else:
            meta.unlink()
        self.index = TantivyIndex(self._schema, self.directory)
        self.pointer, self.etag, self._in_sync = pointer, etag, True
        self.remove_unused()

    def discard_changes(self) -> None:
        """Discard local changes. The next `refresh` downloads the current state."""
        self._in_sync = False

    def remove_unused(self) -> None:
        """Remove the files that the pointer does not list. Open files stay readable."""
        for name in self._files_on_disk() - self.pointer.files:
            (self.directory / name).unlink()

    def files_in_use(self, meta: str) -> frozenset[str]:
        """Return the names of the files of the segments in a `meta.json`."""
        deletes = {
            segment["segment_id"].replace("-", ""): (segment["deletes"] or {}).get("opstamp")
            for segment in orjson.loads(meta)["segments"]
        }

        def in_use(name: str) -> bool:
            segment, *opstamp, kind = name.split(".")
            return segment in deletes and (kind != "del" or opstamp == [str(deletes[segment])])

        return frozenset(filter(in_use, self._files_on_disk()))

    def _files_on_disk(self) -> set[str]:
        return {path.name for path in self.directory.iterdir() if path.name != _META and path.name[0] != "."}


class SnapshotReader(SearchReader):
    """Searches the index that the writer publishes. It downloads nothing before the first search."""

    def __init__(
        self, schema: IndexSchema, client: "S3Client", bucket: str, *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self.schema = schema
        self._copy = _LocalCopy(schema, _Storage(schema, client, bucket))
        self._poll_seconds = poll_seconds
        self._polled_at: float | None = None

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`. If S3 does not respond, uses the last state that was downloaded."""
        return self._current().index.search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._current().index.fingerprints(ids)

    def position(self) -> Pointer:
        """Return the pointer of the index that this reader sees. Its generation is 0 if there is no index."""
        return self._current().pointer

    def _current(self) -> _LocalCopy:
        now = time.monotonic()
        if self._polled_at is None or now - self._polled_at >= self._poll_seconds:
            try:
                _retry_if_superseded(self._copy.refresh)
            except (BotoCoreError, ClientError):
                if self._polled_at is None:
                    raise
                log.warning("the search index could not be refreshed", exc_info=True)
            self._polled_at = now
        return self._copy


class SnapshotWriter(SearchIndex):
    """Changes the index that readers follow."""

    def __init__(self, schema: IndexSchema, client: "S3Client", bucket: str, clock: Clock) -> None:
        self.schema = schema
        self._clock = clock
        self._storage = _Storage(schema, client, bucket)
        self._copy = _LocalCopy(schema, self._storage)

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`."""
        return self._current().index.search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._current().index.fingerprints(ids)

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`. Raises Conflict if other writers are faster every time."""

        def attempt() -> None:
            index = self._current().index
            index.apply(changes)
            self._publish()

        _retry_if_superseded(attempt)

    def rebuild(self, source: Iterable[Document]) -> None:
        """See `SearchIndex.rebuild`. Raises Conflict if another writer changed the index. Start again then."""
        try:
            self._current().index.rebuild(source)
            self._publish()
        except _Superseded as error:
            raise Conflict("Another writer changed the index during the rebuild. Start again.") from error
        self._remove_orphans()

    def _current(self) -> _LocalCopy:
        _retry_if_superseded(self._copy.refresh)
        return self._copy

    def _publish(self) -> None:
        """Publish the local state if it has changed. Raises _Superseded if another writer was faster."""
        copy, before, now = self._copy, self._copy.pointer, self._clock.real().timestamp()
        meta = (copy.directory / _META).read_text()
        if meta == before.meta:
            return
        files = copy.files_in_use(meta)
        discarded = {**dict.fromkeys(before.files - files, now), **before.discarded}
        expired = [name for name, since in discarded.items() if since < now - GRACE_SECONDS]
        retained = {name: since for name, since in discarded.items() if name not in expired}
        pointer = Pointer(meta, files, now, before.generation + 1, retained)
        try:
            self._storage.upload(copy.directory, sorted(files - before.files))
            copy.etag = self._storage.replace_pointer(pointer, copy.etag)
        except BaseException:
            # Keep the uploaded files: the pointer may have been replaced even though its response was lost.
            copy.discard_changes()
            raise
        copy.pointer = pointer
        copy.remove_unused()
        self._storage.delete(expired)

    def _remove_orphans(self) -> None:
        """Delete the files that writers uploaded and never published. Recent ones may still be published."""
        pointer = self._copy.pointer
        oldest = self._clock.real().timestamp() - GRACE_SECONDS
        known = pointer.files | pointer.discarded.keys()
        self._storage.delete([name for name, at in self._storage.files().items() if name not in known and at < oldest])


def _retry_if_superseded(action: Callable[[], None]) -> None:
    """Run the action again if another writer was faster. Raises Conflict if that happens every time.

    `retry_until_committed` does not fit here: writers compete for an object in S3, not for items of the table.
    """
    for _ in range(_ATTEMPTS):
        try:
            return action()
        except _Superseded:
            continue
    raise Conflict("Other writers are changing the search index. Try again.")


def _in_parallel(action: Callable[[str], None], names: Iterable[str]) -> None:
    with ThreadPoolExecutor(_PARALLEL_TRANSFERS) as pool:
        for _ in pool.map(action, names):
            pass  # raises the exception of the action


def _is(error: ClientError, *codes: str) -> bool:
    return error.response["Error"]["Code"] in codes
