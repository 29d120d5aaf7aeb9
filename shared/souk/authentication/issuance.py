"""Issuing access tokens, and the refresh tokens that renew them.

A refresh token is good once. Its successor, and the access token that comes with it, are computed from it under a
secret of the deployment: so an answer that was lost on the way can be given again, while only hashes are stored.
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
"""How long an access token is good for (reference, "Flow and Supported Grants")."""
REFRESH_LIFETIME = timedelta(weeks=2)
"""How long a refresh token is good for after the last use (reference, the same)."""

_SECONDS = int(LIFETIME.total_seconds())
_NONCE_BYTES = 16
_SEPARATOR = b"\n"
_MAX_LENGTH = 512
_ATTEMPTS = 5


class Issued(NamedTuple):
    """The tokens of one answer. This is the one time they are seen."""

    access_token: str
    refresh_token: str | None
    expires_in: int
    """Seconds."""


class RefreshParts(NamedTuple):
    """What a genuine refresh token says of itself: whose it is, and its place in the sequence of its grant."""

    grant_id: str
    sequence: int
    nonce: bytes


class Place(Enum):
    """Where a genuine refresh token stands in the sequence of its grant."""

    NEWEST = auto()
    JUST_USED = auto()
    """It is the one that the newest was given for."""
    USED = auto()
    UNKNOWN = auto()
    """It is of no sequence that this grant has had."""


@dataclass(frozen=True, slots=True)
class RefreshTokens:
    """Makes and knows refresh tokens, by a secret of the deployment."""

    secret: bytes

    def first(self, grant_id: str) -> str:
        """Make the first refresh token of a grant."""
        return self._make(RefreshParts(grant_id, 1, secrets.token_bytes(_NONCE_BYTES)))

    def successor(self, parts: RefreshParts) -> str:
        """Return the refresh token that follows another; it is always the same."""
        return self._make(parts._replace(sequence=parts.sequence + 1))

    def read(self, token: str) -> RefreshParts | None:
        """Read a refresh token; None for everything that was not made here, letter by letter."""
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

    def place(self, parts: RefreshParts, grant: Grant) -> Place:
        """Say where a refresh token stands in the sequence of its grant."""
        newest = self._make(parts._replace(sequence=grant.sequence))
        if grant.refresh_hash is None or not hmac.compare_digest(digest(newest), grant.refresh_hash):
            return Place.UNKNOWN
        behind = grant.sequence - parts.sequence
        if behind < 0:
            return Place.UNKNOWN
        return {0: Place.NEWEST, 1: Place.JUST_USED}.get(behind, Place.USED)

    def access_secret(self, refresh_token: str) -> bytes:
        """Return the secret part of the access token that comes with a refresh token."""
        return hmac.digest(self.secret, b"access\n" + refresh_token.encode(), hashlib.sha256)

    def _make(self, parts: RefreshParts) -> str:
        head = f"{parts.grant_id}\n{parts.sequence}\n".encode() + parts.nonce
        mac = hmac.digest(self.secret, b"refresh\n" + head, hashlib.sha256)
        return PREFIX + base64.urlsafe_b64encode(head + mac).decode().rstrip("=")


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


def access_token_of(grant: Grant, secret: bytes | None = None) -> str:
    """Make an access token that says it follows from a grant, with a new random secret unless one is given."""
    return mint(TokenParts(grant.key_id, grant.user_id, grant.organization_id, grant.id), secret)


def issue_access_token(
    tx: Transaction,
    grant: Grant,
    now: datetime,
    secret: bytes | None = None,
    scopes: Iterable[str] | None = None,
) -> str:
    """Make an access token under a grant, to be good once the transaction is committed. Only its hash is stored.

    Without `scopes` it is for all that the grant is for; with them, for these.
    """
    token = access_token_of(grant, secret)
    access = AccessToken(
        hash=digest(token),
        grant_id=grant.id,
        key_id=grant.key_id,
        user_id=grant.user_id,
        scopes=grant.scopes if scopes is None else tuple(scopes),
        generation=grant.generation,
        expires=int((now + LIFETIME).timestamp()),
    )
    tx.create(TOKENS, access)
    return token


def issue(tx: Transaction, grant: Grant, now: datetime, refreshing: RefreshTokens | None = None) -> Issued:
    """Store a new grant and make its first tokens, with a refresh token where `refreshing` makes one."""
    if refreshing is None:
        tx.create(GRANTS, grant)
        return Issued(issue_access_token(tx, grant, now), None, _SECONDS)
    refresh_token = refreshing.first(grant.id)
    renewable = _renewed(grant, 1, refresh_token, now)
    tx.create(GRANTS, renewable)
    access_token = issue_access_token(tx, renewable, now, refreshing.access_secret(refresh_token))
    return Issued(access_token, refresh_token, _SECONDS)


def renew(
    tx: Transaction,
    grant: Grant,
    newest: RefreshParts,
    now: datetime,
    refreshing: RefreshTokens,
    *,
    scopes: Iterable[str] | None = None,
) -> Issued:
    """Use the newest refresh token of a grant, which is then the one before the newest.

    `scopes` are those of the access token where they are fewer; the grant keeps its own (RFC 6749, section 6).
    """
    refresh_token = refreshing.successor(newest)
    renewed = _renewed(grant, newest.sequence + 1, refresh_token, now)
    tx.update(GRANTS, renewed)
    access_token = issue_access_token(tx, renewed, now, refreshing.access_secret(refresh_token), scopes)
    return Issued(access_token, refresh_token, _SECONDS)


def end_grant(table: Table, grant_id: str) -> None:
    """Revoke what somebody let a key do, and so all tokens that follow from it.

    Raises Conflict where others keep changing it.
    """
    for _ in range(_ATTEMPTS):
        grant = table.get(GRANTS, grant_id, consistent=True)
        if grant is None or grant.revoked:
            return
        tx = table.transaction()
        tx.update(GRANTS, grant.model_copy(update={"revoked": True}))
        try:
            tx.commit()
        except Conflict:
            continue  # a refresh token was used at this moment: there is a newer version to revoke
        return
    raise Conflict("Others are changing the same grant at this moment; try again.")


def _renewed(grant: Grant, sequence: int, refresh_token: str, now: datetime) -> Grant:
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
    """Make an access token for a person through a key, under a grant of its own."""
    return issue(tx, make_grant(key, user_id, organization_id, now, scopes), now).access_token
