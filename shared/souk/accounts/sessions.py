"""Who is logged in: a random cookie, of which the table knows the hash.

SESSION#<sha-256>   SESSION   a browser that somebody is logged in with
SESSION#<user id>   ENDED     when somebody was logged out everywhere: a session that began before is over

A browser that nobody is logged in with has a cookie too, which nothing is stored of: the forms it is given are bound
to it, so that nobody can log others in. It is replaced at login, so that a cookie which somebody was made to have
before is worth nothing afterwards.
"""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from souk.accounts.errors import Stale
from souk.authentication.tokens import digest
from souk.storage import Collection, Entity, Key, Table
from souk.values.errors import Conflict
from souk.web import Request

LIFETIME = timedelta(hours=12)
CSRF_FIELD: Final = "csrf"
"""The hidden field that every form of ours has."""
_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BYTES = 32
_ATTEMPTS = 5
_OURS: Final = frozenset({"same-origin", "none"})


class Session(Entity):
    """A browser that somebody is logged in with."""

    hash: str
    user_id: str
    began: float
    """Seconds since 1970."""
    expires: int
    """Seconds since 1970."""


class Ended(Entity):
    """That all sessions of a person which began before then are over."""

    user_id: str
    until: float
    """Seconds since 1970."""


def session_key(session_hash: str) -> Key:
    """Return the key of a session."""
    return Key(f"SESSION#{session_hash}", "SESSION")


def ended_key(user_id: str) -> Key:
    """Return the key of the end of a person's sessions."""
    return Key(f"SESSION#{user_id}", "ENDED")


SESSIONS: Collection[Session] = Collection(
    name="Session",
    model=Session,
    key=session_key,
    key_of=lambda session: session_key(session.hash),
    expires_at=lambda session: session.expires,
)
ENDINGS: Collection[Ended] = Collection(
    name="Ended",
    model=Ended,
    key=ended_key,
    key_of=lambda ended: ended_key(ended.user_id),
    expires_at=lambda ended: int(ended.until + LIFETIME.total_seconds()) + 1,
)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser, and who is logged in with it."""

    cookie: str
    session: Session | None
    known: bool
    """Whether the browser has this cookie already."""


class Sessions:
    """Keeps sessions and proves forms, under a secret of the deployment."""

    def __init__(self, table: Table, secret: bytes) -> None:
        self._table = table
        self._secret = secret

    def browser(self, request: Request) -> Browser:
        """Return which browser a request is from, with a new cookie where it has none of ours."""
        cookie = request.cookies.get(_cookie_name(request), "")
        if not _COOKIE.fullmatch(cookie):
            return Browser(_new_cookie(), None, known=False)
        return Browser(cookie, self._session(cookie, request.received), known=True)

    def _session(self, cookie: str, now: datetime) -> Session | None:
        session = self._table.get(SESSIONS, digest(cookie), consistent=True)
        if session is None or session.expires <= now.timestamp():
            return None
        ended = self._table.get(ENDINGS, session.user_id, consistent=True)
        return None if ended and session.began < ended.until else session

    def begin(self, user_id: str, now: datetime) -> str:
        """Log somebody in; returns the new cookie of their browser. `now` is when they asked for it, or later."""
        cookie = _new_cookie()
        tx = self._table.transaction()
        expires = int((now + LIFETIME).timestamp())
        tx.create(SESSIONS, Session(hash=digest(cookie), user_id=user_id, began=now.timestamp(), expires=expires))
        tx.commit()
        return cookie

    def unused(self) -> str:
        """Return a cookie that nobody is logged in with."""
        return _new_cookie()

    def end(self, session: Session, now: datetime) -> None:
        """Log a browser out."""
        tx = self._table.transaction()
        tx.update(SESSIONS, session.model_copy(update={"expires": int(now.timestamp())}))
        with suppress(Conflict):  # a session changes once: another window has ended it
            tx.commit()

    def end_all(self, user_id: str, now: datetime) -> None:
        """Log somebody out of every browser. `now` is when their old password had no effect any more, or later.

        Raises Conflict where others keep doing the same.
        """
        for _ in range(_ATTEMPTS):
            last = self._table.get(ENDINGS, user_id, consistent=True)
            tx = self._table.transaction()
            if last is None:
                tx.create(ENDINGS, Ended(user_id=user_id, until=now.timestamp()))
            else:
                until = max(last.until, now.timestamp())
                tx.update(ENDINGS, last.model_copy(update={"until": until}))
            with suppress(Conflict):
                return tx.commit()
        raise Conflict("Your password is changed; you could not be logged out everywhere. Please change it again.")

    def csrf(self, browser: Browser) -> str:
        """Return what a form of this browser holds in `CSRF_FIELD`."""
        return hmac.new(self._secret, b"csrf\n" + browser.cookie.encode(), hashlib.sha256).hexdigest()

    def prove_form(self, browser: Browser, request: Request) -> None:
        """Raise Stale unless a form was filled in on a page that this browser was given by us."""
        given = request.fields.get(CSRF_FIELD, "")
        if not browser.known or not hmac.compare_digest(given.encode(), self.csrf(browser).encode()):
            raise Stale
        if not _from_ours(request):
            raise Stale


def set_cookie(cookie: str, request: Request, *, keep: bool) -> tuple[str, str]:
    """Return the header that gives a browser a cookie; `keep` is until the session ends, else until it is closed."""
    age = f"; Max-Age={int(LIFETIME.total_seconds())}" if keep else ""
    secure = "; Secure" if request.secure else ""
    return "Set-Cookie", f"{_cookie_name(request)}={cookie}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"


def _cookie_name(request: Request) -> str:
    """Return the cookie's name: with `__Host-` no other host and no plain connection can set it (RFC 6265bis)."""
    return "__Host-souk" if request.secure else "souk"


def _new_cookie() -> str:
    return secrets.token_urlsafe(_BYTES)


def _from_ours(request: Request) -> bool:
    """Say whether a browser says of a form that it was on a page of ours; a browser that says nothing is believed.

    Our pages send no referrer, so that browsers give `null` as the Origin of their forms (Fetch, "append a request
    Origin header"): `null` says nothing either.
    """
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "null")
    if site:
        return site in _OURS
    if origin == "null":
        return True
    ours = urlsplit(request.base_url)
    return origin == f"{ours.scheme}://{ours.netloc}"
