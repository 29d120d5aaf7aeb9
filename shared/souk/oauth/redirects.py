"""Checking redirect URIs, and redirecting to clients (RFC 6749, 3.1.2 and 4.1.2; RFC 9700, section 4.1)."""

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from souk.values.addresses import normalized_origin
from souk.web import Response, page

_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]{1,5})?(?=[/?]|\Z)")

_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="refresh" content="0;url='{url}'">
    <title>Redirecting</title>
  </head>
  <body>
    Redirecting to <a href="{url}">{url}</a>.
  </body>
</html>
"""


def is_registered(registered: Iterable[str], uri: str) -> bool:
    """Return whether a redirect URI in normal form (`normalized_origin`) is registered.

    Path and query must match exactly (RFC 9700, section 4.1.3). The port of a loopback address may differ: native apps
    listen on any free port (RFC 8252, section 7.3).
    """
    return _without_port(uri) in (_without_port(normalized_origin(one)) for one in registered)


def redirect_to_client(uri: str, parameters: Mapping[str, str | None], *, fragment: bool = False) -> Response:
    """Redirect a browser to a client with a response; parameters that are None are left out.

    As in the reference, the body redirects as well, for browsers and programs that ignore the status.
    """
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    separator = "#" if fragment else "&" if "?" in uri else "?"
    url = f"{uri}{separator}{query}"
    shown = html.escape(url.replace("'", "%27"))
    return page(_PAGE.format(url=shown), 302).with_headers(("Location", url))


def _without_port(uri: str) -> str:
    return _LOOPBACK.sub(r"http://\1", uri, count=1) if _LOOPBACK.match(uri) else uri
