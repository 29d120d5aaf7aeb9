"""The addresses that need no log-in."""

from typing import Final

from souk.console.front import front
from souk.console.routing import Page
from souk.web.sections import PUBLIC

PAGES: Final = (
    Page("/", get=front.show_front),
    Page("/robots.txt", get=front.show_robots),
    Page("/healthz", get=front.show_health),
)
ROUTES: Final = tuple(route for one in PAGES for route in one.routes(PUBLIC))
