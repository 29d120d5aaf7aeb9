"""The API explorer: `/developer/explorer`. It is GraphiQL, which calls the API through one of the organization's keys.

Only the page's script has the access token. It stands in no address and in no storage of the browser, so a page that is
loaded again asks to start again.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from souk.console.developer.examples import MENUS, Example, examples
from souk.console.files import FOR_GOOD, SHARED, Assets, send
from souk.console.site import PageError, Site, Visit
from souk.values.errors import NotFound
from souk.web import Handler, Request, Response

EXPLORER: Final = "/developer/explorer"
FOLDER: Final = "explorer"
"""The folder of GraphiQL's files in the function's package."""
SCRIPT: Final = Path(__file__).with_name("explorer.js")
STYLES: Final = Path(__file__).with_name("explorer.css")
_SCRIPTS: Final = (
    "react.production.min.js",
    "react-dom.production.min.js",
    "graphiql.min.js",
    "index.umd.js",
    "explorer.js",
)
"""In their order. `index.umd.js` is the query builder."""
_STYLES: Final = ("graphiql.min.css", "style.css", "explorer.css")
_POLICY: Final = {
    "worker-src": "'self'",
    "connect-src": "'self'",
    "font-src": "'self' data:",
    "style-src": "'self' 'unsafe-inline'",
}
"""The editor writes styles, and brings its fonts in its style sheet."""


@cache
def assets(files: Path | None) -> Assets:
    """Return the explorer's files. `files` is the folder of what the function brings along."""
    packed = [files / FOLDER / name for name in (*_SCRIPTS, *_STYLES)] if files else []
    return Assets((*packed, SCRIPT, STYLES))


def serve_asset(site: Site) -> Handler:
    """Return the handler of the scripts and style sheets of pages."""

    def handler(http: Request) -> Response:
        wanted = http.parameters["version"], http.parameters["name"]
        path = SHARED.find(*wanted) or assets(site.files).find(*wanted)
        if path is None:
            raise NotFound("There is no such file.")
        return send(path, FOR_GOOD)

    return handler


def show_explorer(visit: Visit) -> Response:
    """GET: show the explorer with the token that was just made; else the choice of a key, and what anybody may read."""
    if not visit.logged_in:
        return _render(visit, keys=())
    keys = _keys(visit)
    return _render(visit, keys=keys, token=visit.secret())


def process_explorer(visit: Visit) -> Response:
    """POST: start with a key, end, or end to choose another key."""
    do = visit.fields.get("do")
    if do in ("end", "other"):
        visit.ask("developer/end_explorer_token", id=visit.fields.get("id", ""))
        return visit.redirect(EXPLORER, said="explorer-ended" if do == "end" else "")
    answer = visit.run("developer/create_explorer_token", key=visit.fields.get("key", ""))
    if answer.error:
        return _render(visit, keys=_keys(visit), status=422, errors={"key": answer.error.message})
    made = answer.data["createExplorerToken"]
    token = {
        "id": made["id"],
        "token": made["accessToken"],
        "expires": made["expiresDateTime"],
        "key": made["apiKey"]["name"],
        "keyId": made["apiKey"]["id"],
        "organization": made["organization"]["name"],
    }
    return visit.show_once(EXPLORER, token, example=visit.fields.get("example", ""))


def _keys(visit: Visit) -> Sequence[Mapping[str, Any]]:
    """Return the active keys that the caller may use, the last used one first; none for people who manage no keys."""
    answer = visit.run("developer/explorer_keys")
    if answer.error:
        if answer.error.code != "FORBIDDEN":
            raise PageError(answer.error)
        return ()
    active = (key for key in answer.data["apiKeys"] if key["state"] == "ACTIVE")
    return sorted(active, key=lambda key: key["lastUsedDateTime"] or "", reverse=True)


def _render(
    visit: Visit,
    *,
    keys: Sequence[Mapping[str, Any]],
    token: Mapping[str, str] | None = None,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
) -> Response:
    files = assets(visit.site.files)
    chosen = visit.query.get("example", "")
    return visit.render(
        "developer/explorer.html",
        status=status,
        policy=_POLICY,
        keys=keys,
        chosen_key=visit.fields.get("key") or visit.query.get("key", ""),
        token=token or {},
        styles=[visit.url(path) for name in _STYLES if (path := files.path_of(name))],
        scripts=[visit.url(path) for name in _SCRIPTS if (path := files.path_of(name))],
        installed=files.path_of("graphiql.min.js") is not None,
        menus=[(title, [one for one in examples() if one.domain == domain]) for domain, title in MENUS.items()],
        examples=orjson.dumps([_shown(one) for one in examples()]).decode(),
        example=chosen,
        errors=errors or {},
    )


def _shown(example: Example) -> dict[str, str]:
    return {"id": example.id, "query": example.document, "variables": example.variables_text}
