"""The documentation site, which `make docs` builds: `/docs/`. It is for everybody, and reads nothing but its files."""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from souk.console.files import FOR_GOOD, SHORT, find, send
from souk.console.site import Site, Visit
from souk.values.errors import NotFound
from souk.web import Handler, Request, Response, page, redirect
from souk.web.sections import PUBLIC

FOLDER: Final = "docs"
"""The folder of the site in the function's package."""
DOCS: Final = "/docs/"
_HASHED: Final = re.compile(r"assets/.+\.[0-9a-f]{8}\.min\.(css|js)")
"""Files of the theme whose names have a hash of their content."""
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def serve(site: Site) -> Handler:
    """Return the handler of the site's pages and files."""
    unbuilt = site.page(_show_unbuilt, PUBLIC)
    missing = site.page(_show_missing, PUBLIC)
    folder = site.files / FOLDER if site.files else None

    def handler(http: Request) -> Response:
        if folder is None or not (folder / "index.html").is_file():
            return unbuilt(http)
        name = http.parameters.get("page", "")
        if not name and not http.path.endswith("/"):
            return redirect(http.base_url + DOCS)
        if path := find(folder, name):
            return _send_page(path) if path.suffix == ".html" else send(path, FOR_GOOD if _hashed(name) else SHORT)
        directory = name.rstrip("/")
        index = find(folder, f"{directory}/index.html".lstrip("/"))
        if index is None:
            return missing(http)
        # Links of a page are relative to its folder.
        return _send_page(index) if http.path.endswith("/") else redirect(f"{http.base_url}{DOCS}{directory}/")

    return handler


def _hashed(name: str) -> bool:
    return _HASHED.fullmatch(name) is not None


@lru_cache(64)
def _send_page(path: Path) -> Response:
    """Return a page of the site.

    The theme's own scripts stand in its pages, so the policy allows these by their hashes. It sets styles of elements
    and starts a worker that searches in the index.
    """
    html = path.read_text("utf-8")
    policy = {
        "script-src": " ".join(("'self'", *_hashes(_SCRIPT.findall(html)))),
        "style-src": "'self' 'unsafe-inline'",
        "connect-src": "'self'",
        "worker-src": "'self'",
    }
    return page(html, policy=policy).with_headers(SHORT)


def _hashes(scripts: Iterable[str]) -> list[str]:
    """Return scripts as sources of a Content-Security-Policy."""
    return sorted({f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts})


def _show_unbuilt(visit: Visit) -> Response:
    return visit.render("docs/unbuilt.html")


def _show_missing(_visit: Visit) -> Response:
    raise NotFound("There is no such page, or it is not yours to see.")
