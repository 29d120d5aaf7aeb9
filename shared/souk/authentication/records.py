"""What is stored of keys, of what people let them do, of tokens and of memberships.

KEY#<id>         KEY                   an API key            GSI1 ORG#<company> / KEY#<id>: of a company and its teams
GRANT#<id>       GRANT                 what somebody lets a key do; all tokens that follow from it end with it
                 GSI2 USER#<user> / GRANT#<id>: all that a person has agreed to
TOKEN#<sha-256>  TOKEN                 an access token
CODE#<sha-256>   CODE                  an authorization code
USER#<id>        MEMBER#<organization> a person's membership of an organization
                 GSI1 ORG#<organization> / MEMBER#<its id>: an organization's people, as they joined
"""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from souk.authentication.principal import Permission, Role, extends_to
from souk.storage import Collection, Entity, Key, Model, random_id


class KeyState(StrEnum):
    """Whether an API key works: an ACTIVE one does."""

    REVIEW = "REVIEW"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"


class GrantType(StrEnum):
    """A way of OAuth2 (RFC 6749) to get tokens."""

    AUTHORIZATION_CODE = "AUTHORIZATION_CODE"
    IMPLICIT = "IMPLICIT"
    CLIENT_CREDENTIALS = "CLIENT_CREDENTIALS"
    REFRESH_TOKEN = "REFRESH_TOKEN"  # noqa: S105 - a name of the contract


class ClientSecret(Model):
    """A secret of an API key, as its hash."""

    hash: str
    expires: int
    """Seconds since 1970."""


class ApiKey(Entity):
    """An API key, which is a client in OAuth's words (RFC 6749, section 2)."""

    id: str
    name: str
    description: str = ""
    organization_id: str
    company_id: str | None = None
    """The company that the organization is a team of; the organization itself, where this is left out."""
    created_by: str
    created: str = ""
    """ISO 8601, UTC."""
    secrets: tuple[ClientSecret, ...] = ()
    """The newest first; two of them work for a day after a rotation. A public client has none."""
    scopes: tuple[str, ...]
    grants: tuple[GrantType, ...]
    redirect_uris: tuple[str, ...]
    native: bool = False
    """Whether people are sent back to a program on their own device only (RFC 8252).

    Such a program cannot keep its secret, and may ask for tokens without it, by PKCE alone.
    """
    state: KeyState = KeyState.ACTIVE
    rotation_months: int = 12
    service_account_id: str | None = None
    """The user that a service account's key acts as."""
    generation: int = 1
    """Rises when the scopes change, which ends every token that was issued before."""

    @property
    def root_id(self) -> str:
        """The company that it is kept and counted for: that of its team, or its own organization."""
        return self.company_id or self.organization_id

    @property
    def active(self) -> bool:
        """Whether it works."""
        return self.state is KeyState.ACTIVE

    @property
    def public(self) -> bool:
        """Whether its program cannot keep a secret (RFC 6749, section 2.1), and has none."""
        return not self.secrets

    def takes(self, secret_hash: str, now: datetime) -> bool:
        """Say whether a secret with this hash works at this time."""
        return any(one.hash == secret_hash and one.expires > now.timestamp() for one in self.secrets)


class Grant(Entity):
    """What somebody lets a key do, and how far the refresh tokens that follow from it have come.

    A refresh token is good once. Each holds its place in the sequence; the newest is known by its hash.
    """

    id: str = Field(default_factory=random_id)
    key_id: str
    user_id: str
    organization_id: str
    """The organization of requests that name none."""
    scopes: tuple[str, ...]
    generation: int
    """That of the key when this was agreed to."""
    revoked: bool = False
    sequence: int = 0
    """The place of the newest refresh token; 0 where there is none."""
    refresh_hash: str | None = None
    rotated: int = 0
    """When the newest refresh token was issued, in seconds since 1970."""
    expires: int
    """When all of it is over unless a refresh token is used, in seconds since 1970."""


class AccessToken(Entity):
    """An access token, by its hash."""

    hash: str
    grant_id: str
    key_id: str
    user_id: str
    scopes: tuple[str, ...]
    generation: int
    """That of its key when it was issued: a key whose scopes change begins a new one, and old tokens end."""
    expires: int
    """Seconds since 1970."""


class AuthorizationCode(Entity):
    """An authorization code, by its hash (RFC 6749, section 4.1.2)."""

    hash: str
    key_id: str
    user_id: str
    organization_id: str
    scopes: tuple[str, ...]
    generation: int
    redirect_uri: str
    redirect_uri_given: bool
    """Whether the authorization request named it: then the token request must name it too."""
    challenge: str | None = None
    """The S256 code challenge (RFC 7636)."""
    expires: int
    """Seconds since 1970."""
    grant_id: str | None = None
    """What it was redeemed for."""
    redeemed: float | None = None
    """When, in seconds since 1970."""


class Membership(Entity):
    """A person's place in an organization."""

    id: str
    user_id: str
    organization_id: str
    company_id: str
    role: Role
    permissions: tuple[Permission, ...] = ()
    """What they may do beside what their role includes."""
    operator: bool = False
    active: bool = True
    since: str = ""
    """ISO 8601, UTC."""

    def acts_in(self, organization_id: str, company_id: str) -> bool:
        """Say whether it is a role that counts in an organization, as `Principal.acts_in` does."""
        role = self.active and self.role is not Role.NONE
        return role and extends_to(self.organization_id, organization_id, company_id)


def token_key(token_hash: str) -> Key:
    """Return the key of an access token."""
    return Key(f"TOKEN#{token_hash}", "TOKEN")


def api_key_key(key_id: str) -> Key:
    """Return the key of an API key."""
    return Key(f"KEY#{key_id}", "KEY")


def held_keys_key(company_id: str) -> Key:
    """Return the key of the counter of the API keys that a company and its teams have, without those that ended."""
    return Key(f"KEY#OF#{company_id}", "HELD")


def grant_key(grant_id: str) -> Key:
    """Return the key of a grant."""
    return Key(f"GRANT#{grant_id}", "GRANT")


def code_key(code_hash: str) -> Key:
    """Return the key of an authorization code."""
    return Key(f"CODE#{code_hash}", "CODE")


def membership_key(user_id: str, organization_id: str) -> Key:
    """Return the key of a membership."""
    return Key(f"USER#{user_id}", f"MEMBER#{organization_id}")


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
    indexes={"GSI1": lambda key: Key(f"ORG#{key.root_id}", f"KEY#{key.id}")},
)
GRANTS: Collection[Grant] = Collection(
    name="Grant",
    model=Grant,
    key=grant_key,
    key_of=lambda grant: grant_key(grant.id),
    indexes={"GSI2": lambda grant: Key(f"USER#{grant.user_id}", f"GRANT#{grant.id}")},
    expires_at=lambda grant: grant.expires,
)
CODES: Collection[AuthorizationCode] = Collection(
    name="AuthorizationCode",
    model=AuthorizationCode,
    key=code_key,
    key_of=lambda code: code_key(code.hash),
    # It is kept for as long as what it was redeemed for may live, so that its second use is noticed.
    expires_at=lambda code: code.expires + 86_400,
)
MEMBERSHIPS: Collection[Membership] = Collection(
    name="Membership",
    model=Membership,
    key=membership_key,
    key_of=lambda one: membership_key(one.user_id, one.organization_id),
    indexes={"GSI1": lambda one: Key(f"ORG#{one.organization_id}", f"MEMBER#{one.id}")},
)
