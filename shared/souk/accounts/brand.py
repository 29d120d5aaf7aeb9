"""The files that the layout of all pages links to: style sheets, icon and logo."""

from typing import Final

from souk.domains.marketplace.deployment import deployment_logo
from souk.domains.marketplace.store import current
from souk.storage import Table
from souk.values import brand
from souk.values.errors import NotFound
from souk.web import Request, Response
from souk.web.pages import style_sheet

_KEPT: Final = ("Cache-Control", "public, max-age=31536000, immutable")  # the address changes with the content
_CSS: Final = ("Content-Type", "text/css; charset=utf-8")
_SVG: Final = ("Content-Type", "image/svg+xml; charset=utf-8")
_NO_SCRIPTS: Final = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
)
"""Of an SVG that somebody opens by itself."""


def show_style(request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    """GET: the style sheet of all pages."""
    return Response(200, style_sheet(), (_CSS, _KEPT))


def show_brand_style(table: Table, request: Request) -> Response:
    """GET: the brand's colours."""
    accent = current(table).accent_color
    return Response(200, brand.style_sheet(accent), (_CSS, *_kept(request, accent)))


def show_favicon(table: Table, request: Request) -> Response:
    """GET: the icon in the accent colour."""
    accent = current(table).accent_color
    return Response(200, brand.favicon(accent), (_SVG, _NO_SCRIPTS, *_kept(request, accent)))


def show_logo(request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    """GET: the logo that the deployment brings. Raises NotFound without one."""
    logo = deployment_logo()
    if logo is None:
        raise NotFound("This marketplace has no logo here.")
    return Response(200, logo, (_SVG, _NO_SCRIPTS, _KEPT))


def _kept(request: Request, accent: str) -> tuple[tuple[str, str], ...]:
    """Return whether a browser may keep the response: only under the version that it belongs to.

    Right after a change, another function may still answer with the colour before.
    """
    return (_KEPT,) if request.query.get("v") == brand.version(accent) else ()
