"""Where browsers may be sent, and sending them there (RFC 6749, sections 3.1.2 and 4.1.2; RFC 9700, section 4.1)."""

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

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


def allows(registered: Iterable[str], uri: str) -> bool:
    """Say whether a redirect URI is one of a key's: letter by letter, but for the port of a program on one's machine.

    Such a program takes whatever port is free when it starts (RFC 8252, section 7.3).
    """
    return _without_port(uri) in map(_without_port, registered)


def send_back(uri: str, answer: Mapping[str, str | None], *, fragment: bool = False) -> Response:
    """Send a browser to a program with an answer; what is None is left out.

    The body says the same once more, as the reference shows it, for who does not look at the status.
    """
    parameters = urlencode({name: value for name, value in answer.items() if value is not None})
    mark = "#" if fragment else "&" if "?" in uri else "?"
    url = f"{uri}{mark}{parameters}"
    shown = html.escape(url.replace("'", "%27"))
    return page(_PAGE.format(url=shown), 302).adding(("Location", url))


def _without_port(uri: str) -> str:
    return _LOOPBACK.sub(r"http://\1", uri, count=1) if _LOOPBACK.match(uri) else uri
