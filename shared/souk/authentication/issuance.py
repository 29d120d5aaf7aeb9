"""Issuing access and refresh tokens.

A refresh token is used once. Its successor, and the access token that is issued with it, are derived from it with a
secret of the deployment. So a lost response can be repeated, although only hashes are stored.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from souk.authentication.records import GRANTS, TOKENS, AccessToken, ApiKey, Grant
from souk.authentication.tokens import PREFIX, TokenParts, digest, mint
from souk.storage import Table, Transaction
from souk.values.errors import Conflict

LIFETIME = timedelta(hours=24)
"""How long an access token is valid (reference, "Flow and Supported Grants")."""
REFRESH_LIFETIME = timedelta(weeks=2)
"""How long a refresh token is valid after the last use (same section of the reference)."""

_SECONDS = int(LIFETIME.total_seconds())
_NONCE_BYTES = 16
_SEPARATOR = b"\n"
_MAX_LENGTH = 512


class IssuedTokens(NamedTuple):
    """The tokens of a token response, in clear text. Only their hashes are stored."""

    access_token: str
    refresh_token: str | None
    expires_in: int
    """Seconds."""


class RefreshParts(NamedTuple):
    """The content of a refresh token that this deployment issued."""

    grant_id: str
    sequence: int
    nonce: bytes


class RefreshStatus(Enum):
    """The status of a refresh token in the rotation of its grant."""

    CURRENT = auto()
    PREVIOUS = auto()
    """The one that the current token replaced."""
    REPLACED = auto()
    UNKNOWN = auto()
    """Never issued under this grant."""


@dataclass(frozen=True, slots=True)
class RefreshTokens:
    """Issues and verifies refresh tokens, with a secret of the deployment."""

    secret: bytes

    def first(self, grant_id: str) -> str:
        """Return the first refresh token of a grant."""
        return self._make(RefreshParts(grant_id, 1, secrets.token_bytes(_NONCE_BYTES)))

    def successor(self, parts: RefreshParts) -> str:
        """Return the refresh token that replaces another. It is always the same."""
        return self._make(parts._replace(sequence=parts.sequence + 1))

    def read(self, token: str) -> RefreshParts | None:
        """Return the content of a refresh token; None if this deployment did not issue it."""
        if len(token) > _MAX_LENGTH or not token.isascii():
            return None
        body = token.removeprefix(PREFIX)
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            grant_id, sequence, tail = raw.split(_SEPARATOR, 2)
            parts = RefreshParts(grant_id.decode(), int(sequence), tail[:_NONCE_BYTES])
        except ValueError:
            return None
        return parts if hmac.compare_digest(self._make(parts), token) else None

    def status(self, parts: RefreshParts, grant: Grant) -> RefreshStatus:
        """Return the status of a refresh token in the rotation of its grant."""
        current = self._make(parts._replace(sequence=grant.sequence))
        if grant.refresh_hash is None or not hmac.compare_digest(digest(current), grant.refresh_hash):
            return RefreshStatus.UNKNOWN
        age = grant.sequence - parts.sequence
        if age < 0:
            return RefreshStatus.UNKNOWN
        return {0: RefreshStatus.CURRENT, 1: RefreshStatus.PREVIOUS}.get(age, RefreshStatus.REPLACED)

    def access_secret(self, refresh_token: str) -> bytes:
        """Return the secret part of the access token that is issued with a refresh token."""
        return hmac.digest(self.secret, b"access\n" + refresh_token.encode(), hashlib.sha256)

    def _make(self, parts: RefreshParts) -> str:
        head = f"{parts.grant_id}\n{parts.sequence}\n".encode() + parts.nonce
        mac = hmac.digest(self.secret, b"refresh\n" + head, hashlib.sha256)
        return PREFIX + base64.urlsafe_b64encode(head + mac).decode().rstrip("=")


def make_grant(
    key: ApiKey, user_id: str, organization_id: str, now: datetime, scopes: Iterable[str] | None = None
) -> Grant:
    """Return a person's grant to an API key, not stored yet. Without `scopes` it has all scopes of the key."""
    return Grant(
        key_id=key.id,
        user_id=user_id,
        organization_id=organization_id,
        scopes=key.scopes if scopes is None else tuple(scopes),
        generation=key.generation,
        created=int(now.timestamp()),
        rotated=int(now.timestamp()),
        expires=int((now + LIFETIME).timestamp()),
    )


def new_access_token(grant: Grant, secret: bytes | None = None) -> str:
    """Return an access token for a grant, with a random secret unless one is given."""
    return mint(TokenParts(grant.key_id, grant.user_id, grant.organization_id, grant.id), secret)


def issue_access_token(
    tx: Transaction,
    grant: Grant,
    now: datetime,
    secret: bytes | None = None,
    scopes: Iterable[str] | None = None,
    *,
    expires: int | None = None,
) -> str:
    """Issue an access token under a grant. It is valid after the commit; only its hash is stored.

    Without `scopes` it has all scopes of the grant. `expires` is in seconds since 1970, by default after `LIFETIME`.
    """
    token = new_access_token(grant, secret)
    access = AccessToken(
        hash=digest(token),
        grant_id=grant.id,
        key_id=grant.key_id,
        user_id=grant.user_id,
        scopes=grant.scopes if scopes is None else tuple(scopes),
        generation=grant.generation,
        expires=int((now + LIFETIME).timestamp()) if expires is None else expires,
    )
    tx.create(TOKENS, access)
    return token


def issue(tx: Transaction, grant: Grant, now: datetime, refresh_tokens: RefreshTokens | None = None) -> IssuedTokens:
    """Store a new grant and issue its first tokens, with a refresh token if `refresh_tokens` is given."""
    if refresh_tokens is None:
        tx.create(GRANTS, grant)
        return IssuedTokens(issue_access_token(tx, grant, now), None, _SECONDS)
    refresh_token = refresh_tokens.first(grant.id)
    refreshable = _rotated(grant, 1, refresh_token, now)
    tx.create(GRANTS, refreshable)
    access_token = issue_access_token(tx, refreshable, now, refresh_tokens.access_secret(refresh_token))
    return IssuedTokens(access_token, refresh_token, _SECONDS)


def refresh(
    tx: Transaction,
    grant: Grant,
    current: RefreshParts,
    now: datetime,
    refresh_tokens: RefreshTokens,
    *,
    scopes: Iterable[str] | None = None,
) -> IssuedTokens:
    """Replace the current refresh token of a grant.

    `scopes` limits the scopes of the access token; those of the grant do not change (RFC 6749, section 6).
    """
    refresh_token = refresh_tokens.successor(current)
    rotated = _rotated(grant, current.sequence + 1, refresh_token, now)
    tx.update(GRANTS, rotated)
    access_token = issue_access_token(tx, rotated, now, refresh_tokens.access_secret(refresh_token), scopes)
    return IssuedTokens(access_token, refresh_token, _SECONDS)


def revoke_grant(table: Table, grant_id: str) -> None:
    """Revoke a grant and all its tokens.

    Raises Conflict if concurrent requests keep changing it.
    """

    def revoke(tx: Transaction) -> None:
        """Revoke the newest version: each use of a refresh token makes another."""
        grant = table.get(GRANTS, grant_id, consistent=True)
        if grant is not None and not grant.revoked:
            tx.update(GRANTS, grant.model_copy(update={"revoked": True}))

    refused = Conflict("The grant is being changed by other requests. Please try again.")
    table.retry_until_committed(revoke, refused)


def _rotated(grant: Grant, sequence: int, refresh_token: str, now: datetime) -> Grant:
    return grant.model_copy(
        update={
            "sequence": sequence,
            "refresh_hash": digest(refresh_token),
            "rotated": int(now.timestamp()),
            "expires": int((now + REFRESH_LIFETIME).timestamp()),
        }
    )


def issue_token(
    tx: Transaction,
    key: ApiKey,
    user_id: str,
    organization_id: str,
    now: datetime,
    *,
    scopes: Iterable[str] | None = None,
) -> str:
    """Issue an access token for a person and an API key, under a new grant."""
    return issue(tx, make_grant(key, user_id, organization_id, now, scopes), now).access_token
