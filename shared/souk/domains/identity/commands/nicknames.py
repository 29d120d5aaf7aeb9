"""New nicknames."""

import re
import secrets
import unicodedata
from typing import Final

_SUFFIX: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_MAX_LENGTH: Final = 30
"""Characters before the suffix."""


def new_nickname(first_name: str, last_name: str) -> str:
    """Return a new nickname: the public part of the name, and a random suffix that makes it unique."""
    shown = f"{first_name} {last_name[:1]}"
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_LENGTH].strip("-")
    suffix = "".join(secrets.choice(_SUFFIX) for _ in range(6))
    return f"{words or 'member'}-{suffix}"
