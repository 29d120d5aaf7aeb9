"""E-mail addresses."""

import re
import unicodedata
from typing import Final

_MAX: Final = 254
"""Characters (RFC 5321, section 4.5.3.1.3, without the angle brackets)."""
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def email_address(text: str) -> str | None:
    """Return an e-mail address in lower case, as the directory stores it; None if the text is none."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    return address if len(address) <= _MAX and address.isprintable() and _EMAIL.fullmatch(address) else None
