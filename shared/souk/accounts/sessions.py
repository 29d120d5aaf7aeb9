"""Login sessions: a random cookie, whose hash is stored. They are stored in `souk.authentication.records`.

A browser without a login has a cookie too, which is not stored. Its forms are bound to the cookie, which prevents login
CSRF. The cookie is replaced at login, which prevents session fixation.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from souk.accounts.errors import StaleForm
from souk.authentication.records import LOGOUTS, SESSION_LIFETIME, SESSIONS, LogoutEverywhere, Session
from souk.authentication.sessions import Cookie
from souk.authentication.standing import person_key, standing_at
from souk.domains.identity.commands import sessions as commands
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.web import Request

CSRF_FIELD: Final = "csrf"
"""The hidden field of every form that holds the CSRF token."""
_SAME_SITE: Final = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser and its session."""

    cookie: Cookie
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
        cookie = cookie_of(request)
        if cookie is None:
            return Browser(Cookie.new(), None, known=False)
        return Browser(cookie, self._session(cookie, request.received), known=True)

    def _session(self, cookie: Cookie, now: datetime) -> Session | None:
        session = self._table.get(SESSIONS, cookie.hash, consistent=True)
        if session is None or session.user_id != cookie.user_id:
            return None
        at_ended, at_standing = LOGOUTS.key(session.user_id), person_key(session.user_id)
        items = self._table.batch_get([at_ended, at_standing], consistent=True)
        ended, standing = items.get(at_ended), standing_at(at_standing, items)
        return session if session.is_live(LOGOUTS.decode(ended) if ended else None, standing, now) else None

    def create(
        self, user_id: str, organization_id: str, now: datetime, *, device: str = "", address: str = ""
    ) -> Cookie:
        """Create a session and return its cookie. `now` is the time of the request, or later.

        `organization_id` is the one that the person works for, until they choose another in this browser. `device` and
        `address` are as in `Session`.
        """
        cookie = Cookie.new(user_id, organization_id)
        tx = self._table.transaction()
        expires = int((now + SESSION_LIFETIME).timestamp())
        began = now.timestamp()
        new = Session(
            hash=cookie.hash,
            user_id=user_id,
            began=began,
            expires=expires,
            confirmed=began,
            id=tx.new_id(),
            device=device,
            address=address,
        )
        tx.create(SESSIONS, new)
        tx.commit()
        return cookie

    def confirm(self, session: Session, now: datetime) -> None:
        """Remember that the person has just entered their password again, unless the session has ended meanwhile."""

        def change(tx: Transaction) -> None:
            current = self._table.get(SESSIONS, session.hash, consistent=True)
            if current is None:
                raise StaleForm
            tx.update(SESSIONS, current.model_copy(update={"confirmed": now.timestamp()}))

        self._table.retry_until_committed(change, refused=Conflict("Please try again."))

    def end(self, session: Session, now: datetime) -> None:
        """End a session."""
        commands.end(self._table, session, now)

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
        return hmac.new(self._secret, b"csrf\n" + str(browser.cookie).encode(), hashlib.sha256).hexdigest()

    def check_form(self, browser: Browser, request: Request) -> None:
        """Raise StaleForm unless the form has this browser's CSRF token and comes from a page of this site.

        Raises TooLarge for a form that is not read because of its size.
        """
        request.check_size()
        given = request.fields.get(CSRF_FIELD, "")
        if not browser.known or not hmac.compare_digest(given.encode(), self.csrf_token(browser).encode()):
            raise StaleForm
        if not _is_same_origin(request):
            raise StaleForm


def cookie_of(request: Request) -> Cookie | None:
    """Return the cookie of a request's browser; None if it sent none."""
    return Cookie.parse(request.cookies.get(_cookie_name(request), ""))


def set_cookie(cookie: Cookie, request: Request, *, keep: bool) -> tuple[str, str]:
    """Return a Set-Cookie header. With `keep` the cookie lasts as long as a session, else until the browser closes."""
    age = f"; Max-Age={int(SESSION_LIFETIME.total_seconds())}" if keep else ""
    secure = "; Secure" if request.secure else ""
    return "Set-Cookie", f"{_cookie_name(request)}={cookie}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"


def _cookie_name(request: Request) -> str:
    """Return the cookie's name. Other hosts and plain HTTP cannot set one that begins with `__Host-` (RFC 6265bis)."""
    return "__Host-souk" if request.secure else "souk"


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
