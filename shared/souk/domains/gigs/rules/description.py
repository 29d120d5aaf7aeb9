"""The description of a gig, and the questions that it answers."""

from typing import Any, Final

from souk.domains.gigs.inputs import DescriptionInput
from souk.domains.gigs.model import Faq
from souk.domains.gigs.rules import editorjs
from souk.values import texts
from souk.values.problems import Problems

MAX_FAQ: Final = 30
MAX_QUESTION: Final = 300
"""Characters."""
MAX_ANSWER: Final = 2_000
"""Characters."""


def checked(wanted: DescriptionInput) -> dict[str, Any]:
    """Return what a description and its questions change of a gig.

    Raises Unprocessable that names what is wrong.
    """
    problems = Problems("input")
    description = editorjs.checked(problems, "description", wanted.description)
    faq: tuple[Faq, ...] = ()
    if len(wanted.faq) > MAX_FAQ:
        problems.add("faq", f"{MAX_FAQ} questions are the limit; these are {len(wanted.faq)}.")
    else:
        faq = tuple(
            Faq(
                question=texts.line(problems, f"faq.{at}.question", one.question, 1, MAX_QUESTION),
                answer=texts.paragraphs(problems, f"faq.{at}.answer", one.answer, 1, MAX_ANSWER),
            )
            for at, one in enumerate(wanted.faq)
        )
    problems.raise_if_any()
    return {"description": description, "faq": faq}
