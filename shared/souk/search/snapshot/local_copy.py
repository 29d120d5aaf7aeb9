"""A copy of the index on the disk of a function."""

import shutil
import weakref
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

import orjson

from souk.search.schema import IndexSchema
from souk.search.snapshot.names import local_name, published_name
from souk.search.snapshot.objects import Slot
from souk.search.snapshot.pointer import Pointer
from souk.search.tantivy_index import TantivyIndex

_META = "meta.json"


@dataclass(frozen=True, slots=True)
class State:
    """The index and its pointer, which belong together."""

    index: TantivyIndex
    pointer: Pointer


class LocalCopy:
    """A copy of the index on disk.

    Each process has its own directory, because several functions share a machine in a local run. One thread at a time
    may change the copy. Others may search its `state` meanwhile.
    """

    def __init__(self, schema: IndexSchema, slot: Slot) -> None:
        self._schema = schema
        self._slot = slot
        self.directory = Path(mkdtemp(prefix=f"souk-search-{schema.name}-"))
        weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        self.state = State(TantivyIndex(schema, self.directory), Pointer())
        self._etag: str | None = None
        self._in_sync = True

    @property
    def index(self) -> TantivyIndex:
        """The index."""
        return self.state.index

    @property
    def pointer(self) -> Pointer:
        """The pointer of the index."""
        return self.state.pointer

    def refresh(self) -> None:
        """Download the current state if the copy is out of date. Raises Superseded if the state changes meanwhile."""
        current = self._slot.read(self._etag if self._in_sync else None)
        if current is None or (self._in_sync and current == (self.pointer, self._etag)):
            return
        pointer, etag = current
        missing = pointer.files - {published_name(path) for path in self._files_on_disk()}
        self._slot.objects.download(pointer.generation, self.directory, sorted(missing))
        meta = self.directory / _META
        if pointer.meta:
            partial = self.directory / f".{_META}.partial"
            partial.write_text(pointer.meta)
            partial.replace(meta)
        else:
            meta.unlink()
        self.state = State(TantivyIndex(self._schema, self.directory), pointer)
        self._etag, self._in_sync = etag, True
        self._remove_unused()

    def publish(self, now: float, *, always: bool = False) -> None:
        """Publish the local state if it has changed, or `always`. Raises Superseded if another writer was faster."""
        before = self.pointer
        meta = (self.directory / _META).read_text()
        if meta == before.meta and not always:
            return
        files = self._files_in_use(meta)
        pointer = before.with_files(meta, files, now)
        if not pointer.generation:
            pointer = replace(pointer, generation=self._schema.fingerprint)
        pointer, expired, generations = pointer.without_expired(now)
        objects = self._slot.objects
        try:
            objects.upload(pointer.generation, self.directory, sorted(files - before.files))
            self._etag = self._slot.replace(pointer, self._etag)
        except BaseException:
            # Keep the uploaded files: the pointer may have been replaced even though its response was lost.
            self._in_sync = False  # the next refresh discards the local changes
            raise
        self.state = State(self.index, pointer)
        self._remove_unused()
        objects.delete_files(pointer.generation, expired)
        for generation in generations:
            objects.delete_generation(generation)

    def move_to(self, slot: Slot, pointer: Pointer, etag: str) -> None:
        """Follow another pointer, which has just been made to list the files of this copy."""
        self._slot, self._etag = slot, etag
        self.state = State(self.index, pointer)

    def _remove_unused(self) -> None:
        """Remove the files that the pointer does not list. Open files stay readable."""
        used = {local_name(published) for published in self.pointer.files}
        for path in self._files_on_disk():
            if path.name not in used:
                path.unlink()

    def _files_in_use(self, meta: str) -> frozenset[str]:
        """Return the names in S3 of the files of the segments in a `meta.json`."""
        deletes = {
            segment["segment_id"].replace("-", ""): (segment["deletes"] or {}).get("opstamp")
            for segment in orjson.loads(meta)["segments"]
        }

        def in_use(name: str) -> bool:
            segment, *opstamp, kind = name.split(".")
            return segment in deletes and (kind != "del" or opstamp == [str(deletes[segment])])

        return frozenset(published_name(path) for path in self._files_on_disk() if in_use(path.name))

    @property
    def size(self) -> int:
        """The size of the files on the disk, in bytes."""
        return sum(path.stat().st_size for path in self._files_on_disk())

    def _files_on_disk(self) -> list[Path]:
        return [path for path in self.directory.iterdir() if path.name != _META and path.name[0] != "."]
