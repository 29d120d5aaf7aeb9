"""The language that is added to a profile. Pure.

The contract's input says the language up to three times and its level twice. They have to agree.
"""

from typing import Final

from souk.domains.reference import world
from souk.domains.talent.inputs import LanguageLevel, NewLanguage
from souk.domains.talent.model import English, SpokenLanguage
from souk.values.problems import Problems

_SHOWN: Final = 40
_LEVELS: Final = {str(rank): level for rank, level in enumerate(English, 1)} | {level.value: level for level in English}
"""By their codes: "1" to "4", or the names."""


def language(problems: Problems, request: NewLanguage) -> SpokenLanguage | None:
    """Return the language of a request; None if it has problems."""
    code = normalized(request.language.language.iso639_code)
    named = {"iso639Code": request.iso639_code, "language.id": request.language.id}
    for path, given in named.items():
        if given is not None and normalized(given) != code:
            problems.add(path, f"{given[:_SHOWN]!r} is not the language {code[:_SHOWN]!r} of language.language.")
    if code not in {one.iso639_code for one in world.languages()}:
        problems.add("language.language.iso639Code", "must be an ISO 639 code from `languages`.")
    level = _level(problems, request.language.proficiency_level)
    return SpokenLanguage(code=code, level=level) if level else None


def normalized(code: str) -> str:
    """Return a code as it is stored."""
    return code.strip().lower()


def _level(problems: Problems, given: LanguageLevel) -> English | None:
    level = _LEVELS.get(given.code.strip().upper())
    if level is None:
        problems.add("language.proficiencyLevel.code", f"must be 1 to {len(English)}, or one of {', '.join(English)}.")
    elif given.proficiency_title not in (None, level):
        problems.add("language.proficiencyLevel.proficiencyTitle", f"is not the level of the code, {level.value}.")
    return level
