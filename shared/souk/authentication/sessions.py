"""Authentication by the session of a browser: how pages call the API as the person who is logged in.

A cookie has a secret, and for a person who is logged in their id and the organization that they work for in this
browser. So all records are read in one round trip. The ids authenticate nothing: the session is found by the hash of
the secret and must belong to the person, who must be a member of the organization.

A session counts as a token of a first-party key with all scopes. The key exists in every deployment, belongs to nobody
and has no record: no program can list, change or use it. Its requests count against no key's limit. Only functions of
this deployment send the header, to each other: API Gateway's events are never authenticated by it
(`souk.graph.http`).
"""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from souk.authentication import terms
from souk.authentication.principal import Principal
from souk.authentication.records import (
    LOGOUTS,
    MEMBERSHIPS,
    MEMBERSHIPS_OF_PERSON,
    SESSIONS,
    Membership,
    Session,
    logout_key,
    membership_key,
    session_key,
)
from souk.authentication.scopes import Scope
from souk.authentication.standing import (
    company_key,
    company_of,
    is_suspended,
    person_key,
    remember_company,
    standing_at,
    suspended_companies,
)
from souk.authentication.tokens import digest
from souk.storage import Key, Table, View, market_time
from souk.values.errors import Forbidden, InvalidToken

WEB_KEY: Final = "souk-web"
"""The id of the first-party key of pages."""
_SCHEME: Final = "Session "
_CONSIDERED: Final = 100
"""Memberships among which another organization is looked for."""
_SECRET_BYTES: Final = 32
_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}(\.[0-9]{1,20}){2}|[A-Za-z0-9_-]{43}")
_ENDED: Final = "This session has ended. Log in again."
_ALL: Final = frozenset(scope.value for scope in Scope)


class Cookie(NamedTuple):
    """The cookie of a browser."""

    secret: str
    user_id: str = ""
    """"" if nobody is logged in."""
    organization_id: str = ""

    @classmethod
    def new(cls, user_id: str = "", organization_id: str = "") -> "Cookie":
        """Return a cookie with a new secret."""
        return cls(secrets.token_urlsafe(_SECRET_BYTES), user_id, organization_id)

    @classmethod
    def parse(cls, text: str) -> "Cookie | None":
        """Return the cookie that a browser sent; None if it is malformed."""
        return cls(*text.split(".")) if _COOKIE.fullmatch(text) else None

    @property
    def hash(self) -> str:
        """The hash under which the session is stored."""
        return digest(self.secret)

    def __str__(self) -> str:
        """Return what the browser sends."""
        return ".".join(self) if self.user_id else self.secret


class Caller(NamedTuple):
    """A session and the person that it belongs to."""

    session: Session
    principal: Principal


def header(cookie: Cookie) -> str:
    """Return the value of the Authorization header of a session's requests to other functions."""
    return f"{_SCHEME}{cookie}"


def is_session(headers: Mapping[str, str]) -> bool:
    """Return whether a request names a session. The names of the headers are lower case."""
    return headers.get("authorization", "").startswith(_SCHEME)


def authenticate(table: Table, headers: Mapping[str, str], now: datetime) -> Principal:
    """Return the caller of a request from another function.

    Raises InvalidToken if the session has ended, and Forbidden if its person is not a member of the organization.
    """
    cookie = Cookie.parse(headers["authorization"].removeprefix(_SCHEME))
    caller = identify(table, cookie, now) if cookie else None
    if caller is None:
        raise InvalidToken(_ENDED)
    return caller.principal


def identify(table: Table, cookie: Cookie, now: datetime) -> Caller | None:
    """Return the session of a cookie and its person, in one consistent round trip; None if nobody is logged in.

    A suspended person is not. A person who has left the organization of the cookie, or whose organization is suspended,
    is identified in another one of theirs. Raises Forbidden if they have none.
    """
    if not cookie.user_id:
        return None
    keys = (
        session_key(cookie.hash),
        logout_key(cookie.user_id),
        membership_key(cookie.user_id, cookie.organization_id),
        person_key(cookie.user_id),
        company_key(company_of(cookie.organization_id)),
    )
    settings = terms.settings_keys(table)
    items = table.batch_get((*keys, *market_time.keys(table.clock), *settings), consistent=True)
    terms.keep_settings(table, items, settings)
    market_time.follow(table.clock, items)
    stored, ended, member, *_ = (items.get(key) for key in keys)
    session = SESSIONS.decode(stored) if stored else None
    if session is None or session.user_id != cookie.user_id:
        return None
    standing = standing_at(person_key(cookie.user_id), items)
    if not session.is_live(LOGOUTS.decode(ended) if ended else None, standing, now):
        return None
    membership = MEMBERSHIPS.decode(member) if member else None
    if membership is None or not membership.active or _suspended(table, membership, items):
        membership = _any_membership(table, session.user_id)
    if membership is None:
        raise Forbidden("You are not a member of an organization that is active.")
    return Caller(session, _principal(membership, session))


def _suspended(table: Table, membership: Membership, items: Mapping[Key, Mapping[str, Any]]) -> bool:
    """Return whether the company of a membership is suspended. A process has to learn once whose team a team is."""
    key = company_key(membership.company_id)
    if company_of(membership.organization_id) != membership.company_id:
        remember_company(membership.organization_id, membership.company_id)
        items = table.batch_get([key], consistent=True)
    return is_suspended(standing_at(key, items))


def _any_membership(table: Table, user_id: str) -> Membership | None:
    """Return a membership in force of a person who cannot work for the organization that they had chosen."""
    active: View[Membership, Membership] = View([lambda one: one.active])
    found = MEMBERSHIPS_OF_PERSON.of(table, user_id).page(active, _CONSIDERED).rows
    suspended = suspended_companies(table, {one.company_id for one in found}) if found else frozenset()
    return next((one for one in found if one.company_id not in suspended), None)


def _principal(membership: Membership, session: Session) -> Principal:
    return Principal(
        user_id=membership.user_id,
        key_id=WEB_KEY,
        organization_id=membership.organization_id,
        company_id=membership.company_id,
        role=membership.role,
        scopes=_ALL if membership.operator else _ALL - {Scope.OPERATOR},
        operator=membership.operator,
        permissions=frozenset(membership.permissions),
        session_id=session.public_id,
        session_hash=session.hash,
    )
