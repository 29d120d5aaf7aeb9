"""Importing data from files on the caller's machine, with the caller's rights on the table.

Each row is its own transaction. After an interruption the same import goes on: rows that are there stay unchanged.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import record
from souk.domains.dataimports.commands.importing import Options
from souk.domains.dataimports.commands.kinds import importer
from souk.domains.dataimports.model import ImportKind, Position, Result, RowProblem
from souk.domains.dataimports.rules import report
from souk.domains.dataimports.rules.reading import RowReader, UnreadableFile
from souk.domains.files.rules import MAX_SIZE
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.storage.rehearsal import Rehearsal

KINDS: Final[Mapping[str, ImportKind]] = {
    "ontology": ImportKind.ONTOLOGY,
    "organizations": ImportKind.ORGANIZATIONS,
    "users": ImportKind.USERS,
    "jobs": ImportKind.JOB_POSTINGS,
}
"""The kind of each argument of `souk admin import`."""
_BLOCK: Final = 2**20
_SAID: Final = 1_000
"""Rows between two lines about the progress."""
_SHOWN: Final = 10
"""Problems that are printed."""


@dataclass
class Imported:
    """The result of an import."""

    report: Path
    counts: Counter[Result] = field(default_factory=Counter)
    problems: list[RowProblem] = field(default_factory=list)
    """The first ones."""

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.counts.total()

    def sentence(self) -> str:
        """Return the numbers in words."""
        return ", ".join(f"{self.counts[one]} {one}" for one in Result)


def run_import(
    deployment: Deployment,
    kind: str,
    file: Path,
    *,
    dry_run: bool = False,
    invite: bool = False,
    events: bool = False,
    say: Callable[[str], object] = print,
) -> Imported:
    """Import a file, and write the report beside it: `FILE.report.csv`.

    Raises Problem if the file cannot be read as this kind.
    """
    if kind not in KINDS:
        raise Problem(f"{kind!r} cannot be imported. Use one of: {', '.join(KINDS)}.")
    if not file.is_file():
        raise Problem(f"There is no file {file}.")
    if file.stat().st_size > MAX_SIZE:
        raise Problem(f"{file} is larger than {MAX_SIZE // 1_000_000} MB. Split it.")
    # The rules ask for the currencies of the deployment, which functions have in their environment.
    os.environ.setdefault("SOUK_CURRENCIES", deployment.outputs.get("Currencies", "USD"))
    table = open_table(deployment)
    done = Imported(file.with_name(f"{file.name}.report.csv"))
    options = Options(invite=invite, emits=events, base_url=deployment.url)
    target = Rehearsal(table) if dry_run else table
    reader = RowReader(KINDS[kind], _blocks(file), Position())
    if not dry_run:
        tx = table.transaction()
        subject = Subject(type="DataImport", id=table.new_id(), title=f"{kind}: {file.name}")
        record(tx, Actor(), "startDataImport", subject, reason=deployment.reason(f"souk admin import {kind}"))
        tx.commit()
    with done.report.open("w", encoding="utf-8", newline="") as out:
        out.write(report.HEADER)
        try:
            for outcomes in importer(KINDS[kind], target, table.clock.market(), options).run(reader.rows()):
                out.write(report.lines(outcomes))
                before = done.rows // _SAID
                done.counts.update(one.result for one in outcomes)
                found = [problem for one in outcomes for problem in one.problems]
                done.problems += found[: _SHOWN - len(done.problems)]
                if done.rows // _SAID > before:
                    say(f"{done.rows} rows: {done.sentence()}")
        except UnreadableFile as unreadable:
            raise Problem(f"{file}: {unreadable}") from unreadable
    return done


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            yield block
