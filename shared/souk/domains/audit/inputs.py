"""The reason that operators give for a change."""

from typing import Final

from souk.values import texts
from souk.values.problems import Problems

MAX_REASON: Final = 1_000
"""Characters."""


def reason_in(problems: Problems, text: str) -> str:
    """Return the `reason` of an input. It is a problem if it is empty or too long."""
    return texts.paragraphs(problems, "reason", text, 1, MAX_REASON)


def reason_of(text: str) -> str:
    """Return the argument `reason`. Raises Unprocessable if it is empty or too long."""
    problems = Problems("reason")
    reason = texts.paragraphs(problems, "", text, 1, MAX_REASON)
    problems.raise_if_any()
    return reason
