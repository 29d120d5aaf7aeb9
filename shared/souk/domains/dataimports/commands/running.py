"""Runs imports in parts of some seconds. The place in the file is stored between two parts.

A row whose part was not stored, because the function ended, is imported again, and is unchanged then.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from souk.deadlines.model import schedule
from souk.domains.dataimports import archives
from souk.domains.dataimports.commands.importing import Options
from souk.domains.dataimports.commands.kinds import importer
from souk.domains.dataimports.model import DataImport, ImportState, Outcome, Position, Result, RowProblem
from souk.domains.dataimports.rules import report
from souk.domains.dataimports.rules.reading import RowReader, UnreadableFile
from souk.domains.dataimports.store import IMPORTS, RUN
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.storage.rehearsal import Rehearsal
from souk.values.times import stamp

SECONDS: Final = 12.0
"""Of a part, until it stops after the rows in hand. The function has 25."""
_MAX_PROBLEMS: Final = 100
_MAX_ATTEMPTS: Final = 6


@dataclass
class _Part:
    """What a run has done."""

    position: Position
    lines: list[str] = field(default_factory=list)
    counts: Counter[Result] = field(default_factory=Counter)
    problems: list[RowProblem] = field(default_factory=list)
    complete: bool = False
    unreadable: str | None = None

    def add(self, outcomes: Sequence[Outcome], position: Position) -> None:
        self.lines.append(report.lines(outcomes))
        self.counts.update(one.result for one in outcomes)
        self.problems += [problem for one in outcomes for problem in one.problems]
        self.position = position


def run(table: Table, import_id: str, now: datetime) -> None:
    """Import the next rows, and schedule the rest: the work of `dataimports.run`."""
    stored = table.get(IMPORTS, import_id, consistent=True)
    if stored is None or stored.finished:
        return
    if not stored.state.active:
        _finish(table, stored, stored.state, now)
        return
    if stored.attempts >= _MAX_ATTEMPTS:
        logger.error("An import cannot go on", dataImport=stored.id)
        _finish(table, stored, ImportState.FAILED, now)
        return
    tx = table.transaction()
    begun = tx.update(IMPORTS, stored.model_copy(update={"attempts": stored.attempts + 1}))
    tx.commit()
    part = _rows(table, begun, now)
    archives.put_part(begun.id, begun.parts, "".join(part.lines))
    after = _store(table, begun, part, now)
    if after and part.unreadable:
        _finish(table, after, ImportState.FAILED, now)
    elif after and part.complete and after.state.active:
        _finish(table, after, ImportState.CHECKED if after.dry_run else ImportState.DONE, now)


def _rows(table: Table, stored: DataImport, now: datetime) -> _Part:
    end = time.monotonic() + SECONDS
    part = _Part(stored.position)
    target = Rehearsal(table, archives.rehearsal(stored.id)) if stored.dry_run else table
    content = archives.blocks(stored.key, stored.position.offset, stored.size)
    reader = RowReader(stored.kind, content, stored.position)
    rows = importer(stored.kind, target, now, Options(invite=stored.invite, base_url=stored.base_url))
    try:
        for outcomes in rows.run(reader.rows()):
            part.add(outcomes, reader.position)
            if time.monotonic() > end:
                break
        else:
            part.complete = True
    except UnreadableFile as unreadable:
        part.unreadable = str(unreadable)
        part.problems.append(RowProblem(row=0, message=str(unreadable)))
    if isinstance(target, Rehearsal) and not part.complete:
        archives.put_rehearsal(stored.id, target.written())
    return part


def _store(table: Table, begun: DataImport, part: _Part, now: datetime) -> DataImport | None:
    """Store what a part has done; None if another run has done it as well. A cancelled import stays so."""

    def attempt(tx: Transaction) -> DataImport | None:
        stored = table.get(IMPORTS, begun.id, consistent=True)
        if stored is None or stored.parts != begun.parts:
            return None
        changes: dict[str, Any] = {str(one): getattr(stored, one) + part.counts[one] for one in Result}
        changes |= {
            "position": part.position,
            "parts": stored.parts + 1,
            "attempts": 0,
            "rows": stored.rows + part.counts.total(),
            "problems": (*stored.problems, *part.problems)[:_MAX_PROBLEMS],
        }
        if stored.state.active and not part.complete:
            schedule(tx, RUN, stored.id, now)
        return tx.update(IMPORTS, stored.model_copy(update=changes))

    return table.retry_until_committed(attempt)


def _finish(table: Table, stored: DataImport, state: ImportState, now: datetime) -> None:
    key = archives.finish_report(stored.id, stored.parts)
    tx = table.transaction()
    changes = {"state": state, "finished": stamp(now), "report_key": key}
    tx.update(IMPORTS, stored.model_copy(update=changes))
    tx.commit()
    if stored.dry_run:
        archives.remove_rehearsal(stored.id)
