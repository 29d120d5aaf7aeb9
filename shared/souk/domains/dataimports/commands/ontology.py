"""Importing a marketplace's own categories, subcategories, occupations and skills."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from souk.domains.dataimports.commands.importing import Importer, Written
from souk.domains.dataimports.model import ImportKind, Outcome, Result, Row, RowProblem
from souk.domains.dataimports.rules.cells import Cells
from souk.domains.dataimports.rules.ontology import Draft
from souk.domains.reference import store
from souk.domains.reference.ontology import current
from souk.domains.reference.ontology.own import Generation
from souk.storage import Transaction
from souk.storage.rehearsal import Rehearsal
from souk.values.chunks import chunks
from souk.values.errors import Unprocessable
from souk.values.times import stamp

TOGETHER: Final = 2_000
"""Rows that are stored in one transaction, because each stores all entries anew."""


class OntologyEntries(Importer):
    """Imports entries of the ontology. Some rows are one transaction."""

    kind = ImportKind.ONTOLOGY
    named_by = "id"
    columns: ClassVar[Mapping[str, str]] = {}

    def run(self, rows: Iterable[Row]) -> Iterator[list[Outcome]]:
        """Import rows, and yield the outcomes of some at a time, when they are stored."""
        for some in chunks(rows, TOGETHER):
            outcomes, generation = self.table.retry_until_committed(partial(self._import_together, some))
            if generation and not isinstance(self.table, Rehearsal):
                current.keep(generation)
            yield outcomes

    def _import_together(self, rows: Sequence[Row], tx: Transaction) -> tuple[list[Outcome], Generation | None]:
        self.prefetch(rows)
        outcomes = list(map(self._import, rows))
        if not self._draft.changed:
            return outcomes, None
        try:
            return outcomes, store.replace(tx, self.table, self._before, self._draft.entries)
        except Unprocessable as full:
            return [_refused(one, full.message) for one in outcomes], None

    def prefetch(self, rows: Sequence[Row]) -> None:  # noqa: ARG002 - all rows are about one thing
        """Read the marketplace's own entries."""
        self._before, entries = store.own_entries(self.table)
        self._draft = Draft(current.draft(entries), entries)

    def write(self, cells: Cells, external_id: str) -> Written:
        """Add the entity of a row to the draft, or change it."""
        after, before = self._draft.apply(cells, stamp(self.now))
        return Written(external_id, before=before, changed=after is not before)


def _refused(one: Outcome, message: str) -> Outcome:
    """Return the outcome of a row that was not stored."""
    if one.result not in (Result.CREATED, Result.UPDATED):
        return one
    problem = RowProblem(row=one.row, external_id=one.external_id, message=message)
    return replace(one, result=Result.REFUSED, id=None, problems=(problem,))
