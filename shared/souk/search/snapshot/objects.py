"""The S3 objects of an index."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

import orjson
from botocore.exceptions import ClientError

from souk.search.snapshot.names import local_name
from souk.search.snapshot.pointer import Pointer
from souk.values.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ATTEMPTS = 10
_PARALLEL_TRANSFERS = 8
_KEYS = 1000
"""S3's limit for one list and one deletion."""
_CURRENT = "current"

T = TypeVar("T")
R = TypeVar("R")


class Superseded(Exception):
    """Another writer has replaced the pointer meanwhile, or a file no longer exists."""


class Objects:
    """The S3 objects of one index."""

    def __init__(self, index: str, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"search/{index}/"

    # Pointers

    def pointer(self, key: str, etag: str | None) -> tuple[Pointer, str | None] | None:
        """Return a pointer and its ETag, or None if its ETag is still `etag`. Raises KeyError if there is none."""
        condition = {} if etag is None else {"IfNoneMatch": etag}
        try:
            response = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key, **condition)  # type: ignore[arg-type]
        except ClientError as error:
            if _is(error, "304"):
                return None
            if _is(error, "NoSuchKey"):
                raise KeyError(key) from error
            raise
        return Pointer.decode(response["Body"].read()), response["ETag"]

    def replace_pointer(self, key: str, pointer: Pointer, etag: str | None) -> str:
        """Replace the pointer with this ETag, and return the new one. Raises Superseded if it was already replaced."""
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            response = self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + key,
                Body=pointer.encode(),
                ContentType="application/json",
                **condition,  # type: ignore[arg-type]
            )
        except ClientError as error:
            if _is(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
                raise Superseded from error
            raise
        return response["ETag"]

    def pointer_of_earlier_version(self) -> Pointer:
        """Return the pointer of an index without `current`, or an empty one.

        Before rebuilds made generations, each schema had a folder with its own pointer. The newest was in use.
        """
        newest = Pointer()
        for folder in self.folders():
            try:
                response = self._client.get_object(Bucket=self._bucket, Key=f"{self._prefix}{folder}/{_CURRENT}")
            except ClientError as error:
                if _is(error, "NoSuchKey"):
                    continue
                raise
            pointer = Pointer.decode(response["Body"].read(), folder)
            newest = max(newest, pointer, key=lambda one: one.changed_at)
        return newest

    # Files

    def upload(self, generation: str, directory: Path, names: Iterable[str]) -> None:
        """Upload files of a generation."""

        def put(name: str) -> None:
            with (directory / local_name(name)).open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=self._file(generation, name), Body=body)

        _in_parallel(put, names)

    def download(self, generation: str, directory: Path, names: Iterable[str]) -> None:
        """Download files of a generation. Raises Superseded if one is gone, because its pointer is out of date."""

        def get(name: str) -> None:
            partial = directory / f".{name}.partial"
            try:
                body = self._client.get_object(Bucket=self._bucket, Key=self._file(generation, name))["Body"]
            except ClientError as error:
                if _is(error, "NoSuchKey"):
                    raise Superseded from error
                raise
            with partial.open("wb") as target:
                for chunk in body.iter_chunks(1 << 20):
                    target.write(chunk)
            partial.replace(directory / local_name(name))

        _in_parallel(get, names)

    def delete_files(self, generation: str, names: Iterable[str]) -> None:
        """Delete files of a generation."""
        self._delete([self._file(generation, name) for name in names])

    # Generations

    def folders(self) -> list[str]:
        """Return the generations that have any object."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"
        )
        prefixes = (one["Prefix"] for page in pages for one in page.get("CommonPrefixes", []))
        return [prefix.removeprefix(self._prefix).rstrip("/") for prefix in prefixes]

    def delete_generation(self, generation: str) -> None:
        """Delete everything of a generation."""
        self._delete([key for key, _ in self._list(f"{generation}/")])

    def changed_at(self, generation: str) -> float:
        """Return when the newest object of a generation was written, in seconds since 1970."""
        return max((at.timestamp() for _, at in self._list(f"{generation}/")), default=0.0)

    def _list(self, prefix: str) -> Iterable[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        return [(one["Key"], one["LastModified"]) for page in pages for one in page.get("Contents", [])]

    # The journal of a rebuild

    def record(self, generation: str, entry: object) -> None:
        """Add an entry to the journal of a generation."""
        key = f"{self._prefix}{generation}/journal/{uuid4().hex}"
        self._client.put_object(Bucket=self._bucket, Key=key, Body=orjson.dumps(entry))

    def recorded(self, generation: str) -> dict[str, dict[str, list[str]]]:
        """Return entries of a generation's journal by their keys, at most a thousand of them."""
        response = self._client.list_objects_v2(
            Bucket=self._bucket, Prefix=f"{self._prefix}{generation}/journal/", MaxKeys=_KEYS
        )
        keys = [one["Key"] for one in response.get("Contents", [])]
        bodies = _in_parallel(lambda key: self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read(), keys)
        return dict(zip(keys, map(orjson.loads, bodies), strict=True))

    def forget(self, keys: Iterable[str]) -> None:
        """Delete entries of a journal by their keys."""
        self._delete(list(keys))

    def _file(self, generation: str, name: str) -> str:
        return f"{self._prefix}{generation}/files/{name}"

    def _delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), _KEYS):
            entries = [{"Key": key} for key in keys[start : start + _KEYS]]
            self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": entries, "Quiet": True})  # type: ignore[typeddict-item]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a pointer: of the index that is searched, or of a generation that a rebuild is making."""

    objects: Objects
    generation: str | None = None
    """The generation that is being made; None for the index that is searched."""

    @property
    def _key(self) -> str:
        return f"{self.generation}/{_CURRENT}" if self.generation else _CURRENT

    def read(self, etag: str | None = None) -> tuple[Pointer, str | None] | None:
        """Return the pointer and its ETag, or None if its ETag is still `etag`."""
        try:
            return self.objects.pointer(self._key, etag)
        except KeyError:
            if self.generation:
                return Pointer(self.generation), None
            return self.objects.pointer_of_earlier_version(), None

    def replace(self, pointer: Pointer, etag: str | None) -> str:
        """Replace the pointer with this ETag, and return the new one. Raises Superseded if it was already replaced."""
        return self.objects.replace_pointer(self._key, pointer, etag)


def read_pointer(index: str, client: "S3Client", bucket: str) -> Pointer:
    """Return the pointer of an index, or an empty one if there is no index."""
    current = Slot(Objects(index, client, bucket)).read()
    return current[0] if current else Pointer()


def retry_if_superseded(action: Callable[[], T]) -> T:
    """Run the action again if another writer was faster. Raises Conflict if that happens every time.

    `retry_until_committed` does not fit here: writers compete for an object in S3, not for items of the table.
    """
    for _ in range(_ATTEMPTS):
        try:
            return action()
        except Superseded:
            continue
    raise Conflict("Other writers are changing the search index. Try again.")


def _in_parallel(action: Callable[[str], R], names: Iterable[str]) -> list[R]:
    with ThreadPoolExecutor(_PARALLEL_TRANSFERS) as pool:
        return list(pool.map(action, names))  # raises the exception of the action


def _is(error: ClientError, *codes: str) -> bool:
    return error.response["Error"]["Code"] in codes
