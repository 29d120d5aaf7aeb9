"""The list of imports."""

from souk.domains.dataimports.model import DataImport
from souk.domains.dataimports.store import ALL_IMPORTS
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection
from souk.storage import View


def imports(ctx: Context, pagination: Pagination | None) -> Connection:
    """Return a page of the imports, newest first."""
    every: View[DataImport, DataImport] = View()
    return connection(ctx.cursors, ALL_IMPORTS.of(ctx.table), every, pagination, bound_to=["dataImports"])
