"""The addresses of the operators' console."""

from typing import Final

from souk.console.operator import overview
from souk.console.operator.access import for_operators
from souk.console.routing import Page, Show
from souk.console.sections import OPERATOR


def _page(path: str, get: Show, post: Show | None = None) -> Page:
    return Page(path, get=for_operators(get), post=for_operators(post) if post else None)


PAGES: Final = (_page("/operator", overview.show_overview),)
ROUTES: Final = tuple(route for one in PAGES for route in one.routes(OPERATOR, "/operator/{page+}"))
