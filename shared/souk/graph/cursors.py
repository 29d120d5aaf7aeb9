"""Page cursors: signed, and good only for the list, the filter and the organization they were made for.

A cursor says where a page ends. It is signed so that nobody can point it elsewhere, and `after: "0"` means the
beginning, as the contract says.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import orjson

from souk.values.errors import Unprocessable

BEGINNING = "0"
MAX_PAGE = 100
_SIGNATURE_BYTES = 16
_MAX_CURSOR = 2_000  # characters; ours are far shorter


class Cursors:
    """Makes and reads cursors. `secret` is asked once, when the first cursor is made or read."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._secret = secret
        self._key: bytes | None = None

    def encode(self, bound_to: Any, position: Any) -> str:
        """Return a cursor for a position (anything that JSON holds) in the list that `bound_to` names."""
        payload = orjson.dumps(position)
        return base64.urlsafe_b64encode(self._sign(bound_to, payload) + payload).decode().rstrip("=")

    def decode(self, bound_to: Any, cursor: str | None) -> Any:
        """Return the position of a cursor; None for the beginning.

        Raises Unprocessable for a cursor that was not made here for this very list.
        """
        if cursor is None or cursor == BEGINNING:
            return None
        refused = Unprocessable('This cursor does not belong to this list with these arguments; begin with after: "0".')
        if len(cursor) > _MAX_CURSOR:
            raise refused
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (binascii.Error, UnicodeEncodeError):
            raise refused from None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(bound_to, payload)):
            raise refused
        return orjson.loads(payload)

    def _sign(self, bound_to: Any, payload: bytes) -> bytes:
        if self._key is None:
            self._key = self._secret()
        binding = orjson.dumps(bound_to, option=orjson.OPT_SORT_KEYS)
        message = len(binding).to_bytes(4, "big") + binding + payload
        return hmac.digest(self._key, message, hashlib.sha256)[:_SIGNATURE_BYTES]


def page_size(first: int) -> int:
    """Check how many a page shall hold.

    Raises Unprocessable unless it is 1 to 100.
    """
    if not 1 <= first <= MAX_PAGE:
        raise Unprocessable(f"A page holds 1 to {MAX_PAGE} records; {first} were asked for.")
    return first
