"""Importing rows: each in its own transaction, with the rules of the commands that people use."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from souk.domains.dataimports.commands.lookup import Lookup
from souk.domains.dataimports.model import ImportKind, Outcome, Result, Row, RowProblem
from souk.domains.dataimports.rules.cells import Cells, RowRefused, refusal
from souk.domains.dataimports.rules.columns import COLUMNS
from souk.domains.dataimports.store import origin_name
from souk.storage import Key, Table, Transaction
from souk.values.chunks import chunks
from souk.values.errors import Conflict, SoukError

TOGETHER: Final = 40
"""Rows whose records are read in one round trip."""


@dataclass(frozen=True, slots=True)
class Options:
    """How rows are imported."""

    invite: bool = False
    """Whether new people get a mail that says how to log in."""
    emits: bool = False
    """Whether subscribers are told."""
    base_url: str = ""
    """The URL of this deployment, for links in mails."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a row that was not refused."""

    id: str
    before: Any
    """The record as it was; None for a new one."""
    changed: bool = True
    keys: tuple[Key, ...] = ()
    """The keys of the items that were written."""


class Importer(ABC):
    """Imports rows of one kind. Rows are given in the order of the file."""

    kind: ClassVar[ImportKind]
    named_by: ClassVar[str] = "external_id"
    """The column with the id of a row."""
    columns: ClassVar[Mapping[str, str]]
    """The columns of the last parts of paths in errors of commands."""

    def __init__(self, table: Table, now: datetime, options: Options) -> None:
        self.table = table
        self.now = now
        self.options = options
        self.lookup = Lookup(table)

    def run(self, rows: Iterable[Row]) -> Iterator[list[Outcome]]:
        """Import rows, and yield the outcomes of some at a time, when they are stored."""
        for some in chunks(rows, TOGETHER):
            self.forget()
            self.prefetch(some)
            yield list(map(self._import, some))

    def _import(self, row: Row) -> Outcome:
        external_id = row.cells.get(self.named_by)
        try:
            cells = Cells(row, COLUMNS[self.kind].required)
            name = cells.external_id(self.named_by)
            try:
                written = self._write(cells, name)
            except Conflict:  # somebody else has changed the same record
                self.forget()
                written = self._write(cells, name)
        except RowRefused as refused:
            problems = tuple(
                RowProblem(row=row.number, external_id=external_id, field=field, message=message)
                for field, message in refused.problems
            )
            return Outcome(row.number, external_id, Result.REFUSED, problems=problems)
        except SoukError as error:
            problem = RowProblem(row=row.number, external_id=external_id, message=error.message)
            return Outcome(row.number, external_id, Result.REFUSED, problems=(problem,))
        result = Result.UPDATED if written.before else Result.CREATED
        return Outcome(row.number, external_id, result if written.changed else Result.UNCHANGED, written.id)

    def _write(self, cells: Cells, external_id: str) -> Written:
        try:
            written = self.write(cells, external_id)
        except Conflict:
            raise
        except SoukError as error:
            raise refusal(error, self.columns) from error
        self.lookup.forget(*written.keys, Key(origin_name(self.kind, external_id), "UNIQ"))
        return written

    def reserve(self, tx: Transaction, external_id: str, record_id: str) -> None:
        """Add to a transaction that a record comes from an external id."""
        taken = Conflict("Another import has just created this record.")
        tx.reserve(origin_name(self.kind, external_id), record_id, taken)

    def forget(self) -> None:
        """Forget what was read for some rows."""
        self.lookup.clear()

    @abstractmethod
    def prefetch(self, rows: Sequence[Row]) -> None:
        """Read the records that some rows name."""

    @abstractmethod
    def write(self, cells: Cells, external_id: str) -> Written:
        """Create or change the record of a row. Raises RowRefused, and the errors of commands."""
