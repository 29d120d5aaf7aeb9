"""The front page: `/`. It is the same for everybody, but for the way to the account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from souk.console.site import Visit
from souk.runtime.log import logger
from souk.web import Response
from souk.web.translations import Text

KEPT: Final = timedelta(minutes=1)
"""How long figures are shown before they are asked for again."""
_TITLES: Final[Mapping[str, str]] = {
    "jobs": Text("open jobs"),
    "gigs": Text("gigs for sale"),
    "categories": Text("categories"),
}
_CACHED: Final = ("Cache-Control", "public, max-age=60")
_VARIES: Final = ("Vary", "Accept-Language, Cookie")


@dataclass
class _Figures:
    """The figures of this process."""

    shown: list[tuple[int, str]] = field(default_factory=list)
    until: datetime | None = None


_figures = _Figures()


def show_front(visit: Visit) -> Response:
    """GET: show what the marketplace is. Leads to the founder's own site if she has one."""
    if home := visit.site.front_page:
        return Response(302, "", (("Location", home),))
    marketplace = visit.site.marketplace()
    response = visit.render(
        "front/front.html",
        figures=_figures_of(visit),
        sign_up_open=marketplace.sign_up_open,
        host=visit.http.base_url,
    )
    # Who is logged in gets another page, which no shared cache may keep.
    return response if visit.logged_in else response.with_headers(_CACHED, _VARIES)


def _figures_of(visit: Visit) -> list[tuple[int, str]]:
    """Return the figures that are not zero, with their titles, without those that cannot be asked for now."""
    now = visit.http.received
    if _figures.until is None or now >= _figures.until:
        result = visit.run_publicly("front/figures")
        if result.error:
            logger.warning("Figures of the front page are missing", code=result.error.code)
        counts = {
            "jobs": (result.data.get("jobs") or {}).get("totalCount"),
            "gigs": (result.data.get("gigs") or {}).get("totalCount"),
            "categories": len(result.data.get("categories") or ()),
        }
        _figures.shown = [(number, _TITLES[name]) for name, number in counts.items() if number]
        _figures.until = now + KEPT
    return _figures.shown


def show_robots(_visit: Visit) -> Response:
    """GET: let search engines index the front page and the documentation (RFC 9309)."""
    text = "User-agent: *\nAllow: /$\nAllow: /docs/\nDisallow: /\n"
    return Response(200, text, (("Content-Type", "text/plain; charset=utf-8"), _CACHED))


def show_health(visit: Visit) -> Response:
    """GET: answer 200 if this function can run a query, else 503."""
    result = visit.run_publicly("front/health")
    healthy = result.error is None
    body = '{"status": "ok"}' if healthy else '{"status": "unavailable"}'
    return Response(200 if healthy else 503, body, (("Content-Type", "application/json"),))
