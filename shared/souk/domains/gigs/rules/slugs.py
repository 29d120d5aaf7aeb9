"""The slugs of gigs: readable and unique. A slug is never reused for another gig."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MAX_FORMER: Final = 20
"""The limit of former slugs. A gig at the limit keeps its slug when its title changes."""

_MAX_BASE: Final = 60
_ID_PART: Final = 8
_NUMBERED: Final = (2, 3)
_DEFAULT: Final = "gig"
# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")


def base(title: str, default: str = _DEFAULT) -> str:
    """Return a title as ASCII words separated by hyphens; `default` if it has none."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_LETTERS).replace("'", "").replace("\u2019", ""))
    words = _SEPARATORS.sub("-", "".join(one for one in plain if not unicodedata.combining(one))).strip("-")
    if len(words) > _MAX_BASE:
        words = words[: _MAX_BASE + 1].rpartition("-")[0] or words[:_MAX_BASE]
    return words or default


def candidates(title: str, gig_id: str, default: str = _DEFAULT) -> Iterator[str]:
    """Yield the possible slugs of a gig, best first. The last one contains its id, so it is always free."""
    best = base(title, default)
    yield best
    for number in _NUMBERED:
        yield f"{best}-{number}"
    yield f"{best}-{gig_id[:_ID_PART]}"
    yield f"{best}-{gig_id}"
