"""The addresses of import and export."""

from typing import Final

from souk.console.operator import data
from souk.console.routing import Page
from souk.console.sections import OPERATOR

PAGES: Final = (
    Page("/operator/data", get=data.show_data, post=data.change_data),
    Page("/operator/data/{id}", get=data.show_import, post=data.stop_import),
)
ROUTES: Final = tuple(route for one in PAGES for route in one.routes(OPERATOR, "/operator/{page+}"))
