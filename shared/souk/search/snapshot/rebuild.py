"""Rebuilding an index while it is searched and changed.

A rebuild makes a new generation beside the one that is searched, in these steps:

1. `begin` writes into the pointer that a rebuild is running. From then on, each change of the index is also recorded in
   the journal of the new generation. The pointer is replaced on a condition. So each change either was published
   before, and is in what the rebuild reads from the table, or is recorded.
2. `add` adds documents, a thousand at a time. Only the rebuild writes to the new generation.
3. `finish` repeats the changes in the journal. When it is empty, it replaces the pointer, on the condition that nothing
   has been published since it looked at the journal. Readers change from one complete generation to the other.

One rebuild runs at a time. One that has made no progress for five minutes counts as dead, and the next one replaces it.
One that has not ended after a day is given up. The objects of dead generations are deleted.
"""

from collections.abc import Collection, Mapping
from uuid import uuid4

from souk.search.port import Read
from souk.search.query import AnyOf, Search
from souk.search.schema import IndexSchema
from souk.search.snapshot.local_copy import LocalCopy
from souk.search.snapshot.objects import Objects, Slot, Superseded, retry_if_superseded
from souk.search.snapshot.pointer import Build, Pointer, is_expired
from souk.values.chunks import chunks
from souk.values.clock import Clock
from souk.values.errors import Conflict

_STALLED_SECONDS = 300
"""A rebuild without progress for this time is dead. The indexer's function ends after two minutes."""
_ATTEMPTS = 20
_REPEATED = 1000
"""The number of documents that one call of `finish` reads again."""


class Rebuild:
    """The rebuild of one index. It does not keep anything in memory that another process needs to continue."""

    def __init__(self, schema: IndexSchema, objects: Objects, clock: Clock) -> None:
        self._schema = schema
        self._objects = objects
        self._index = Slot(objects)
        self._clock = clock
        self._copy: tuple[str, LocalCopy] | None = None

    def begin(self) -> str:
        """Begin a rebuild and return its generation. Raises Conflict if another one is running."""

        def attempt() -> str:
            pointer, etag = self._read()
            if pointer.build and self._is_alive(pointer.build):
                raise Conflict(
                    f"A rebuild of the index {self._schema.name} is already running. Wait until it has ended. "
                    f"If it has been interrupted, try again in {_STALLED_SECONDS // 60} minutes."
                )
            generation = f"{self._schema.fingerprint}-{uuid4().hex[:12]}"
            self._index.replace(pointer.with_build(Build(generation, self._now), self._now), etag)
            return generation

        generation = retry_if_superseded(attempt)
        self._remove_orphans()
        return generation

    def add(self, generation: str, ids: Collection[str], read: Read) -> None:
        """Add documents to the generation. Raises Conflict if this rebuild is no longer running."""

        def attempt() -> None:
            self._require(generation)
            self._apply(generation, ids, read)

        retry_if_superseded(attempt)

    def finish(self, generation: str, read: Read) -> LocalCopy | None:
        """Repeat the recorded changes, and make the generation the one that is searched. Return its copy.

        Returns None if there is more to repeat. Call it again then. Raises Conflict if this rebuild is no longer
        running.
        """
        for _ in range(_ATTEMPTS):
            pointer, etag = self._require(generation)  # before the look at the journal
            if entries := self._objects.recorded(generation):
                if self._repeat(generation, entries, read) >= _REPEATED:
                    return None
                continue
            copy = self._copy_of(generation)
            copy.refresh()
            pointer = pointer.with_build_as_index(copy.pointer, self._now)
            try:
                etag = self._index.replace(pointer, etag)
            except Superseded:
                continue
            copy.move_to(self._index, pointer, etag)
            self._copy = None
            return copy
        return None

    def has_ended(self, generation: str) -> bool:
        """Return whether the generation is the one that is searched."""
        return self._read()[0].generation == generation

    def abandon(self, generation: str) -> None:
        """End a rebuild without a result. Does nothing if it is no longer running."""

        def attempt() -> None:
            pointer, etag = self._read()
            if pointer.build and pointer.build.generation == generation:
                self._index.replace(pointer.with_build(None, self._now), etag)

        retry_if_superseded(attempt)
        self._copy = None

    @property
    def _now(self) -> float:
        return self._clock.real().timestamp()

    def _read(self) -> tuple[Pointer, str | None]:
        current = self._index.read()
        if current is None:
            raise TypeError("a pointer that is read without an ETag is never unchanged")
        return current

    def _require(self, generation: str) -> tuple[Pointer, str | None]:
        """Return the index's pointer and its ETag. Raises Conflict if this rebuild is not running."""
        pointer, etag = self._read()
        if pointer.build is None or pointer.build.generation != generation:
            raise Conflict(f"This rebuild of the index {self._schema.name} has been ended or replaced by another one.")
        if not generation.startswith(f"{self._schema.fingerprint}-"):
            raise Conflict(
                f"A version with another schema of the index {self._schema.name} has been deployed since the rebuild "
                "began. Start again."
            )
        return pointer, etag

    def _is_alive(self, build: Build) -> bool:
        current = Slot(self._objects, build.generation).read()
        progress = current[0].changed_at if current else 0.0
        return max(progress, build.started_at) > self._now - _STALLED_SECONDS

    def _copy_of(self, generation: str) -> LocalCopy:
        if self._copy is None or self._copy[0] != generation:
            self._copy = generation, LocalCopy(self._schema, Slot(self._objects, generation))
        return self._copy[1]

    def _apply(self, generation: str, ids: Collection[str], read: Read) -> None:
        copy = self._copy_of(generation)
        copy.refresh()
        copy.index.apply(read(ids))
        copy.publish(self._now, always=True)  # also shows that the rebuild is alive

    def _repeat(self, generation: str, entries: Mapping[str, Mapping[str, list[str]]], read: Read) -> int:
        """Repeat recorded changes, up to about a thousand documents. Return their number."""
        ids: dict[str, None] = {}
        repeated = []
        for key, entry in entries.items():
            ids |= dict.fromkeys(entry.get("ids", ()))
            for field, value in zip(entry.get("fields", ()), entry.get("values", ()), strict=True):
                ids |= dict.fromkeys(self._matching(generation, AnyOf(field, (value,))))
            repeated.append(key)
            if len(ids) >= _REPEATED:
                break
        for chunk in chunks(ids, _REPEATED):
            retry_if_superseded(lambda chunk=chunk: self._apply(generation, chunk, read))  # type: ignore[misc]
        self._objects.forget(repeated)
        return len(ids)

    def _matching(self, generation: str, query: AnyOf) -> list[str]:
        copy = self._copy_of(generation)
        retry_if_superseded(copy.refresh)
        total = copy.index.search(Search(query, limit=0)).total
        return copy.index.search(Search(query, limit=total)).ids

    def _remove_orphans(self) -> None:
        """Delete generations that the pointer does not know. Recent ones may be about to be published."""
        pointer, _ = self._read()
        known = {pointer.generation, *pointer.retired} | ({pointer.build.generation} if pointer.build else set())
        for generation in set(self._objects.folders()) - known:
            if is_expired(self._objects.changed_at(generation), self._now):
                self._objects.delete_generation(generation)
