"""Plain text that people write: titles, tags, names, questions. What is shown of it is never read as HTML by Souk."""

import re
import unicodedata
from typing import Final

from souk.values.problems import Problems

# Control characters, line breaks among them, lone surrogates, and the marks that turn the direction of a whole line.
_NOT_IN_LINES: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
_NOT_IN_TEXTS: Final = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
MAX_SAID: Final = 5_000
"""Characters of what people write to each other."""
_SPACES: Final = re.compile(r"\s+")


def line(problems: Problems, path: str, text: str, least: int, most: int) -> str:
    """Return a text of one line as it is stored: composed, with single spaces and none at its ends.

    Characters are counted as it is stored.
    """
    stored = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if wrong := _problem(stored, _NOT_IN_LINES, least, most):
        problems.add(path, wrong)
    return stored


def paragraphs(problems: Problems, path: str, text: str, least: int, most: int) -> str:
    """Return a text that may have several lines, as it is stored."""
    stored = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")).strip()
    if wrong := _problem(stored, _NOT_IN_TEXTS, least, most):
        problems.add(path, wrong)
    return stored


def said(problems: Problems, path: str, text: str | None, most: int = MAX_SAID) -> str | None:
    """Return a text that may be left out, as it is stored; None where nothing is said."""
    return (paragraphs(problems, path, text, 0, most) or None) if text is not None else None


def _problem(stored: str, forbidden: re.Pattern[str], least: int, most: int) -> str | None:
    if forbidden.search(stored):
        return "this text holds control characters."
    if stored and not any(one.isprintable() and not one.isspace() for one in stored):
        return "there is nothing to be seen in this text."
    if not least <= len(stored) <= most:
        return f"{least} to {most} characters; these are {len(stored)}."
    return None
