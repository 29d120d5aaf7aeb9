"""The addresses of the documentation site."""

from typing import Final

from souk.console.docs.docs import serve
from souk.console.site import Site
from souk.web import Route

# API Gateway takes `/docs/` for `/docs`.
ROUTES: Final[tuple[Route[Site], ...]] = (
    Route("GET", "/docs", serve),
    Route("GET", "/docs/", serve, resource="/docs"),
    Route("GET", "/docs/{page+}", serve),
)
