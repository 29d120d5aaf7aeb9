"""Readable parts of web addresses. Pure."""

import re
import unicodedata
from typing import Final

_MOST: Final = 60
# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")


def slug_of(text: str, default: str) -> str:
    """Return a text as at most 60 characters of ASCII words, separated by hyphens; `default` if it has none."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS).replace("'", "").replace("\u2019", ""))
    words = _SEPARATORS.sub("-", "".join(one for one in plain if not unicodedata.combining(one))).strip("-")
    if len(words) > _MOST:
        words = words[: _MOST + 1].rpartition("-")[0] or words[:_MOST]
    return words or default
