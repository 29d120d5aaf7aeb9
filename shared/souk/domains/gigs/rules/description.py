"""The description and the FAQ of a gig."""

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


def checked(request: DescriptionInput) -> dict[str, Any]:
    """Return the changes of a gig by a request. Raises Unprocessable with all problems."""
    problems = Problems("input")
    description = editorjs.checked(problems, "description", request.description)
    faq: tuple[Faq, ...] = ()
    if len(request.faq) > MAX_FAQ:
        problems.add("faq", f"at most {MAX_FAQ} questions are allowed; these are {len(request.faq)}.")
    else:
        faq = tuple(
            Faq(
                question=texts.line(problems, f"faq.{at}.question", one.question, 1, MAX_QUESTION),
                answer=texts.paragraphs(problems, f"faq.{at}.answer", one.answer, 1, MAX_ANSWER),
            )
            for at, one in enumerate(request.faq)
        )
    problems.raise_if_any()
    return {"description": description, "faq": faq}
