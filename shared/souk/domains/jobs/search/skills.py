"""The skills that a text of `skillExpression_eq` names."""

import re
from functools import lru_cache
from typing import Final

from souk.domains.jobs.search.index import skill_name
from souk.domains.reference.ontology import Ontology, ontology
from souk.values.errors import Unprocessable

MAX_WORDS: Final = 200
"""The most words of an expression that are searched one by one."""
_LONGEST_NAME: Final = 5
"""Words of a skill's name within a longer text."""
_OPERATOR: Final = re.compile(r"""(?<!\S)(?:AND|OR|NOT)(?!\S)|(?<!\S)[-+]+[\w"(]|["()*:]""")


def has_operators(expression: str) -> bool:
    """Return whether a text has operators of search expressions, such as `python AND NOT java`."""
    return _OPERATOR.search(expression) is not None


def named_in(expression: str) -> tuple[str, ...]:
    """Return the names of the skills of a text, in the form of `skill_name`.

    Between commas stands the name of one skill. Several words that are no skill of the ontology are not one name: any
    of them, or any words next to each other, can be a skill (`python machine learning`).

    Raises Unprocessable for too many of such words.
    """
    names: dict[str, None] = {}
    words = 0
    for part in expression.split(","):
        if name := skill_name(part):
            names[name] = None
        pieces = part.split()
        if len(pieces) > 1 and name not in _known_names(ontology()):
            words += len(pieces)
            names |= dict.fromkeys(_runs(pieces))
        if words > MAX_WORDS:
            raise Unprocessable(f"skillExpression_eq: separate skills by commas; at most {MAX_WORDS} words need none.")
    return tuple(names)


def _runs(pieces: list[str]) -> list[str]:
    """Return the names that words next to each other can be."""
    ends = range(1, _LONGEST_NAME + 1)
    runs = (skill_name(" ".join(pieces[start : start + size])) for start in range(len(pieces)) for size in ends)
    return [name for name in runs if name]


@lru_cache(1)
def _known_names(known: Ontology) -> frozenset[str]:
    return frozenset(
        skill_name(text) for skill in known.skills.values() for text in (skill.slug, skill.preferred_label)
    )
