"""The names of gigs in addresses: readable, unique, and never another gig's again."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MAX_FORMER: Final = 20
"""How many former slugs a gig keeps; one that has so many keeps its slug when its title changes."""

_MAX_BASE: Final = 60
_ID_PART: Final = 8
_NUMBERED: Final = (2, 3)
_NAMELESS: Final = "gig"
# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


def base(title: str, otherwise: str = _NAMELESS) -> str:
    """Return a title as ASCII words with hyphens between them; `otherwise` where it has no such word."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_LETTERS).replace("'", "").replace("\u2019", ""))
    words = _BETWEEN.sub("-", "".join(one for one in plain if not unicodedata.combining(one))).strip("-")
    if len(words) > _MAX_BASE:
        words = words[: _MAX_BASE + 1].rpartition("-")[0] or words[:_MAX_BASE]
    return words or otherwise


def candidates(title: str, gig_id: str, otherwise: str = _NAMELESS) -> Iterator[str]:
    """Yield the slugs that a gig may have, the best first: the last holds its id, so no other gig comes to it."""
    best = base(title, otherwise)
    yield best
    for number in _NUMBERED:
        yield f"{best}-{number}"
    yield f"{best}-{gig_id[:_ID_PART]}"
    yield f"{best}-{gig_id}"
