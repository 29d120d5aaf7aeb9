"""The files of an export: of a person's data, or of the marketplace."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from souk.domains import personal_data
from souk.domains.dataexports.commands import market
from souk.domains.dataexports.commands.market import ExportFile, MarketFile, MarketPage, Position
from souk.domains.dataexports.model import DataExport, Digest, ExportFormat, MarketExportKind
from souk.domains.dataexports.rules.readme import readme
from souk.graph.personal import PersonalFile
from souk.storage import Table

_FILES: Final[Mapping[MarketExportKind, tuple[MarketFile, ...]]] = {
    MarketExportKind.USERS: (market.USERS_FILE,),
    MarketExportKind.ORGANIZATIONS: (market.ORGANIZATIONS_FILE,),
    MarketExportKind.JOB_POSTINGS: (market.POSTINGS_FILE,),
    MarketExportKind.PROPOSALS: (market.PROPOSALS_FILE,),
    MarketExportKind.OFFERS: (market.OFFERS_FILE,),
    MarketExportKind.CONTRACTS: (market.CONTRACTS_FILE,),
    MarketExportKind.FEEDBACK: (market.FEEDBACK_FILE,),
    MarketExportKind.LEDGER: (market.BOOKINGS_FILE,),
    MarketExportKind.OPERATOR_ACTIONS: (market.ACTIONS_FILE,),
}
TABLES: Final[Mapping[MarketExportKind, MarketFile]] = {
    MarketExportKind.LEDGER: market.LEDGER_TABLE,
    MarketExportKind.OPERATOR_ACTIONS: market.ACTIONS_TABLE,
}
"""The kinds that can be exported as CSV, and their files."""


@dataclass(frozen=True, slots=True)
class _Personal:
    """A file of a copy of a person's data."""

    user_id: str
    file: PersonalFile

    @property
    def name(self) -> str:
        return f"{self.file.name}.jsonl"

    def pages(self, table: Table, start: Position | None) -> Iterator[MarketPage]:
        for page in self.file.pages(table, self.user_id, start):
            content = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in page.rows)
            yield MarketPage(content, len(page.rows), page.end)


@dataclass
class PartDigest:
    """The digest of the part of a file that one run has written."""

    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, content: bytes) -> None:
        """Add bytes."""
        self.size += len(content)
        self._hash.update(content)

    @property
    def result(self) -> Digest:
        """The digest."""
        return Digest(size=self.size, sha256=self._hash.hexdigest())


def files_of(export: DataExport) -> Sequence[ExportFile]:
    """Return the files of an export, in the order in which they are written."""
    if export.kind is None:
        return [_Personal(export.user_id, one) for one in _personal_files()]
    if export.format is ExportFormat.CSV:
        return [TABLES[export.kind].within(export.first, export.last)]
    if export.kind is MarketExportKind.EVERYTHING:
        return (*market.EVERYTHING, market.MESSAGES_FILE) if export.messages else market.EVERYTHING
    files = _FILES[export.kind]
    return [one.within(export.first, export.last) for one in files] if export.kind in TABLES else files


def about(
    export: DataExport, files: Sequence[ExportFile], rows: Mapping[str, int], digests: Mapping[str, Sequence[Digest]]
) -> tuple[str, bytes]:
    """Return the name and the text of the file that tells about the others."""
    if export.kind is None:
        named = [(one.name, one.about) for one in _personal_files()]
        counted = {name.removesuffix(".jsonl"): number for name, number in rows.items()}
        return "README.txt", readme(export.user_id, export.requested, named, counted).encode()
    listed = {
        one.name: {
            "rows": rows[one.name],
            "bytes": sum(part.size for part in digests[one.name]),
            "parts": [{"bytes": part.size, "sha256": part.sha256} for part in digests[one.name]],
        }
        for one in files
    }
    manifest = {"kind": export.kind.value, "requested": export.requested, "files": listed}
    return "manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2)


def _personal_files() -> list[PersonalFile]:
    return sorted((one for data in personal_data().values() for one in data.files), key=lambda one: one.name)
