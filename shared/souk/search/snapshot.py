"""An index that is shared through S3: one writer, and readers that follow it within about a second.

Below `search/<index>/<fingerprint of its schema>/` lie

- `files/<name>`: the files of the index's segments. They are never changed, and a new one always has a new name.
- `current`: the pointer. It holds tantivy's `meta.json`, which names the segments, and so says which files make up
  the index. Replacing it is the one moment at which a change becomes visible.

The writer changes a copy on its own disk, uploads the files that are new, and then replaces the pointer on condition
that it is still the one it started from (`If-Match`, `If-None-Match`). Of two writers at most one can win; the other
takes the winner's state and applies its changes to that. A version of Souk with another schema, or other rules of
words, uses another prefix: old and new readers do not disturb each other, and the new index is empty until rebuilt.

Readers ask for the pointer with its ETag at most once a second, and download the files that they lack. Files that the
pointer no longer names are kept for ten minutes, for readers who are just downloading them.
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
_ATTEMPTS = 5
_TRANSFERS = 8
_META = "meta.json"

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Pointer:
    """What `current` says: which files make up the index, and of when it is."""

    meta: str
    """tantivy's own `meta.json`."""
    files: frozenset[str]
    changed_at: float
    """When the index last changed, in seconds since 1970. What the table's stream brought before then is in it."""
    generation: int
    """Rises by one with each change."""
    discarded: Mapping[str, float] = field(default_factory=dict)
    """Files that are no longer in use, and since when, in seconds since 1970."""

    def encode(self) -> bytes:
        """Return the pointer as the bytes of an object."""
        return orjson.dumps({**self.__dict__, "files": sorted(self.files)})

    @classmethod
    def decode(cls, body: bytes) -> "Pointer":
        """Return the pointer that an object holds."""
        fields: dict[str, Any] = orjson.loads(body)
        return cls(**{**fields, "files": frozenset(fields["files"])})


_NOTHING = Pointer(meta="", files=frozenset(), changed_at=0.0, generation=0)


class _Lost(Exception):
    """Another writer has replaced the pointer in the meantime, or a file is no longer there."""


class _Shelf:
    """The objects of one index in the bucket."""

    def __init__(self, schema: IndexSchema, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"search/{schema.name}/{schema.fingerprint}/"

    def pointer(self, etag: str | None) -> tuple[Pointer, str | None] | None:
        """Return the pointer and its ETag; None if it is still the one with this ETag. Without one, it says nothing."""
        condition = {} if etag is None else {"IfNoneMatch": etag}
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=f"{self._prefix}current", **condition)  # type: ignore[arg-type]
        except ClientError as error:
            if _is(error, "304"):
                return None
            if _is(error, "NoSuchKey"):
                return _NOTHING, None
            raise
        return Pointer.decode(answer["Body"].read()), answer["ETag"]

    def replace_pointer(self, pointer: Pointer, etag: str | None) -> str:
        """Put the pointer in place of the one with this ETag, and return its own. Raises _Lost if that one is gone."""
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=f"{self._prefix}current",
                Body=pointer.encode(),
                ContentType="application/json",
                **condition,  # type: ignore[arg-type]
            )
        except ClientError as error:
            if _is(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
                raise _Lost from error
            raise
        return answer["ETag"]

    def upload(self, directory: Path, names: Iterable[str]) -> None:
        def put(name: str) -> None:
            with (directory / name).open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=body)

        _in_parallel(put, names)

    def download(self, directory: Path, names: Iterable[str]) -> None:
        """Fetch files. Raises _Lost if one is no longer there: the pointer that named it is an old one."""

        def get(name: str) -> None:
            partial = directory / f".{name}.partial"
            try:
                body = self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"]
            except ClientError as error:
                if _is(error, "NoSuchKey"):
                    raise _Lost from error
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
        """Return the names of all files, with the times at which they were uploaded."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._key(""))
        return {
            entry["Key"].removeprefix(self._key("")): entry["LastModified"].timestamp()
            for page in pages
            for entry in page.get("Contents", [])
        }

    def _key(self, name: str) -> str:
        return f"{self._prefix}files/{name}"


class _Copy:
    """An index on the disk of this process, made the same as what a pointer says.

    The directory is this process's own: on a laptop, several functions run on one machine.
    """

    def __init__(self, schema: IndexSchema, shelf: _Shelf) -> None:
        self._schema = schema
        self._shelf = shelf
        self.directory = Path(mkdtemp(prefix=f"souk-search-{schema.name}-"))
        weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        self.index = TantivyIndex(schema, self.directory)
        self.pointer = _NOTHING
        self.etag: str | None = None
        self._in_step = True

    def follow(self) -> None:
        """Take over what the pointer says now, if that is not what is here. Raises _Lost if it changes meanwhile."""
        found = self._shelf.pointer(self.etag if self._in_step else None)
        if found is None or (self._in_step and found == (self.pointer, self.etag)):
            return
        pointer, etag = found
        self._shelf.download(self.directory, sorted(pointer.files - self._held()))
        meta = self.directory / _META
        if pointer.meta:
            partial = self.directory / f".{_META}.partial"
            partial.write_text(pointer.meta)
            partial.replace(meta)
        else:
            meta.unlink()
        self.index = TantivyIndex(self._schema, self.directory)
        self.pointer, self.etag, self._in_step = pointer, etag, True
        self.tidy()

    def forget(self) -> None:
        """Give up what was changed here: the next `follow` takes over the pointer, whatever it says."""
        self._in_step = False

    def tidy(self) -> None:
        """Remove the files that the pointer does not name. What is still open stays readable."""
        for name in self._held() - self.pointer.files:
            (self.directory / name).unlink()

    def files_in_use(self, meta: str) -> frozenset[str]:
        """Return the names of the files that make up the segments of a `meta.json`."""
        deletes = {
            segment["segment_id"].replace("-", ""): (segment["deletes"] or {}).get("opstamp")
            for segment in orjson.loads(meta)["segments"]
        }

        def in_use(name: str) -> bool:
            segment, *opstamp, kind = name.split(".")
            return segment in deletes and (kind != "del" or opstamp == [str(deletes[segment])])

        return frozenset(filter(in_use, self._held()))

    def _held(self) -> set[str]:
        return {path.name for path in self.directory.iterdir() if path.name != _META and path.name[0] != "."}


class SnapshotReader(SearchReader):
    """Searches the index that the writer publishes. Opens nothing before the first search."""

    def __init__(
        self, schema: IndexSchema, client: "S3Client", bucket: str, *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self.schema = schema
        self._copy = _Copy(schema, _Shelf(schema, client, bucket))
        self._poll_seconds = poll_seconds
        self._polled_at: float | None = None

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`. While S3 does not answer, answers from what was read last."""
        return self._current().index.search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._current().index.fingerprints(ids)

    def position(self) -> Pointer:
        """Return which generation of the index this reader sees, and when it was made. Generation 0: there is none."""
        return self._current().pointer

    def _current(self) -> _Copy:
        now = time.monotonic()
        if self._polled_at is None or now - self._polled_at >= self._poll_seconds:
            try:
                _again_if_lost(self._copy.follow)
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
        self._shelf = _Shelf(schema, client, bucket)
        self._copy = _Copy(schema, self._shelf)

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`."""
        return self._current().index.search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._current().index.fingerprints(ids)

    def apply(self, changes: Mapping[str, Document | None]) -> None:
        """See `SearchIndex.apply`. Raises Conflict when other writers keep being quicker."""

        def attempt() -> None:
            index = self._current().index
            index.apply(changes)
            self._publish()

        _again_if_lost(attempt)

    def rebuild(self, source: Iterable[Document]) -> None:
        """See `SearchIndex.rebuild`. Raises Conflict if another writer changed the index meanwhile: start again."""
        try:
            self._current().index.rebuild(source)
            self._publish()
        except _Lost as error:
            raise Conflict("The index was changed by another writer while it was rebuilt.") from error
        self._remove_orphans()

    def _current(self) -> _Copy:
        _again_if_lost(self._copy.follow)
        return self._copy

    def _publish(self) -> None:
        """Make what is on this disk the current state, if it is a new one. Raises _Lost if another writer was first."""
        copy, before, now = self._copy, self._copy.pointer, self._clock.real().timestamp()
        meta = (copy.directory / _META).read_text()
        if meta == before.meta:
            return
        files = copy.files_in_use(meta)
        discarded = {**dict.fromkeys(before.files - files, now), **before.discarded}
        expired = [name for name, since in discarded.items() if since < now - GRACE_SECONDS]
        kept = {name: since for name, since in discarded.items() if name not in expired}
        pointer = Pointer(meta, files, now, before.generation + 1, kept)
        try:
            self._shelf.upload(copy.directory, sorted(files - before.files))
            copy.etag = self._shelf.replace_pointer(pointer, copy.etag)
        except BaseException:
            # What was uploaded stays: the answer to a pointer that did get through may have been lost on its way.
            copy.forget()
            raise
        copy.pointer = pointer
        copy.tidy()
        self._shelf.delete(expired)

    def _remove_orphans(self) -> None:
        """Delete the files of writers that never came to publish them. Recent ones may still be."""
        pointer = self._copy.pointer
        oldest = self._clock.real().timestamp() - GRACE_SECONDS
        known = pointer.files | pointer.discarded.keys()
        self._shelf.delete([name for name, at in self._shelf.files().items() if name not in known and at < oldest])


def _again_if_lost(action: Callable[[], None]) -> None:
    """Do something again when another writer was quicker. Raises Conflict when that happens time after time.

    This is no transaction of the table: what writers race for is an object in S3, which is replaced by its ETag.
    """
    for _ in range(_ATTEMPTS):
        try:
            return action()
        except _Lost:
            continue
    raise Conflict("The search index is being changed by other writers; try again.")


def _in_parallel(action: Callable[[str], None], names: Iterable[str]) -> None:
    with ThreadPoolExecutor(_TRANSFERS) as pool:
        for _ in pool.map(action, names):
            pass  # raises what the action raised


def _is(error: ClientError, *codes: str) -> bool:
    return error.response["Error"]["Code"] in codes
