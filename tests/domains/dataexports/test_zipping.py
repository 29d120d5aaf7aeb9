"""The archive writer: what it writes can be read, wherever it was interrupted."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from souk.domains.dataexports.model import ZipState
from souk.domains.dataexports.rules.zipping import ZipWriter

WHEN = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)


@settings(max_examples=25)
@given(st.lists(st.lists(st.binary(max_size=400), max_size=4), max_size=4), st.integers(1, 3))
def test_interrupted_archive_has_all_files_complete(files: list[list[bytes]], pause_after: int) -> None:
    state, out, written = ZipState(), bytearray(), 0
    writer = ZipWriter(state, WHEN)
    for number, parts in enumerate(files):
        out += writer.begin(f"Ü{number}.jsonl")
        for part in parts:
            out += writer.write(part)
            written += 1
            if written % pause_after == 0:  # another process goes on
                out += writer.pause()
                writer = ZipWriter(ZipState.model_validate_json(writer.state.model_dump_json()), WHEN)
        out += writer.end()
    out += writer.finish()
    assert writer.state.length == len(out)
    with zipfile.ZipFile(BytesIO(bytes(out))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"Ü{number}.jsonl": b"".join(parts) for number, parts in enumerate(files)
        }
