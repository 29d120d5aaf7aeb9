"""The fields that a person and an organization have in common in their profiles. Pure."""

import re
from typing import Any, Final

from souk.values import addresses
from souk.values.problems import Problems

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SEPARATORS: Final = re.compile(r"[\s().\u00a0\u2010\u2011-]+")


def phone(problems: Problems, path: str, text: str | None) -> str | None:
    """Return a phone number as E.164 writes it, without separators; None if it is empty."""
    if text is None or not text.strip():
        return None
    number = _SEPARATORS.sub("", text)
    if not _E164.fullmatch(number):
        problems.add(path, "use the international form, with + and the country's code, such as +351 912 345 678.")
    return number


def website(problems: Problems, path: str, text: str | None) -> str | None:
    """Return the URL of a website in its normal form; None if it is empty."""
    if text is None or not text.strip():
        return None
    url = addresses.normalized(text.strip())
    if problem := addresses.problem(url):
        problems.add(path, problem)
    return url


def given(wanted: Any, *names: str) -> list[str]:
    """Return those of the fields that the input has, null or not. Fields that are left out stay unchanged."""
    return [name for name in names if name in wanted.model_fields_set]
