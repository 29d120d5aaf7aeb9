"""The entries of the ontology that the deployment sets, in a folder of files."""

from pathlib import Path
from typing import Final

from souk.domains.dataimports.model import ImportKind, Position, Row
from souk.domains.dataimports.rules.cells import Cells, RowRefused
from souk.domains.dataimports.rules.columns import COLUMNS
from souk.domains.dataimports.rules.ontology import Draft
from souk.domains.dataimports.rules.reading import RowReader, UnreadableFile
from souk.domains.reference.model import Entry
from souk.domains.reference.ontology import shipped

_FILES: Final = (".csv", ".jsonl")
_SINCE: Final = "2026-01-01T00:00:00.000Z"
"""When entries of a deployment count as made: always the same, so that the code of functions does not change."""


def entries(folder: Path) -> list[Entry]:
    """Return the entries of a folder's files, which are read in the order of their names.

    Raises ValueError for a row that an import would refuse.
    """
    draft = Draft(shipped.load(), [])
    for path in sorted(one for one in folder.iterdir() if one.suffix in _FILES):
        try:
            for row in RowReader(ImportKind.ONTOLOGY, [path.read_bytes()], Position()).rows():
                _apply(draft, row, path)
        except UnreadableFile as unreadable:
            raise ValueError(f"{path}: {unreadable}") from unreadable
    return draft.entries


def _apply(draft: Draft, row: Row, path: Path) -> None:
    try:
        draft.apply(Cells(row, COLUMNS[ImportKind.ONTOLOGY].required), _SINCE)
    except RowRefused as refused:
        problems = "; ".join(f"{field or 'row'}: {message}" for field, message in refused.problems)
        raise ValueError(f"{path}, row {row.number}: {problems}") from refused
