"""Redirects after a login: only to pages of this deployment that require one."""

import re
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from souk.oauth import metadata
from souk.web import Request

HOME: Final = "/account"
AUTHORIZE: Final = (metadata.AUTHORIZE, "/ab/account-security/oauth2/authorize")
"""The authorization endpoint: the path of the server's metadata, and the reference's ("Obtaining an authorization
code")."""
_PRIVATE: Final = re.compile(r"/(account|developer|operator)(/[A-Za-z0-9-]+)*")
"""The addresses of pages that need a login, besides the authorization endpoint."""
_PUBLIC: Final = frozenset(
    f"{HOME}/{name}" for name in ("login", "logout", "signup", "activate", "confirm", "forgot", "reset")
)
TERMS: Final = "/account/terms"
INVITATION: Final = "/account/invitation"
_URL_CHARACTERS: Final = re.compile(r"/[!-~]*")
_MAX_LENGTH = 6_000


def safe_redirect(url: str) -> str:
    """Return the path and query that a login may redirect to; "" if `url` is not one of them."""
    if len(url) > _MAX_LENGTH or not _URL_CHARACTERS.fullmatch(url) or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.fragment:
        return ""
    if parts.path not in AUTHORIZE and (parts.path in _PUBLIC or not _PRIVATE.fullmatch(parts.path)):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def return_path(request: Request) -> str:
    """Return the path and query of a request, to return to after a login; "" if a login cannot return there."""
    query = urlencode(request.queries)
    return safe_redirect(f"{request.path}?{query}" if query else request.path)


def login_hint(url: str) -> str:
    """Return the `login_hint` of an authorization request (OpenID Connect Core, section 3.1.2.1), or ""."""
    return parse_qs(urlsplit(url).query).get("login_hint", [""])[-1]
