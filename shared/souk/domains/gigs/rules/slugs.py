"""The slugs of gigs: readable and unique. A slug is never reused for another gig."""

from collections.abc import Iterator
from typing import Final

from souk.values.slugs import slug_of

MAX_FORMER: Final = 20
"""The limit of former slugs. A gig at the limit keeps its slug when its title changes."""

_ID_PART: Final = 8
_NUMBERED: Final = (2, 3)
_DEFAULT: Final = "gig"


def base(title: str, default: str = _DEFAULT) -> str:
    """Return a title as ASCII words separated by hyphens; `default` if it has none."""
    return slug_of(title, default)


def candidates(title: str, gig_id: str, default: str = _DEFAULT) -> Iterator[str]:
    """Yield the possible slugs of a gig, best first. The last one contains its id, so it is always free."""
    best = base(title, default)
    yield best
    for number in _NUMBERED:
        yield f"{best}-{number}"
    yield f"{best}-{gig_id[:_ID_PART]}"
    yield f"{best}-{gig_id}"
