"""Login sessions: a random cookie, whose hash is stored. They are stored in `souk.authentication.records`.

A browser without a login has a cookie too, which is not stored. Its forms are bound to the cookie, which prevents login
CSRF. The cookie is replaced at login, which prevents session fixation.
"""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from souk.accounts.errors import StaleForm
from souk.authentication.records import LOGOUTS, SESSION_LIFETIME, SESSIONS, LogoutEverywhere, Session
from souk.authentication.tokens import digest
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.web import Request

CSRF_FIELD: Final = "csrf"
"""The hidden field of every form that holds the CSRF token."""
_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BYTES = 32
_SAME_SITE: Final = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser and its session."""

    cookie: str
    session: Session | None
    known: bool
    """Whether the browser sent this cookie; otherwise it is new."""


class Sessions:
    """Stores sessions and checks CSRF tokens, with a secret of the deployment."""

    def __init__(self, table: Table, secret: bytes) -> None:
        self._table = table
        self._secret = secret

    def browser(self, request: Request) -> Browser:
        """Return the browser of a request, with a new cookie if it has none."""
        cookie = request.cookies.get(_cookie_name(request), "")
        if not _COOKIE.fullmatch(cookie):
            return Browser(_new_cookie(), None, known=False)
        return Browser(cookie, self._session(cookie, request.received), known=True)

    def _session(self, cookie: str, now: datetime) -> Session | None:
        session = self._table.get(SESSIONS, digest(cookie), consistent=True)
        if session is None or session.expires <= now.timestamp():
            return None
        ended = self._table.get(LOGOUTS, session.user_id, consistent=True)
        return None if ended and session.began < ended.until else session

    def create(self, user_id: str, now: datetime) -> str:
        """Create a session and return its cookie. `now` is the time of the request, or later."""
        cookie = _new_cookie()
        tx = self._table.transaction()
        expires = int((now + SESSION_LIFETIME).timestamp())
        tx.create(SESSIONS, Session(hash=digest(cookie), user_id=user_id, began=now.timestamp(), expires=expires))
        tx.commit()
        return cookie

    def anonymous_cookie(self) -> str:
        """Return a new cookie without a session."""
        return _new_cookie()

    def end(self, session: Session, now: datetime) -> None:
        """End a session."""
        tx = self._table.transaction()
        tx.update(SESSIONS, session.model_copy(update={"expires": int(now.timestamp())}))
        with suppress(Conflict):  # a session changes only once: another request has ended it
            tx.commit()

    def end_all(self, user_id: str, now: datetime) -> None:
        """End all sessions of a user. `now` must not be before the old password stopped working.

        Raises Conflict if concurrent logouts keep interfering.
        """

        def log_out(tx: Transaction) -> None:
            last = self._table.get(LOGOUTS, user_id, consistent=True)
            if last is None:
                tx.create(LOGOUTS, LogoutEverywhere(user_id=user_id, until=now.timestamp()))
            else:
                until = max(last.until, now.timestamp())
                tx.update(LOGOUTS, last.model_copy(update={"until": until}))

        self._table.retry_until_committed(
            log_out,
            refused=Conflict(
                "Your password was changed, but other browsers are still logged in. Please change it again."
            ),
        )

    def csrf_token(self, browser: Browser) -> str:
        """Return the CSRF token of a browser's forms."""
        return hmac.new(self._secret, b"csrf\n" + browser.cookie.encode(), hashlib.sha256).hexdigest()

    def check_form(self, browser: Browser, request: Request) -> None:
        """Raise StaleForm unless the form has this browser's CSRF token and comes from a page of this site."""
        given = request.fields.get(CSRF_FIELD, "")
        if not browser.known or not hmac.compare_digest(given.encode(), self.csrf_token(browser).encode()):
            raise StaleForm
        if not _is_same_origin(request):
            raise StaleForm


def set_cookie(cookie: str, request: Request, *, keep: bool) -> tuple[str, str]:
    """Return a Set-Cookie header. With `keep` the cookie lasts as long as a session, else until the browser closes."""
    age = f"; Max-Age={int(SESSION_LIFETIME.total_seconds())}" if keep else ""
    secure = "; Secure" if request.secure else ""
    return "Set-Cookie", f"{_cookie_name(request)}={cookie}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"


def _cookie_name(request: Request) -> str:
    """Return the cookie's name. Other hosts and plain HTTP cannot set one that begins with `__Host-` (RFC 6265bis)."""
    return "__Host-souk" if request.secure else "souk"


def _new_cookie() -> str:
    return secrets.token_urlsafe(_BYTES)


def _is_same_origin(request: Request) -> bool:
    """Return whether a form comes from a page of this site, as far as the browser tells; True if it does not tell.

    Because the pages send no referrer, browsers send `Origin: null` with their forms (Fetch, "append a request
    Origin header"), so `null` is accepted.
    """
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "null")
    if site:
        return site in _SAME_SITE
    if origin == "null":
        return True
    site_url = urlsplit(request.base_url)
    return origin == f"{site_url.scheme}://{site_url.netloc}"
