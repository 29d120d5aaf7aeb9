"""Issuing access tokens, and the refresh tokens that renew them.

A refresh token is good once. Its successor, and the access token that comes with it, are computed from it under a
secret of the deployment: so an answer that was lost on the way can be given again, while only hashes are stored.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from souk.identity.records import GRANTS, TOKENS, AccessToken, ApiKey, Grant
from souk.identity.tokens import PREFIX, TokenParts, digest, mint
from souk.storage import Transaction

LIFETIME = timedelta(hours=24)
"""How long an access token is good for (reference, "Flow and Supported Grants")."""
REFRESH_LIFETIME = timedelta(weeks=2)
"""How long a refresh token is good for after the last use (reference, the same)."""

_NONCE_BYTES, _MAC_BYTES = 16, 32
_SEPARATOR = b"\n"
_MAX_LENGTH = 512


class Issued(NamedTuple):
    """The tokens of one answer. This is the one time they are seen."""

    access_token: str
    refresh_token: str | None
    expires_in: int
    """Seconds."""


class RefreshParts(NamedTuple):
    """What a refresh token says of itself; it proves nothing before `RefreshTokens.genuine`."""

    grant_id: str
    sequence: int
    nonce: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class RefreshTokens:
    """Makes and knows refresh tokens, by a secret of the deployment."""

    secret: bytes

    def first(self, grant_id: str) -> str:
        """Make the first refresh token of a grant."""
        return self._make(grant_id, 1, secrets.token_bytes(_NONCE_BYTES))

    def successor(self, parts: RefreshParts, sequence: int | None = None) -> str:
        """Return the refresh token that follows a genuine one, or the one at another place of the same sequence."""
        return self._make(parts.grant_id, sequence or parts.sequence + 1, parts.nonce)

    def genuine(self, parts: RefreshParts) -> bool:
        """Say whether these are the parts of a token that was made here."""
        return hmac.compare_digest(parts.mac, self._mac(parts.grant_id, parts.sequence, parts.nonce))

    def access_secret(self, refresh_token: str) -> bytes:
        """Return the secret part of the access token that comes with a refresh token."""
        return hmac.digest(self.secret, b"access\n" + refresh_token.encode(), hashlib.sha256)

    def _make(self, grant_id: str, sequence: int, nonce: bytes) -> str:
        head = [grant_id.encode(), str(sequence).encode()]
        raw = _SEPARATOR.join([*head, nonce + self._mac(grant_id, sequence, nonce)])
        return PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def _mac(self, grant_id: str, sequence: int, nonce: bytes) -> bytes:
        return hmac.digest(self.secret, f"refresh\n{grant_id}\n{sequence}\n".encode() + nonce, hashlib.sha256)


def refresh_parts(token: str) -> RefreshParts | None:
    """Read what a refresh token says of itself; None for what cannot be one of ours."""
    if not token.startswith(PREFIX) or len(token) > _MAX_LENGTH:
        return None
    body = token.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(body.encode("ascii") + b"=" * (-len(body) % 4), altchars=b"-_", validate=True)
        grant_id, sequence, tail = raw.split(_SEPARATOR, 2)
        if len(tail) != _NONCE_BYTES + _MAC_BYTES or not sequence.isdigit():
            return None
        return RefreshParts(grant_id.decode(), int(sequence), tail[:_NONCE_BYTES], tail[_NONCE_BYTES:])
    except (ValueError, binascii.Error):
        return None


def make_grant(
    key: ApiKey, user_id: str, organization_id: str, now: datetime, scopes: Iterable[str] | None = None
) -> Grant:
    """Return what a person lets a key do, not yet stored. Without `scopes` it is all that the key may."""
    return Grant(
        key_id=key.id,
        user_id=user_id,
        organization_id=organization_id,
        scopes=key.scopes if scopes is None else tuple(scopes),
        generation=key.generation,
        rotated=int(now.timestamp()),
        expires=int((now + LIFETIME).timestamp()),
    )


def issue_access_token(tx: Transaction, grant: Grant, now: datetime, secret: bytes | None = None) -> str:
    """Make an access token under a grant, to be good once the transaction is committed. Only its hash is stored."""
    token = mint(TokenParts(grant.key_id, grant.user_id, grant.organization_id, grant.id), secret)
    access = AccessToken(
        hash=digest(token),
        grant_id=grant.id,
        key_id=grant.key_id,
        user_id=grant.user_id,
        scopes=grant.scopes,
        generation=grant.generation,
        expires=int((now + LIFETIME).timestamp()),
    )
    tx.create(TOKENS, access)
    return token


def issue(tx: Transaction, grant: Grant, now: datetime, refreshing: RefreshTokens | None = None) -> Issued:
    """Store a new grant and make its first tokens, with a refresh token where `refreshing` makes one."""
    lifetime = int(LIFETIME.total_seconds())
    if refreshing is None:
        tx.create(GRANTS, grant)
        return Issued(issue_access_token(tx, grant, now), None, lifetime)
    refresh_token = refreshing.first(grant.id)
    renewable = grant.model_copy(
        update={
            "sequence": 1,
            "refresh_hash": digest(refresh_token),
            "expires": int((now + REFRESH_LIFETIME).timestamp()),
        }
    )
    tx.create(GRANTS, renewable)
    access_token = issue_access_token(tx, renewable, now, refreshing.access_secret(refresh_token))
    return Issued(access_token, refresh_token, lifetime)


def issue_token(
    tx: Transaction,
    key: ApiKey,
    user_id: str,
    organization_id: str,
    now: datetime,
    *,
    scopes: Iterable[str] | None = None,
) -> str:
    """Make an access token for a person through a key, under a grant of its own."""
    return issue(tx, make_grant(key, user_id, organization_id, now, scopes), now).access_token
