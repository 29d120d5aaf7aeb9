"""The code of the last release, which runs beside today's code while this one is deployed.

`record.py` writes it with each release's table, in place of the code of the release before. It is a part of the
repository, so that tests find it in a clone without history. It runs with today's packages.

Release 0.1.0 was recorded before this was done. Until the next release, the file is the code of 29 November 2026, the
first that keeps what it does not know in a document.
"""

import io
import shutil
import tarfile
from pathlib import Path
from typing import Final

from infra.archive import source_files
from infra.layer import ROOT, SOURCE
from souk.operations import NOT_SHIPPED

FILE: Final = Path(__file__).parent / "layer.tar.xz"
TABLES: Final = SOURCE / "domains" / "reference" / "data"
"""The tables of places. They are made from packages, so they are not recorded."""
_FUNCTIONS: Final = ROOT / "functions"


def pack() -> bytes:
    """Return an archive of the package `souk`, as it is deployed, and of the functions' handlers."""
    package = [path for path in source_files(SOURCE) if path.relative_to(SOURCE).parts[0] not in NOT_SHIPPED]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz", preset=9) as archive:
        for path in (*package, *source_files(_FUNCTIONS)):
            if path.suffix != ".tsv" or path.parent != TABLES:
                root = SOURCE.parent if path.is_relative_to(SOURCE) else ROOT
                entry = tarfile.TarInfo(path.relative_to(root).as_posix())
                entry.size = path.stat().st_size
                with path.open("rb") as content:
                    archive.addfile(entry, content)
    return buffer.getvalue()


def unpack(folder: Path) -> Path:
    """Unpack the last release into a folder, and return the folder."""
    with tarfile.open(FILE) as archive:
        archive.extractall(folder, filter="data")
    tables = folder / "souk" / TABLES.relative_to(SOURCE)
    for table in TABLES.glob("*.tsv"):
        shutil.copy(table, tables)
    return folder
