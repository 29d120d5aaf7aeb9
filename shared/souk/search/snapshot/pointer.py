"""The pointer: the small object in S3 that says what an index consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import orjson

from souk.search.port import IndexState

GRACE_SECONDS = 600
"""How long unused files and generations are kept."""
_ABANDONED_SECONDS = 24 * 3600
"""A rebuild that has not ended after this time is given up. Its changes are then no longer recorded."""


@dataclass(frozen=True, slots=True)
class Build:
    """The generation that a rebuild is making, and since when, in seconds since 1970."""

    generation: str
    started_at: float


@dataclass(frozen=True)
class Pointer:
    """The content of `current`. Times are in seconds since 1970."""

    generation: str = ""
    """The folder of the files. It is empty if there is no index yet."""
    revision: int = 0
    """Increases by one with each change."""
    meta: str = ""
    """tantivy's own `meta.json`."""
    files: frozenset[str] = frozenset()
    changed_at: float = 0.0
    """When the index last changed."""
    discarded: Mapping[str, float] = field(default_factory=dict)
    """Unused files of the generation, each with the time since when."""
    build: Build | None = None
    retired: Mapping[str, float] = field(default_factory=dict)
    """Unused generations, each with the time since when."""

    @property
    def state(self) -> IndexState:
        """What is known about the index. The number of its documents is in tantivy's list of segments."""
        segments = orjson.loads(self.meta)["segments"] if self.meta else []
        count = sum(one["max_doc"] - (one.get("deletes") or {}).get("num_deleted_docs", 0) for one in segments)
        return IndexState(self.generation, count, rebuilding=self.build is not None)

    def encode(self) -> bytes:
        """Return the body of the S3 object."""
        return orjson.dumps({**self.__dict__, "files": sorted(self.files)})

    @classmethod
    def decode(cls, body: bytes, folder: str = "") -> Self:
        """Return the pointer in the body of an S3 object. `folder` is where it was found, if not above all of them."""
        fields: dict[str, Any] = orjson.loads(body)
        if isinstance(fields["generation"], int):  # written before rebuilds made generations
            fields |= {"revision": fields["generation"], "generation": folder}
        build = fields.get("build")
        fields |= {"files": frozenset(fields["files"]), "build": Build(**build) if build else None}
        # A later version may have more fields. After going back from it, its index can still be searched.
        return cls(**{name: value for name, value in fields.items() if name in cls.__dataclass_fields__})

    def with_build(self, build: Build | None, now: float) -> Self:
        """Return the pointer with another rebuild or none. The generation of the previous one is retired."""
        retired = {**self.retired, self.build.generation: now} if self.build else self.retired
        return replace(self, revision=self.revision + 1, build=build, retired=retired)

    def with_build_as_index(self, built: "Pointer", now: float) -> Self:
        """Return the pointer after a rebuild: its generation is searched, and the previous one is retired."""
        retired = {**self.retired, self.generation: now} if self.generation else self.retired
        return replace(
            self,
            generation=built.generation,
            revision=self.revision + 1,
            meta=built.meta,
            files=built.files,
            changed_at=now,
            discarded=built.discarded,
            build=None,
            retired=retired,
        )

    def with_files(self, meta: str, files: frozenset[str], now: float) -> Self:
        """Return the pointer to a changed index."""
        discarded = {**dict.fromkeys(self.files - files, now), **self.discarded}
        discarded = {name: since for name, since in discarded.items() if name not in files}
        return replace(self, revision=self.revision + 1, meta=meta, files=files, changed_at=now, discarded=discarded)

    def without_expired(self, now: float) -> tuple[Self, list[str], list[str]]:
        """Return the pointer without what has been unused for long enough, and those files and generations."""
        own = self
        if own.build and own.build.started_at < now - _ABANDONED_SECONDS:
            own = replace(own, build=None, retired={**own.retired, own.build.generation: now})
        files, generations = (
            [name for name, since in unused.items() if is_expired(since, now)]
            for unused in (own.discarded, own.retired)
        )
        kept = {name: since for name, since in own.discarded.items() if name not in files}
        retired = {name: since for name, since in own.retired.items() if name not in generations}
        return replace(own, discarded=kept, retired=retired), files, generations


def is_expired(since: float, now: float) -> bool:
    """Return whether what has been unused since a time can be deleted."""
    return since < now - GRACE_SECONDS
