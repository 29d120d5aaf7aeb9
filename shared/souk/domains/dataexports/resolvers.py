"""Resolvers of exports: a copy of one's own data."""

from souk.domains.dataexports import archives
from souk.domains.dataexports.commands import building, requesting
from souk.domains.dataexports.model import DataExport, ExportState
from souk.domains.dataexports.personal import PERSONAL
from souk.domains.dataexports.store import BUILD, EXPIRE, EXPORTS_OF_PERSON, MOST
from souk.graph import Context, Domain, ListSize, Scope
from souk.storage import View
from souk.values.times import stamp

domain = Domain("dataexports", function="operator", joins=("mails",))
domain.personal(PERSONAL)
domain.due(BUILD)(building.build)
domain.due(EXPIRE)(requesting.expire)


@domain.query("dataExports", scopes=[Scope.ACCOUNT], size=ListSize(default=10, greatest=MOST))
def data_exports(ctx: Context) -> list[DataExport]:
    """Return the caller's exports, newest first."""
    every: View[DataExport, DataExport] = View()
    return EXPORTS_OF_PERSON.of(ctx.table, ctx.principal.user_id).page(every, MOST).rows


@domain.mutation("requestDataExport", scopes=[Scope.ACCOUNT])
def request_data_export(ctx: Context, idempotency_key: str | None = None) -> DataExport:
    """Ask for a copy of the caller's data."""
    return requesting.request(ctx, idempotency_key)


@domain.field("DataExport.state")
def state(source: DataExport, ctx: Context) -> ExportState:
    """Return the state at the time of the request."""
    return source.state_at(stamp(ctx.now))


@domain.field("DataExport.requestedDateTime")
def requested(source: DataExport, ctx: Context) -> str:
    """Return when it was asked for."""
    return source.requested


@domain.field("DataExport.readyDateTime")
def ready(source: DataExport, ctx: Context) -> str | None:
    """Return when it was ready."""
    return source.ready


@domain.field("DataExport.expiresDateTime")
def expires(source: DataExport, ctx: Context) -> str | None:
    """Return until when it can be downloaded."""
    return source.expires


@domain.field("DataExport.kind")
def kind(source: DataExport, ctx: Context) -> None:
    """Return None: it is the person's own data."""


@domain.field("DataExport.downloadUrl")
def download_url(source: DataExport, ctx: Context) -> str | None:
    """Return a link to the archive, while there is one."""
    if source.key is None or source.state_at(stamp(ctx.now)) is not ExportState.READY:
        return None
    return archives.download_link(source.key, f"copy-{source.requested[:10]}.zip")
