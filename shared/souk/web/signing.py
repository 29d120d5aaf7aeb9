"""Signed values: what a client is given to bring back, such as the place in a list or the address of a page."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import orjson

_SIGNATURE_BYTES = 16
_MAX_TOKEN = 2_000  # characters; ours are far shorter


class BadSignature(Exception):
    """A token that was not made here, or not for this use."""


class Signer:
    """Signs JSON values. `secret` is asked once, when the first value is signed or verified."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._secret = secret
        self._key: bytes | None = None

    def sign(self, bound_to: Any, value: Any) -> str:
        """Return a token of a value, good only with the same `bound_to`. Both are anything that JSON holds.

        The value can be read by everybody.
        """
        payload = orjson.dumps(value)
        return base64.urlsafe_b64encode(self._signature(bound_to, payload) + payload).decode().rstrip("=")

    def verify(self, bound_to: Any, token: str) -> Any:
        """Return the value of a token. Raises BadSignature unless it was signed here with the same `bound_to`."""
        if len(token) > _MAX_TOKEN:
            raise BadSignature
        try:
            raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (binascii.Error, UnicodeEncodeError):
            raise BadSignature from None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(bound_to, payload)):
            raise BadSignature
        return orjson.loads(payload)

    def _signature(self, bound_to: Any, payload: bytes) -> bytes:
        if self._key is None:
            self._key = self._secret()
        binding = orjson.dumps(bound_to, option=orjson.OPT_SORT_KEYS)
        message = len(binding).to_bytes(4, "big") + binding + payload
        return hmac.digest(self._key, message, hashlib.sha256)[:_SIGNATURE_BYTES]
