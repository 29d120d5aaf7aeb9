"""Writes a ZIP archive as a stream that can be interrupted and continued in another process.

Python's `zipfile` cannot continue an archive that it has not begun. Here the state between two runs is a few numbers
(`ZipState`): a file's compressed data is cut at a byte (zlib's Z_FULL_FLUSH), after which another compressor can go on,
and its checksum and sizes follow it ("data descriptor"). Format: APPNOTE.TXT 6.3, sections 4.3.7 to 4.3.16.
"""

import struct
import zlib
from datetime import datetime
from typing import Final

from souk.domains.dataexports.model import ZipEntry, ZipState
from souk.values.errors import LimitExceeded

_VERSION: Final = 20
_FLAGS: Final = 0x0808
"""The sizes follow the data, and names are UTF-8."""
_DEFLATE: Final = 8
_LONGEST: Final = 2**32 - 1
"""Bytes of an archive, and of a file in it. Longer ones need ZIP64."""
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_DESCRIPTOR: Final = struct.Struct("<4s3L")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")


class ZipWriter:
    """Writes an archive. Every method returns the bytes that follow; `state` is what the next writer begins with."""

    def __init__(self, state: ZipState, modified: datetime) -> None:
        """Go on at a state. `modified` is the time of all files: the same one each time."""
        self.state = state
        self._time = modified.hour << 11 | modified.minute << 5 | modified.second // 2
        self._date = (modified.year - 1980) << 9 | modified.month << 5 | modified.day
        self._compressor = _compressor()

    def begin(self, name: str) -> bytes:
        """Begin a file."""
        encoded = name.encode()
        header = _LOCAL.pack(
            b"PK\x03\x04", _VERSION, _FLAGS, _DEFLATE, self._time, self._date, 0, 0, 0, len(encoded), 0
        )
        self._compressor = _compressor()
        entry = ZipEntry(name=name, offset=self.state.length)
        self.state = self.state.model_copy(update={"current": entry})
        return self._written(header + encoded)

    def write(self, content: bytes) -> bytes:
        """Add to the current file."""
        entry = self._current()
        changed = {"checksum": zlib.crc32(content, entry.checksum), "size": entry.size + len(content)}
        self.state = self.state.model_copy(update={"current": entry.model_copy(update=changed)})
        return self._packed(self._compressor.compress(content))

    def pause(self) -> bytes:
        """Make the state complete, so that another writer can go on."""
        return self._packed(self._compressor.flush(zlib.Z_FULL_FLUSH)) if self.state.current else b""

    def end(self) -> bytes:
        """End the current file."""
        packed = self._packed(self._compressor.flush(zlib.Z_FINISH))
        entry = self._current()
        self.state = self.state.model_copy(update={"current": None, "entries": (*self.state.entries, entry)})
        return packed + self._written(_DESCRIPTOR.pack(b"PK\x07\x08", entry.checksum, entry.packed, entry.size))

    def finish(self) -> bytes:
        """End the archive, with the list of its files."""
        start, found = self.state.length, b"".join(map(self._listed, self.state.entries))
        number = len(self.state.entries)
        return self._written(found + _END.pack(b"PK\x05\x06", 0, 0, number, number, len(found), start, 0))

    def _listed(self, entry: ZipEntry) -> bytes:
        name = entry.name.encode()
        sizes = entry.checksum, entry.packed, entry.size
        times = self._time, self._date
        return (
            _CENTRAL.pack(
                b"PK\x01\x02",
                _VERSION,
                _VERSION,
                _FLAGS,
                _DEFLATE,
                *times,
                *sizes,
                len(name),
                0,
                0,
                0,
                0,
                0,
                entry.offset,
            )
            + name
        )

    def _current(self) -> ZipEntry:
        if self.state.current is None:
            raise ValueError("No file has been begun.")
        return self.state.current

    def _packed(self, content: bytes) -> bytes:
        entry = self._current()
        packed = entry.model_copy(update={"packed": entry.packed + len(content)})
        self.state = self.state.model_copy(update={"current": packed})
        return self._written(content)

    def _written(self, content: bytes) -> bytes:
        length = self.state.length + len(content)
        if length > _LONGEST or (self.state.current and self.state.current.size > _LONGEST):
            raise LimitExceeded("This archive would have more than 4 GB.")
        self.state = self.state.model_copy(update={"length": length})
        return content


def _compressor() -> "zlib._Compress":
    return zlib.compressobj(wbits=-zlib.MAX_WBITS)  # without a header, as ZIP wants it
