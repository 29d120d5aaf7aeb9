"""Checks and normalizes plain text: titles, tags, names, questions. Souk never treats it as HTML."""

import re
import unicodedata
from typing import Final

from souk.values.problems import Problems

# Control characters, including line breaks, lone surrogates, and bidirectional controls.
_NOT_IN_LINES: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
_NOT_IN_TEXTS: Final = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
MAX_MESSAGE: Final = 5_000
"""Characters of a message from one person to another."""
_SPACES: Final = re.compile(r"\s+")


def line(problems: Problems, path: str, text: str, least: int, most: int) -> str:
    """Return a single-line text as it is stored: in NFC, with single spaces and trimmed.

    The limits apply to the stored text.
    """
    stored = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if wrong := _problem(stored, _NOT_IN_LINES, least, most):
        problems.add(path, wrong)
    return stored


def paragraphs(problems: Problems, path: str, text: str, least: int, most: int) -> str:
    """Return a text of several lines as it is stored: in NFC and trimmed."""
    stored = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")).strip()
    if wrong := _problem(stored, _NOT_IN_TEXTS, least, most):
        problems.add(path, wrong)
    return stored


def optional_text(problems: Problems, path: str, text: str | None, most: int = MAX_MESSAGE) -> str | None:
    """Return an optional text of several lines as it is stored; None if it is missing or empty."""
    return (paragraphs(problems, path, text, 0, most) or None) if text is not None else None


def _problem(stored: str, forbidden: re.Pattern[str], least: int, most: int) -> str | None:
    if forbidden.search(stored):
        return "the text contains control characters."
    if stored and not any(character.isprintable() and not character.isspace() for character in stored):
        return "the text is empty."
    if not least <= len(stored) <= most:
        return f"must have {least} to {most} characters; it has {len(stored)}."
    return None
