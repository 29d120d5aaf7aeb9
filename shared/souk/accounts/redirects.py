"""Where a browser is sent after a login: to an address of ours that wanted one, and nowhere else."""

import re
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from souk.web import Request

HOME: Final = "/account"
AUTHORIZE: Final = ("/oauth2/authorize", "/ab/account-security/oauth2/authorize")
"""The addresses that programs send a person to (reference, "Obtaining an authorization code"; and a shorter one)."""
_WANT_LOGIN: Final = frozenset({HOME, "/account/security", "/account/invitation", *AUTHORIZE})
_ADDRESS: Final = re.compile(r"/[!-~]*")
_LONGEST = 6_000


def onward(given: str) -> str:
    """Return an address that may be gone to, a path and its query; "" where what was given is none."""
    if len(given) > _LONGEST or not _ADDRESS.fullmatch(given) or "\\" in given:
        return ""
    try:
        parts = urlsplit(given)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.fragment or parts.path not in _WANT_LOGIN:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def here(request: Request) -> str:
    """Return the address that a request was sent to, to come back to it; "" where there is no coming back to it."""
    query = urlencode(request.queries)
    return onward(f"{request.path}?{query}" if query else request.path)


def login_hint(address: str) -> str:
    """Return whom the program that sent the person here expects to log in (OpenID Connect, section 3.1.2.1), or ""."""
    return parse_qs(urlsplit(address).query).get("login_hint", [""])[-1]
