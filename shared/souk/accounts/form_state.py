"""State that a form carries from one step to the next, encrypted and authenticated."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from souk.accounts.errors import StaleForm

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

LIFETIME = timedelta(minutes=10)
"""How long a form is valid."""

CARRIED = "carried"
"""The purpose of a form that goes on after the person has confirmed their log-in again."""


class FormState:
    """Encrypts the state of a login or an account change into a hidden field, so that it need not be stored."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"souk sealed fields", hashlib.sha256)

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet  # noqa: PLC0415 - most requests do not need it

        return Fernet(base64.urlsafe_b64encode(self._key))

    def encrypt(self, purpose: str, bound_to: str, content: Mapping[str, str], now: datetime) -> str:
        """Return the content encrypted for one purpose and one browser, which `bound_to` identifies."""
        raw = orjson.dumps([purpose, _binding(bound_to), dict(content)])
        return self._fernet.encrypt_at_time(raw, int(now.timestamp())).decode()

    def decrypt(self, purpose: str, bound_to: str, encrypted: str, now: datetime) -> dict[str, str]:
        """Return the decrypted content. Raises StaleForm if it has expired, or is for another purpose or browser."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

        try:
            raw = self._fernet.decrypt_at_time(
                encrypted.encode(), ttl=int(LIFETIME.total_seconds()), current_time=int(now.timestamp())
            )
        except (InvalidToken, ValueError):
            raise StaleForm from None
        encrypted_for, binding, content = orjson.loads(raw)
        if encrypted_for != purpose or not hmac.compare_digest(binding, _binding(bound_to)):
            raise StaleForm
        decrypted: dict[str, str] = content
        return decrypted


def _binding(bound_to: str) -> str:
    return hashlib.sha256(bound_to.encode()).hexdigest()
