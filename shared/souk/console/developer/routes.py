"""The addresses of the developer portal."""

from typing import Final

from souk.console.developer import explorer, keys
from souk.console.routing import Page, redirect_to
from souk.console.sections import DEVELOPERS
from souk.web import Route

PAGES: Final = (
    Page("/developer", get=redirect_to("/developer/keys")),
    Page("/developer/keys", get=keys.show_keys),
    Page("/developer/explorer", get=explorer.show_explorer, post=explorer.process_explorer),
)
ROUTES: Final = (
    *(route for one in PAGES for route in one.routes(DEVELOPERS, "/developer/{page+}")),
    Route("GET", "/assets/{version}/{name}", explorer.serve_asset, resource="/assets/{page+}"),
)
