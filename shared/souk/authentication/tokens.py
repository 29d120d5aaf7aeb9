"""Access tokens: opaque to clients, stored as hashes, and verified with one read.

A token contains the ids of its grant, key, user and organization, so that its record, grant, key and membership are
read in one BatchGetItem. The ids authenticate nothing: the record is found by the hash of the whole token.
"""

import base64
import binascii
import hashlib
import secrets
from typing import NamedTuple

from souk.values.errors import InvalidToken

PREFIX = "oauth2v2_"
_SEPARATOR = b"\n"
_SECRET_BYTES = 24
_MAX_LENGTH = 512
_INVALID = "This access token is not valid."


_EXPLORER = "explorer."


class TokenParts(NamedTuple):
    """The ids in a token."""

    key_id: str
    user_id: str
    organization_id: str
    """The organization of requests without a tenant header."""
    grant_id: str


def mint(parts: TokenParts, secret: bytes | None = None) -> str:
    """Return a token, with a random secret unless one is given."""
    raw = _SEPARATOR.join([*(part.encode() for part in parts), secret or secrets.token_bytes(_SECRET_BYTES)])
    return PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def parse_token(token: str) -> TokenParts:
    """Return the ids in a token. Raises InvalidToken if it is malformed."""
    if not token.startswith(PREFIX) or len(token) > _MAX_LENGTH:
        raise InvalidToken(_INVALID)
    body = token.removeprefix(PREFIX)
    try:
        raw = base64.urlsafe_b64decode(body.encode("ascii") + b"=" * (-len(body) % 4))
        *parts, _secret = raw.split(_SEPARATOR, len(TokenParts._fields))
        return TokenParts._make(part.decode() for part in parts)
    except (TypeError, ValueError, binascii.Error):
        raise InvalidToken(_INVALID) from None


def explorer_grant_id(session_hash: str, id_: str) -> str:
    """Return the id of a grant of the API explorer, which ends with a session (`souk.authentication.explorer`)."""
    return f"{_EXPLORER}{session_hash}.{id_}"


def session_of(grant_id: str) -> str | None:
    """Return the hash of the session that a grant ends with; None if it is not one of the API explorer."""
    session_hash, _, _ = grant_id.removeprefix(_EXPLORER).partition(".")
    return session_hash if grant_id.startswith(_EXPLORER) else None


def digest(token: str) -> str:
    """Return the hash under which a token or secret is stored: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
