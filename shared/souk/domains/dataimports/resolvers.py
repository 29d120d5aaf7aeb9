"""What operators do with imports of data."""

from collections.abc import Mapping
from typing import Any, Final

from souk.domains.dataimports.commands import running, starting
from souk.domains.dataimports.inputs import StartImport
from souk.domains.dataimports.lists import imports
from souk.domains.dataimports.model import DataImport
from souk.domains.dataimports.store import ALL_IMPORTS, IMPORTS, RUN
from souk.domains.files.store import download_link
from souk.domains.identity.store import USERS
from souk.domains.reference.ontology import current, own
from souk.graph import Context, Domain, Scope
from souk.graph.lists import Connection, Pagination
from souk.storage import Table
from souk.values.errors import Forbidden

# Of identity and jobs it writes the people, organizations and postings alone, and no key, token or session.
domain = Domain(
    "dataimports",
    function="operator",
    joins=("audit", "mails", "reference"),
    joins_keys=("JOB#", "ORG#", "UNIQ#email#", "UNIQ#nickname#", "USER#"),
)
domain.due(RUN)(running.run)


@domain.answer("dataimports.entries_of_deployment")
def entries_of_deployment(_table: Table, _arguments: Mapping[str, Any]) -> str:
    """Return the entries of the ontology that the deployment brings along, packed. Commands ask for them."""
    return own.packed(current.of_deployment())


_SCOPES: Final = (Scope.OPERATOR,)
_PROBLEMS: Final = 100


@domain.upload(starting.PURPOSE)
def may_upload(ctx: Context) -> None:
    """Require an operator."""
    if not ctx.principal.operator:
        raise Forbidden("Only operators of this marketplace can import data.")


@domain.query("dataImports", scopes=_SCOPES, size=ALL_IMPORTS)
def data_imports(ctx: Context, pagination: Pagination | None = None) -> Connection:
    """Return the imports, newest first."""
    return imports(ctx, pagination)


@domain.query("dataImport", scopes=_SCOPES)
def data_import(ctx: Context, id: str) -> DataImport | None:
    """Return an import."""
    return ctx.load(IMPORTS, id, consistent=True)


@domain.mutation("startDataImport", scopes=_SCOPES)
def start_data_import(ctx: Context, input: StartImport) -> DataImport:
    """Start an import."""
    return starting.start(ctx, input)


@domain.mutation("cancelDataImport", scopes=_SCOPES)
def cancel_data_import(ctx: Context, id: str) -> DataImport:
    """Stop an import."""
    return starting.cancel(ctx, id)


domain.attributes("DataImport", {"startedDateTime": "started", "finishedDateTime": "finished"})
domain.list_size("DataImport.problems", size=_PROBLEMS)
domain.link("DataImport.startedBy", to=USERS, by="started_by_id")


@domain.field("DataImport.reportUrl")
def report_url(source: DataImport, ctx: Context) -> str | None:
    """Return a link to the report, which works for 15 minutes."""
    name = f"{source.kind.lower()}-{source.started[:10]}.csv"
    return download_link(source.report_key, name) if source.report_key else None
