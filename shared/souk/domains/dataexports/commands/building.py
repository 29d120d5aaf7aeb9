"""Builds an export, of a person's data or of the marketplace: a ZIP archive, page by page.

A run has some seconds. When they are over it stores how far it has come, in the export's record and beside the archive
in S3, and the next run goes on there. In memory is a page of rows, and a part of the archive.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.dataexports import archives
from souk.domains.dataexports.commands.contents import PartDigest, about, files_of
from souk.domains.dataexports.commands.market import ExportFile
from souk.domains.dataexports.model import DataExport, ExportState, Progress
from souk.domains.dataexports.rules.zipping import ZipWriter
from souk.domains.dataexports.store import BUILD, EXPIRE, EXPORTS
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values.errors import LimitExceeded
from souk.values.times import stamp

KEPT: Final = timedelta(days=7)
"""How long an archive can be downloaded."""
SECONDS: Final = 12
"""Of a run, until it stops at the next page."""
_ATTEMPTS_OF_AN_UPLOAD: Final = 3
"""Runs without progress after which the archive is begun anew: its upload may have been broken."""
_MOST_ATTEMPTS: Final = 6


def build(table: Table, export_id: str, now: datetime) -> None:
    """Build an archive, or go on with it: the work of `dataexports.build`."""
    export = table.get(EXPORTS, export_id, consistent=True)
    if export is None or export.state is not ExportState.PREPARING:
        return
    if export.attempts >= _MOST_ATTEMPTS:
        _fail(table, export)
        return
    if export.progress and export.attempts == _ATTEMPTS_OF_AN_UPLOAD:
        archives.remove(None, export.progress.upload)
        export = export.model_copy(update={"progress": None})
    # Two runs at once would write the same parts. The second one fails here, and is tried again later.
    progress = export.progress or Progress(upload=archives.begin_upload(export.id))
    begun = _save(table, export, attempts=export.attempts + 1, progress=progress)
    try:
        _Builder(table, begun, progress, now).run()
    except LimitExceeded as too_large:
        logger.error("An export cannot be built", export=export.id, reason=str(too_large))
        _fail(table, begun)


def _fail(table: Table, export: DataExport) -> None:
    if export.progress:
        archives.remove(None, export.progress.upload)
    _save(table, export, state=ExportState.FAILED, progress=None)


def _save(table: Table, export: DataExport, **changes: object) -> DataExport:
    tx = table.transaction()
    stored = tx.update(EXPORTS, export.model_copy(update=changes))
    tx.commit()
    return stored


class _Builder:
    """One run."""

    def __init__(self, table: Table, export: DataExport, progress: Progress, now: datetime) -> None:
        self._table = table
        self._export = export
        self._now = now
        self._until = time.monotonic() + SECONDS
        self._uploader = archives.Uploader(progress.upload)
        self._zip = ZipWriter(progress.archive, datetime.fromisoformat(export.requested))
        self._rows = dict(progress.rows)
        self._digests = dict(progress.digests)
        self._file, self._position = progress.file, progress.position

    def run(self) -> None:
        """Write until all is written, or the time is over."""
        files = files_of(self._export)
        for file in sorted(files, key=lambda one: one.name != self._file):  # the one that was begun comes first
            if self._is_done(file):
                continue
            if not self._write(file):
                self._pause()
                return
        self._finish(files)

    def _is_done(self, file: ExportFile) -> bool:
        return file.name in {one.name for one in self._zip.state.entries}

    def _write(self, file: ExportFile) -> bool:
        """Write the rest of a file. Returns whether it is complete."""
        if self._zip.state.current is None:
            self._uploader.write(self._zip.begin(file.name))
            self._file, self._position, self._rows[file.name] = file.name, None, 0
        part = PartDigest()
        for page in file.pages(self._table, self._position):
            self._uploader.write(self._zip.write(page.content))
            part.add(page.content)
            self._rows[file.name] += page.rows
            self._position = page.end
            if page.end is not None and time.monotonic() > self._until:
                self._digest(file, part)
                return False
        self._digest(file, part)
        self._uploader.write(self._zip.end())
        return time.monotonic() <= self._until

    def _digest(self, file: ExportFile, part: PartDigest) -> None:
        self._digests[file.name] = (*self._digests.get(file.name, ()), part.result)

    def _pause(self) -> None:
        self._uploader.write(self._zip.pause())
        progress = Progress(
            upload=self._uploader.pause(),
            archive=self._zip.state,
            file=self._file,
            position=self._position,
            rows=self._rows,
            digests=self._digests,
        )
        tx = self._table.transaction()
        tx.update(EXPORTS, self._export.model_copy(update={"progress": progress, "attempts": 0}))
        schedule(tx, BUILD, self._export.id, self._now)
        tx.commit()

    def _finish(self, files: Sequence[ExportFile]) -> None:
        name, text = about(self._export, files, self._rows, self._digests)
        for part in (self._zip.begin(name), self._zip.write(text), self._zip.end(), self._zip.finish()):
            self._uploader.write(part)
        key = self._uploader.complete()
        expires = self._now + KEPT
        done = {
            "state": ExportState.READY,
            "ready": stamp(self._now),
            "expires": stamp(expires),
            "key": key,
            "size": self._zip.state.length,
            "progress": None,
        }
        tx = self._table.transaction()
        tx.update(EXPORTS, self._export.model_copy(update=done))
        schedule(tx, EXPIRE, self._export.id, expires)
        if self._export.kind is None:
            self._queue_mail(tx, expires)
        tx.commit()

    def _queue_mail(self, tx: Transaction, expires: datetime) -> None:
        link = f"{self._export.base_url}/account/data"
        queue(tx, MailTemplate.DATA_EXPORT_READY, self._export.user_id, self._now, link=link, until=stamp(expires)[:10])
