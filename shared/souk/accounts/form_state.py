"""What a form carries from one step to the next, unreadable and unchangeable by whoever it is given to."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from souk.accounts.errors import Stale

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

LIFETIME = timedelta(minutes=10)
"""How long a step may take."""


class Sealer:
    """Seals the state of a login or of a change to an account into a hidden field, instead of storing it."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"souk sealed fields", hashlib.sha256)

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet  # noqa: PLC0415 - most requests seal nothing

        return Fernet(base64.urlsafe_b64encode(self._key))

    def seal(self, purpose: str, bound_to: str, content: Mapping[str, str], now: datetime) -> str:
        """Return the content sealed for one purpose and one browser, which `bound_to` stands for."""
        raw = orjson.dumps([purpose, _bond(bound_to), dict(content)])
        return self._fernet.encrypt_at_time(raw, int(now.timestamp())).decode()

    def open(self, purpose: str, bound_to: str, sealed: str, now: datetime) -> dict[str, str]:
        """Return what was sealed. Raises Stale unless it was for this purpose and browser, and is not too old."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

        try:
            raw = self._fernet.decrypt_at_time(
                sealed.encode(), ttl=int(LIFETIME.total_seconds()), current_time=int(now.timestamp())
            )
        except (InvalidToken, ValueError):
            raise Stale from None
        sealed_for, bond, content = orjson.loads(raw)
        if sealed_for != purpose or not hmac.compare_digest(bond, _bond(bound_to)):
            raise Stale
        opened: dict[str, str] = content
        return opened


def _bond(bound_to: str) -> str:
    return hashlib.sha256(bound_to.encode()).hexdigest()
