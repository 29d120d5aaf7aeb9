"""Stored API keys, grants, tokens, authorization codes, login sessions and memberships.

KEY#<id>         KEY                   an API key            GSI1 ORG#<company> / KEY#<id>: keys of a company
                 GSI1 ORG#<company> / REVOKED#<creation>#<id>: revoked ones; those that Souk 0.1.0 revoked have KEY#
GRANT#<id>       GRANT                 a person's grant to an API key; its tokens end with it
                 GSI2 USER#<user> / GRANT#<id>: the grants of a person
                 GSI1 KEY#<key> / GRANT#<id>: the grants to a key, without those of the API explorer. Grants that an
                 earlier release stored are not there until their tokens are refreshed, or `souk lists rewrite`.
TOKEN#<sha-256>  TOKEN                 an access token
CODE#<sha-256>   CODE                  an authorization code
SESSION#<sha-256>  SESSION             the session of a browser
                 GSI2 USER#<user> / SESSION#<sha-256>: the sessions of a person
SESSION#<user id>  ENDED               when a user was logged out everywhere: all earlier sessions have ended
USER#<id>        MEMBER#<organization> a person's membership of an organization
                 GSI1 ORG#<organization> / MEMBER#<its id>: the members of an organization, by date
ORG#<id>         MEMBERS               counter: the memberships of an organization, also ended ones
USER#<id>        MEMBERSHIPS           counter: the memberships of a person, also ended ones
UNIQ#operators#organization            holds the id of the operators' organization, which alone has operators
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from pydantic import Field

from souk.authentication.principal import Permission, Role, extends_to
from souk.authentication.standing import Standing, person_key, standing_at
from souk.authentication.tokens import digest, session_of
from souk.storage import Collection, Entity, Key, Model, StoredList, Table, View, random_id

OPERATORS_ORGANIZATION: Final = "UNIQ#operators#organization"
CODE_LIFETIME = timedelta(minutes=5)
"""How long an authorization code is valid. RFC 6749 recommends 10 minutes at most."""
SESSION_LIFETIME = timedelta(hours=12)
"""How long the session of a browser lasts."""
_COUNTED_CHUNKS: Final = 10


class KeyState(StrEnum):
    """The state of an API key. Only ACTIVE keys work."""

    REVIEW = "REVIEW"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"


class GrantType(StrEnum):
    """An OAuth 2.0 grant type (RFC 6749)."""

    AUTHORIZATION_CODE = "AUTHORIZATION_CODE"
    IMPLICIT = "IMPLICIT"
    CLIENT_CREDENTIALS = "CLIENT_CREDENTIALS"
    REFRESH_TOKEN = "REFRESH_TOKEN"  # noqa: S105 - a name of the contract


class ClientSecret(Model):
    """The hash of an API key's secret."""

    hash: str
    expires: int
    """Seconds since 1970."""


class ApiKey(Entity):
    """An API key: an OAuth client (RFC 6749, section 2)."""

    id: str
    name: str
    description: str = ""
    organization_id: str
    company_id: str | None = None
    """The company of a team; None if the organization is a company."""
    created_by: str
    created: str = ""
    """ISO 8601, UTC."""
    secrets: tuple[ClientSecret, ...] = ()
    """Newest first. After a rotation, two secrets work for a day. A public client has none."""
    scopes: tuple[str, ...]
    grants: tuple[GrantType, ...]
    redirect_uris: tuple[str, ...]
    native: bool = False
    """Whether all redirect URIs are those of a native app (RFC 8252).

    A native app cannot keep its secret, so it may request tokens with PKCE alone.
    """
    state: KeyState = KeyState.ACTIVE
    state_reason: str | None = None
    """The operator's note, while it is rejected."""
    review_opened: str | None = None
    """When its open review began (`souk.domains.reviews`); None without one."""
    rotation_months: int = 12
    service_account_id: str | None = None
    """The user ID of the service account."""
    generation: int = 1
    """Incremented when the scopes change, which invalidates all earlier tokens."""

    @property
    def root_id(self) -> str:
        """The company that the key belongs to: that of its team, or its own organization."""
        return self.company_id or self.organization_id

    @property
    def active(self) -> bool:
        """Whether the key works."""
        return self.state is KeyState.ACTIVE

    @property
    def public(self) -> bool:
        """Whether this is a public client, which has no secret (RFC 6749, section 2.1)."""
        return not self.secrets

    def accepts_secret(self, secret_hash: str, now: datetime) -> bool:
        """Return whether a secret with this hash is valid at `now`."""
        return any(one.hash == secret_hash and one.expires > now.timestamp() for one in self.secrets)


class Grant(Entity):
    """A person's grant to an API key, with the state of its refresh token rotation.

    A refresh token is used once. It contains its number in the sequence; the hash of the current one is stored.
    """

    id: str = Field(default_factory=random_id)
    key_id: str
    user_id: str
    organization_id: str
    """The organization of requests without a tenant header."""
    scopes: tuple[str, ...]
    generation: int
    """The key's generation at the time of the consent."""
    revoked: bool = False
    sequence: int = 0
    """The number of the current refresh token; 0 if there is none."""
    refresh_hash: str | None = None
    created: int = 0
    """When the person agreed, in seconds since 1970; 0 in grants of Souk 0.1.0."""
    rotated: int = 0
    """When the current refresh token was issued, in seconds since 1970."""
    expires: int
    """When the grant expires if no refresh token is used, in seconds since 1970."""


class AccessToken(Entity):
    """An access token, stored by its hash."""

    hash: str
    grant_id: str
    key_id: str
    user_id: str
    scopes: tuple[str, ...]
    generation: int
    """The key's generation when the token was issued. The token is invalid after the generation changes."""
    expires: int
    """Seconds since 1970."""


class AuthorizationCode(Entity):
    """An authorization code, stored by its hash (RFC 6749, section 4.1.2)."""

    hash: str
    key_id: str
    user_id: str
    organization_id: str
    scopes: tuple[str, ...]
    generation: int
    redirect_uri: str
    redirect_uri_given: bool
    """Whether the authorization request named it. If so, the token request must name it too."""
    challenge: str | None = None
    """The S256 code challenge (RFC 7636)."""
    expires: int
    """Seconds since 1970."""
    grant_id: str | None = None
    """The grant that it was exchanged for."""
    redeemed: float | None = None
    """When it was exchanged, in seconds since 1970."""

    @property
    def issued(self) -> int:
        """When it was issued, in seconds since 1970."""
        return self.expires - int(CODE_LIFETIME.total_seconds())


class Membership(Entity):
    """A user's membership in an organization."""

    id: str
    user_id: str
    organization_id: str
    company_id: str
    role: Role
    permissions: tuple[Permission, ...] = ()
    """Permissions in addition to the role."""
    operator: bool = False
    active: bool = True
    since: str = ""
    """ISO 8601, UTC."""

    def acts_in(self, organization_id: str, company_id: str) -> bool:
        """Return whether the role applies to an organization, as `Principal.acts_in` does."""
        has_role = self.active and self.role is not Role.NONE
        return has_role and extends_to(self.organization_id, organization_id, company_id)


class Session(Entity):
    """The session of a browser."""

    hash: str
    user_id: str
    began: float
    """Seconds since 1970."""
    expires: int
    """Seconds since 1970."""
    confirmed: float = 0.0
    """When the person last entered their password, in seconds since 1970; 0 in sessions of Souk 0.1.0."""
    id: str = ""
    """By which the person names it. Neither the cookie nor the hash follows from it. "" in sessions of Souk 0.1.0."""
    device: str = ""
    """Such as "Firefox on Linux"."""
    address: str = ""
    """The network that the person logged in from: /24 of IPv4, /48 of IPv6; "" if it is not known."""

    @property
    def public_id(self) -> str:
        """The id, also of a session of Souk 0.1.0."""
        return self.id or digest(f"session {self.hash}")

    def is_live(self, ended: "LogoutEverywhere | None", standing: Standing | None, now: datetime) -> bool:
        """Return whether it is in force at `now`, in real time.

        `ended` is the last logout everywhere of its person, and `standing` their standing.
        """
        if self.expires <= now.timestamp() or (ended and self.began < ended.until):
            return False
        return standing is None or standing.admits(self.began)


class LogoutEverywhere(Entity):
    """A user's last logout everywhere: sessions that began before `until` have ended."""

    user_id: str
    until: float
    """Seconds since 1970."""


def token_key(token_hash: str) -> Key:
    """Return the key of an access token."""
    return Key(f"TOKEN#{token_hash}", "TOKEN")


def api_key_key(key_id: str) -> Key:
    """Return the key of an API key."""
    return Key(f"KEY#{key_id}", "KEY")


def held_keys_key(company_id: str) -> Key:
    """Return the key of the counter of a company's API keys, with its teams' and without revoked ones."""
    return Key(f"KEY#OF#{company_id}", "HELD")


def members_key(organization_id: str) -> Key:
    """Return the key of the counter of an organization's memberships."""
    return Key(f"ORG#{organization_id}", "MEMBERS")


def memberships_key(user_id: str) -> Key:
    """Return the key of the counter of a person's memberships."""
    return Key(f"USER#{user_id}", "MEMBERSHIPS")


def grant_key(grant_id: str) -> Key:
    """Return the key of a grant."""
    return Key(f"GRANT#{grant_id}", "GRANT")


def code_key(code_hash: str) -> Key:
    """Return the key of an authorization code."""
    return Key(f"CODE#{code_hash}", "CODE")


def membership_key(user_id: str, organization_id: str) -> Key:
    """Return the key of a membership."""
    return Key(f"USER#{user_id}", f"MEMBER#{organization_id}")


def session_key(session_hash: str) -> Key:
    """Return the key of a session."""
    return Key(f"SESSION#{session_hash}", "SESSION")


def logout_key(user_id: str) -> Key:
    """Return the key of a user's last logout everywhere."""
    return Key(f"SESSION#{user_id}", "ENDED")


def _by_company(key: ApiKey) -> Key:
    """Return the index key of an API key. Revoked ones, whose number is not limited, are apart from the others."""
    sort = f"REVOKED#{key.created}#{key.id}" if key.state is KeyState.REVOKED else f"KEY#{key.id}"
    return Key(f"ORG#{key.root_id}", sort)


def _by_key(grant: Grant) -> Key | None:
    """Return the index key of a grant. The API explorer's are of sessions and connect nobody."""
    return None if session_of(grant.id) else Key(f"KEY#{grant.key_id}", f"GRANT#{grant.id}")


TOKENS: Collection[AccessToken] = Collection(
    name="AccessToken",
    model=AccessToken,
    key=token_key,
    key_of=lambda token: token_key(token.hash),
    expires_at=lambda token: token.expires,
)
API_KEYS: Collection[ApiKey] = Collection(
    name="ApiKey",
    model=ApiKey,
    key=api_key_key,
    key_of=lambda key: api_key_key(key.id),
    indexes={"GSI1": _by_company},
)
GRANTS: Collection[Grant] = Collection(
    name="Grant",
    model=Grant,
    key=grant_key,
    key_of=lambda grant: grant_key(grant.id),
    indexes={"GSI1": _by_key, "GSI2": lambda grant: Key(f"USER#{grant.user_id}", f"GRANT#{grant.id}")},
    expires_at=lambda grant: grant.expires,
)
CODES: Collection[AuthorizationCode] = Collection(
    name="AuthorizationCode",
    model=AuthorizationCode,
    key=code_key,
    key_of=lambda code: code_key(code.hash),
    # Kept as long as its access token can be valid, so that reuse is detected.
    expires_at=lambda code: code.expires + 86_400,
)
MEMBERSHIPS: Collection[Membership] = Collection(
    name="Membership",
    model=Membership,
    key=membership_key,
    key_of=lambda one: membership_key(one.user_id, one.organization_id),
    indexes={"GSI1": lambda one: Key(f"ORG#{one.organization_id}", f"MEMBER#{one.id}")},
    counters={
        "": lambda one: memberships_key(one.user_id),
        "GSI1": lambda one: members_key(one.organization_id),
    },
)
SESSIONS: Collection[Session] = Collection(
    name="Session",
    model=Session,
    key=session_key,
    key_of=lambda session: session_key(session.hash),
    indexes={"GSI2": lambda session: Key(f"USER#{session.user_id}", f"SESSION#{session.hash}")},
    expires_at=lambda session: session.expires,
)
LOGOUTS: Collection[LogoutEverywhere] = Collection(
    name="Ended",
    model=LogoutEverywhere,
    key=logout_key,
    key_of=lambda logout: logout_key(logout.user_id),
    expires_at=lambda logout: int(logout.until + SESSION_LIFETIME.total_seconds()) + 1,
)


MEMBERS: Final = StoredList(
    "members", MEMBERSHIPS, "ORG#{}".format, index="GSI1", prefix="MEMBER#", newest_first=False, counter=members_key
)
"""The memberships of an organization, also ended ones, oldest first."""
MEMBERSHIPS_OF_PERSON: Final = StoredList(
    "memberships", MEMBERSHIPS, "USER#{}".format, prefix="MEMBER#", newest_first=False, counter=memberships_key
)
"""The memberships of a person, also ended ones, sorted by organization."""
GRANTS_OF_PERSON: Final = StoredList("grants", GRANTS, "USER#{}".format, index="GSI2", prefix="GRANT#")
"""The grants of a person, also revoked ones, in no order that means anything. They are deleted after they expire."""
GRANTS_TO_KEY: Final = StoredList("grantsToKey", GRANTS, "KEY#{}".format, index="GSI1", prefix="GRANT#")
"""The grants to an API key, also revoked ones, in no order that means anything. They are deleted after they expire."""
SESSIONS_OF_PERSON: Final = StoredList("sessions", SESSIONS, "USER#{}".format, index="GSI2", prefix="SESSION#")
"""The sessions of a person, also ended ones, in no order that means anything. They are deleted after they expire."""
REVOKED_KEYS: Final = StoredList("revokedApiKeys", API_KEYS, "ORG#{}".format, index="GSI1", prefix="REVOKED#")
"""The revoked API keys of a company and its teams, without those that Souk 0.1.0 revoked."""
LISTS: Final = (MEMBERS, MEMBERSHIPS_OF_PERSON, REVOKED_KEYS, GRANTS_OF_PERSON, GRANTS_TO_KEY, SESSIONS_OF_PERSON)


def operators_organization_id(table: Table) -> str | None:
    """Return the id of the operators' organization; None before `souk admin bootstrap`."""
    return table.holder(OPERATORS_ORGANIZATION)


def live_sessions(table: Table, user_id: str, now: datetime) -> View[Session, Session]:
    """Return the view of a user's sessions that have not ended at `now`, in real time."""
    logout, standing = _what_ended(table, user_id)
    return View([lambda one: one.is_live(logout, standing, now)])


def _what_ended(table: Table, user_id: str) -> tuple[LogoutEverywhere | None, Standing | None]:
    """Return what may have ended the sessions of a user, in one round trip."""
    at_logout, at_standing = logout_key(user_id), person_key(user_id)
    items = table.batch_get([at_logout, at_standing])
    logout = LOGOUTS.decode(items[at_logout]) if at_logout in items else None
    return logout, standing_at(at_standing, items)


def count_sessions(table: Table, user_id: str, now: datetime) -> int:
    """Return the number of a user's sessions that have not ended at `now`, in real time: of 10,000 at most.

    This takes one round trip, if there are not thousands.
    """
    every: View[Session, Session] = View()

    def listed(own: Table) -> list[Session]:
        chunks = islice(SESSIONS_OF_PERSON.of(own, user_id).chunks(every), _COUNTED_CHUNKS)
        return [one for chunk in chunks for one in chunk]

    reads: tuple[Callable[[Table], Any], ...] = (lambda own: _what_ended(own, user_id), listed)
    (logout, standing), sessions = table.concurrently(reads)
    return sum(one.is_live(logout, standing, now) for one in sessions)


def live_grants(now: datetime, standing: Standing | None) -> View[Grant, Grant]:
    """Return the view of a person's grants that are neither revoked nor expired at `now`, in real time.

    `standing` is that of the person: a suspension may have ended grants.
    """
    ended = standing.ends if standing else lambda _: False
    return View([lambda one: not (one.revoked or ended(one.created)) and one.expires > now.timestamp()])
