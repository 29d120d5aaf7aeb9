"""Resolvers of exports: a copy of one's own data, and operators' exports of the marketplace."""

from functools import partial

from souk.domains.dataexports import archives
from souk.domains.dataexports.commands import building, requesting
from souk.domains.dataexports.inputs import MarketExport
from souk.domains.dataexports.model import DataExport, ExportState
from souk.domains.dataexports.personal import PERSONAL
from souk.domains.dataexports.store import BUILD, EXPIRE, EXPORTS_OF_PERSON, MARKET, MOST
from souk.graph import Context, Domain, ListSize, Scope
from souk.storage import Table, View
from souk.values.times import stamp

domain = Domain("dataexports", function="operator", joins=("audit", "mails"))
domain.personal(PERSONAL)
domain.due(BUILD)(building.build)
domain.due(EXPIRE)(requesting.expire)
domain.attributes(
    "DataExport", {"requestedDateTime": "requested", "readyDateTime": "ready", "expiresDateTime": "expires"}
)


@domain.query("dataExports", scopes=[Scope.ACCOUNT], size=ListSize(default=10, greatest=MOST))
def data_exports(ctx: Context) -> list[DataExport]:
    """Return the caller's exports, and for operators those of the marketplace, newest first."""
    every: View[DataExport, DataExport] = View()

    def read(table: Table, owner: str) -> list[DataExport]:
        return EXPORTS_OF_PERSON.of(table, owner).page(every, MOST).rows

    principal, owners = ctx.principal, [ctx.principal.user_id]
    if principal.operator and Scope.OPERATOR.value in principal.scopes:
        owners.append(MARKET)
    found = ctx.table.concurrently([partial(read, owner=owner) for owner in owners])
    return sorted((one for some in found for one in some), key=lambda one: one.id, reverse=True)[:MOST]


@domain.mutation("requestDataExport", scopes=[Scope.ACCOUNT])
def request_data_export(ctx: Context, idempotency_key: str | None = None) -> DataExport:
    """Ask for a copy of the caller's data."""
    return requesting.request(ctx, idempotency_key)


@domain.mutation("requestMarketplaceExport", scopes=[Scope.OPERATOR])
def request_marketplace_export(ctx: Context, input: MarketExport) -> DataExport:
    """Ask for an export of the marketplace."""
    return requesting.request_market(ctx, input)


@domain.field("DataExport.state")
def state(source: DataExport, ctx: Context) -> ExportState:
    """Return the state at the time of the request."""
    return source.state_at(stamp(ctx.now))


@domain.field("DataExport.downloadUrl")
def download_url(source: DataExport, ctx: Context) -> str | None:
    """Return a link to the archive, while there is one."""
    if source.key is None or source.state_at(stamp(ctx.now)) is not ExportState.READY:
        return None
    name = source.kind.lower() if source.kind else "copy"
    return archives.download_link(source.key, f"{name}-{source.requested[:10]}.zip")
