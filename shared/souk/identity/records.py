"""What is stored of tokens, keys and memberships.

TOKEN#<sha-256>  TOKEN                 an access token
KEY#<id>         KEY                   an API key
USER#<id>        MEMBER#<organization> a person's membership of an organization
                 GSI1 ORG#<organization> / MEMBER#<its id>: an organization's people, as they joined
"""

from pydantic import Field

from souk.identity.principal import Role
from souk.storage import Collection, Entity, Key, new_id


class AccessToken(Entity):
    """An access token, by its hash."""

    hash: str
    key_id: str
    user_id: str
    scopes: tuple[str, ...]
    generation: int
    """That of its key when it was issued: a key whose scopes change begins a new one, and old tokens end."""
    expires: int
    """Seconds since 1970."""


class ApiKey(Entity):
    """An API key, which is a client in OAuth's words (RFC 6749, section 2)."""

    id: str
    name: str
    organization_id: str
    created_by: str
    secret_hashes: tuple[str, ...]
    """SHA-256 of the secrets that work; two of them for a day after a rotation."""
    scopes: tuple[str, ...]
    grants: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    active: bool = True
    generation: int = 1


class Membership(Entity):
    """A person's place in an organization."""

    id: str = Field(default_factory=new_id)
    user_id: str
    organization_id: str
    company_id: str
    role: Role
    operator: bool = False
    active: bool = True
    since: str = ""
    """ISO 8601, UTC."""


def token_key(token_hash: str) -> Key:
    """Return the key of an access token."""
    return Key(f"TOKEN#{token_hash}", "TOKEN")


def api_key_key(key_id: str) -> Key:
    """Return the key of an API key."""
    return Key(f"KEY#{key_id}", "KEY")


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
    name="ApiKey", model=ApiKey, key=api_key_key, key_of=lambda key: api_key_key(key.id)
)
MEMBERSHIPS: Collection[Membership] = Collection(
    name="Membership",
    model=Membership,
    key=membership_key,
    key_of=lambda one: membership_key(one.user_id, one.organization_id),
    indexes={"GSI1": lambda one: Key(f"ORG#{one.organization_id}", f"MEMBER#{one.id}")},
)
