"""The addresses of the developer portal."""

from typing import Final

from souk.console.developer import keys
from souk.console.routing import Page, redirect_to
from souk.console.sections import DEVELOPERS

PAGES: Final = (
    Page("/developer", get=redirect_to("/developer/keys")),
    Page("/developer/keys", get=keys.show_keys),
)
ROUTES: Final = tuple(route for one in PAGES for route in one.routes(DEVELOPERS, "/developer/{page+}"))
