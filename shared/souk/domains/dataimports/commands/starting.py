"""Starting and stopping imports."""

from datetime import timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.dataimports.inputs import StartImport
from souk.domains.dataimports.model import DataImport, ImportKind, ImportState
from souk.domains.dataimports.store import IMPORTS, RUN, request_guard
from souk.domains.files.commands.uploads import remove_later
from souk.domains.files.model import File
from souk.domains.files.rules import may_use
from souk.domains.files.store import FILES
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

PURPOSE: Final = "dataimports.file"
"""The purpose of uploads."""
FILE_KEPT: Final = timedelta(days=7)
"""How long a file is kept after an import of it was started."""
_RECORD_DAYS: Final = 365


def start(ctx: Context, wanted: StartImport) -> DataImport:
    """Start an import. The same idempotency key returns the same import.

    Raises Conflict for a key of another request, and Unprocessable if the file is none that the caller has uploaded for
    imports, and confirmed.
    """
    problems = Problems("input")
    key = idempotency.key(problems, wanted.idempotency_key)
    if not key:
        problems.add("idempotencyKey", "is required.")
    if wanted.invite and wanted.kind is not ImportKind.USERS:
        problems.add("invite", "only people are invited.")
    problems.raise_if_any()
    guard = request_guard(ctx.principal.user_id, key or "")

    def attempt(tx: Transaction) -> DataImport:
        before = idempotency.result_of(ctx.table.holder(guard), wanted)
        if before and (first := ctx.table.get(IMPORTS, before, consistent=True)):
            return first
        file = _file(ctx, wanted.file_id)
        new = DataImport(
            id=ctx.table.new_id(),
            kind=wanted.kind,
            state=ImportState.CHECKING if wanted.dry_run else ImportState.RUNNING,
            dry_run=wanted.dry_run,
            invite=bool(wanted.invite),
            file_name=file.file_name,
            file_id=file.id,
            key=file.key,
            size=file.size or 0,
            base_url=ctx.base_url,
            started_by_id=ctx.principal.user_id,
            started=stamp(ctx.now),
            kept_until=int((ctx.table.clock.real() + timedelta(days=_RECORD_DAYS)).timestamp()),
        )
        running = Conflict("A request with this idempotency key is running right now. Repeat it.")
        tx.reserve(guard, idempotency.with_result(wanted, new.id), running)
        title = f"{new.kind}: {new.file_name}" + (" (dry run)" if new.dry_run else "")
        record(tx, actor_of(ctx), "startDataImport", Subject(type="DataImport", id=new.id, title=title))
        schedule(tx, RUN, new.id, ctx.now)
        remove_later(tx, [file.id], ctx.now + FILE_KEPT)
        return tx.create(IMPORTS, new)

    return ctx.table.retry_until_committed(attempt)


def cancel(ctx: Context, import_id: str) -> DataImport:
    """Stop an import; what it has imported stays. One that has ended stays as it is. Raises NotFound."""

    def attempt(tx: Transaction) -> DataImport:
        stored = ctx.table.get(IMPORTS, import_id, consistent=True)
        if stored is None:
            raise NotFound("There is no such import.")
        if not stored.state.active:
            return stored
        record(tx, actor_of(ctx), "cancelDataImport", Subject(type="DataImport", id=stored.id, title=stored.file_name))
        schedule(tx, RUN, stored.id, ctx.now)  # makes the report
        return tx.update(IMPORTS, stored.model_copy(update={"state": ImportState.CANCELLED}))

    return ctx.table.retry_until_committed(attempt)


def _file(ctx: Context, file_id: str) -> File:
    file = ctx.table.get(FILES, file_id, consistent=True)
    if file is None or file.purpose != PURPOSE or not may_use(file, ctx.principal) or not file.confirmed:
        raise Unprocessable(
            "input.fileId: upload a file with createDirectUploadLinkForImport, and confirm it with confirmFiles."
        )
    return file
