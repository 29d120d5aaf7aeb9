"""The router of the pages."""

from collections.abc import Callable
from pathlib import Path

from souk.accounts.form_state import FormState
from souk.accounts.sessions import Sessions
from souk.console.graph import GraphClient
from souk.console.routes import ROUTES
from souk.console.site import Site, Visit
from souk.console.uploads import SendFile, send
from souk.storage import Table
from souk.values.errors import NotFound
from souk.web import Request, Response, Router
from souk.web.sections import PUBLIC
from souk.web.translations import Text


def application(
    table: Table,
    graph: GraphClient,
    secret: bytes,
    *,
    front_page: str = "",
    behind_proxy: bool = False,
    admit: Callable[[Request], None] | None = None,
    send_file: SendFile = send,
    files: Path | None = None,
) -> Router:
    """Return the router of the pages.

    `secret` is the deployment's, and `front_page` the address of a founder's own site. The others are as in `Router`;
    only the local run is behind a proxy. `send_file` sends a file of a form to an upload link, and `files` is the
    folder of the files that the function brings along.
    """
    form_state = FormState(secret)
    site = Site(table, graph, Sessions(table, secret), form_state, send_file, front_page, behind_proxy, files)
    missing = site.page(_show_missing, PUBLIC)
    router = Router(table.clock, behind_proxy=behind_proxy, admit=admit, not_found=missing, error_page=site.error_page)
    router.serve(ROUTES, site)
    return router


def _show_missing(_visit: Visit) -> Response:
    raise NotFound(Text("There is no such page, or it is not yours to see."))
