"""Asking for a copy of one's data, and deleting it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.audit.inputs import reason_of
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.dataexports import archives
from souk.domains.dataexports.commands.contents import TABLES
from souk.domains.dataexports.inputs import MarketExport
from souk.domains.dataexports.model import DataExport, ExportFormat, ExportState, LatestExport, MarketExportKind
from souk.domains.dataexports.store import BUILD, EXPORTS, EXPORTS_OF_PERSON, LATEST, idempotency_guard
from souk.graph import Context
from souk.storage import Table, Transaction, View
from souk.values import idempotency
from souk.values.errors import Conflict, LimitExceeded
from souk.values.moments import Period
from souk.values.problems import Problems
from souk.values.times import stamp

PAUSE: Final = timedelta(days=1)
_RECORD_DAYS: Final = 90


def request(ctx: Context, key: str | None) -> DataExport:
    """Ask for a copy of the caller's data. The same idempotency key returns the same export.

    Raises LimitExceeded within a day of the last one, unless that failed.
    """
    problems, user_id = Problems(""), ctx.principal.user_id
    key = idempotency.key(problems, key)
    problems.raise_if_any()
    guard = idempotency_guard(user_id, key) if key else None

    def attempt(tx: Transaction) -> DataExport:
        holder = ctx.table.holder(guard) if guard else None
        if holder and (first := ctx.table.get(EXPORTS, holder, consistent=True)):
            return first
        latest = ctx.table.get(LATEST, user_id, consistent=True)
        _check_pause(ctx, latest)
        now, new = stamp(ctx.now), _new(ctx)
        if guard:
            tx.reserve(guard, new.id, Conflict("A request with this idempotency key is running right now. Repeat it."))
        mark = LatestExport(user_id=user_id, export_id=new.id, requested=now, version=latest.version if latest else 0)
        if latest:
            tx.update(LATEST, mark)
        else:
            tx.create(LATEST, mark)
        schedule(tx, BUILD, new.id, ctx.now)
        return tx.create(EXPORTS, new)

    return ctx.table.retry_until_committed(attempt)


def request_market(ctx: Context, wanted: MarketExport) -> DataExport:
    """Ask for an export of the marketplace. The same idempotency key returns the same export.

    Raises Conflict for a key of another request, and Unprocessable for a format, messages or a range that the kind does
    not have.
    """
    reason, problems, user_id = reason_of(wanted.reason), Problems("input"), ctx.principal.user_id
    key = idempotency.key(problems, wanted.idempotency_key)
    if wanted.format is ExportFormat.CSV and wanted.kind not in TABLES:
        problems.add("format", "CSV is only for the ledger and the actions of operators; use JSON Lines.")
    if wanted.range and wanted.kind not in TABLES:
        problems.add("range", "only the ledger and the actions of operators have a range; leave it out.")
    if wanted.include_messages and wanted.kind is not MarketExportKind.EVERYTHING:
        problems.add("includeMessages", "only EVERYTHING can have messages.")
    if not key:
        problems.add("idempotencyKey", "is required.")
    problems.raise_if_any()
    period = wanted.range.period("input.range") if wanted.range else Period(None, None)
    guard = idempotency_guard(user_id, f"market#{key}")

    def attempt(tx: Transaction) -> DataExport:
        before = idempotency.result_of(ctx.table.holder(guard), wanted)
        if before and (first := ctx.table.get(EXPORTS, before, consistent=True)):
            return first
        new = _new(ctx).model_copy(
            update={
                "kind": wanted.kind,
                "format": wanted.format,
                "messages": wanted.include_messages,
                "first": period.first,
                "last": period.last,
            }
        )
        running = Conflict("A request with this idempotency key is running right now. Repeat it.")
        tx.reserve(guard, idempotency.with_result(wanted, new.id), running)
        title = f"{wanted.kind}, messages" if wanted.include_messages else wanted.kind.value
        subject = Subject(type="DataExport", id=new.id, title=title)
        record(tx, actor_of(ctx), "requestMarketplaceExport", subject, reason=reason)
        schedule(tx, BUILD, new.id, ctx.now)
        return tx.create(EXPORTS, new)

    return ctx.table.retry_until_committed(attempt)


def _new(ctx: Context) -> DataExport:
    return DataExport(
        id=ctx.table.new_id(),
        user_id=ctx.principal.user_id,
        base_url=ctx.base_url,
        requested=stamp(ctx.now),
        kept_until=int((ctx.table.clock.real() + timedelta(days=_RECORD_DAYS)).timestamp()),
    )


def _check_pause(ctx: Context, latest: LatestExport | None) -> None:
    if latest is None:
        return
    free = datetime.fromisoformat(latest.requested) + PAUSE
    if ctx.now >= free:
        return
    before = ctx.table.get(EXPORTS, latest.export_id, consistent=True)
    if before and before.state is not ExportState.FAILED:
        raise LimitExceeded(f"You can ask for one copy of your data a day, for the next one from {stamp(free)}.")


def expire(table: Table, export_id: str, now: datetime) -> None:
    """Delete an archive whose time is over: the work of `dataexports.expire`."""
    export = table.get(EXPORTS, export_id, consistent=True)
    if export is None or export.state is not ExportState.READY or export.state_at(stamp(now)) is ExportState.READY:
        return
    archives.remove(export.key, None)
    tx = table.transaction()
    tx.update(EXPORTS, export.model_copy(update={"state": ExportState.EXPIRED, "key": None}))
    tx.commit()


def erase(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """Delete the copies of a person's data, and the records of them."""
    every: View[DataExport, DataExport] = View()
    for chunk in EXPORTS_OF_PERSON.of(table, user_id).chunks(every):
        for export in chunk:
            archives.remove(export.key, export.progress.upload if export.progress else None)
            tx = table.transaction()
            tx.delete(EXPORTS, export)
            tx.commit()
            yield
    if latest := table.get(LATEST, user_id, consistent=True):
        tx = table.transaction()
        tx.delete(LATEST, latest)
        tx.commit()
        yield
