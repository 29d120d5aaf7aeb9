"""Access tokens: opaque to clients, kept as hashes, and checked with one read.

A token carries the ids under which its own record, its grant, its key and its membership are found, so that all
four are read in one BatchGetItem. They prove nothing by themselves: the record is found by the hash of the whole token.
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


class TokenParts(NamedTuple):
    """Where to look for what a token stands for."""

    key_id: str
    user_id: str
    organization_id: str
    """The organization that requests are made for when they do not name one."""
    grant_id: str


def mint(parts: TokenParts, secret: bytes | None = None) -> str:
    """Make a token, with a new random secret unless one is given."""
    raw = _SEPARATOR.join([*(part.encode() for part in parts), secret or secrets.token_bytes(_SECRET_BYTES)])
    return PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def parts_of(token: str) -> TokenParts:
    """Read where to look for a token.

    Raises InvalidToken for what cannot be a token of ours.
    """
    if not token.startswith(PREFIX) or len(token) > _MAX_LENGTH:
        raise InvalidToken(_INVALID)
    body = token.removeprefix(PREFIX)
    try:
        raw = base64.urlsafe_b64decode(body.encode("ascii") + b"=" * (-len(body) % 4))
        *parts, _secret = raw.split(_SEPARATOR, len(TokenParts._fields))
        return TokenParts._make(part.decode() for part in parts)
    except (TypeError, ValueError, binascii.Error):
        raise InvalidToken(_INVALID) from None


def digest(token: str) -> str:
    """Return what is stored of a token or secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
