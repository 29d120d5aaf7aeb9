"""Stored imports, and the rows that are read from their files."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from souk.storage import Entity, Model


class ImportKind(StrEnum):
    """What is imported: the schema's DataImportKind."""

    USERS = "USERS"
    ORGANIZATIONS = "ORGANIZATIONS"
    JOB_POSTINGS = "JOB_POSTINGS"
    ONTOLOGY = "ONTOLOGY"


class ImportState(StrEnum):
    """The state of an import. CHECKING and CHECKED are those of a dry run."""

    CHECKING = "CHECKING"
    CHECKED = "CHECKED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"

    @property
    def active(self) -> bool:
        """Whether it goes on."""
        return self in (ImportState.CHECKING, ImportState.RUNNING)


class Result(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class RowProblem(Model):
    """Why a row was refused."""

    row: int
    """The number of the record in the file, without the header; the first one is 1. 0 is the file itself."""
    external_id: str | None = None
    field: str | None = None
    """The column; None for the row as a whole."""
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a file. A cell is None if it is empty, and missing if the file has no such column."""

    number: int
    cells: Mapping[str, str | None]
    problem: str | None = None
    """Why it cannot be read; it has no cells then."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row, with the id of its record in Souk."""

    row: int
    external_id: str | None
    result: Result
    id: str | None = None
    problems: tuple[RowProblem, ...] = ()


class Position(Model):
    """Where the next row of a file begins."""

    offset: int = 0
    """Bytes."""
    rows: int = 0
    """The rows before it."""
    header: tuple[str, ...] | None = None
    """The columns of a CSV file; None for JSON Lines, and at the beginning."""


class DataImport(Entity):
    """An import of data from a file. Times are ISO 8601, UTC."""

    id: str
    kind: ImportKind
    state: ImportState
    dry_run: bool
    invite: bool = False
    """Whether people get a mail that says how to log in."""
    file_name: str
    file_id: str | None = None
    """None for an import of an earlier release."""
    key: str
    """The file's object in the attachments bucket."""
    size: int
    """Bytes of the file."""
    base_url: str
    """The URL of this deployment, for links in mails."""
    started_by_id: str
    started: str
    finished: str | None = None
    position: Position = Position()
    parts: int = 0
    """The parts of the report that are stored."""
    attempts: int = 0
    """Runs since the last one that stored a part."""
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: tuple[RowProblem, ...] = ()
    """The first 100."""
    report_key: str | None = None
    """The object with the outcome of each row; None until it is finished."""
    kept_until: int
    """When the record may be deleted, in seconds since 1970."""

    @property
    def percent(self) -> int:
        """How much of the file has been read."""
        return self.position.offset * 100 // self.size if self.size else 0
