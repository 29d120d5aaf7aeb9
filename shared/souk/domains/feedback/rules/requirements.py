"""Checks of a review. Pure."""

from typing import Final

from souk.domains.feedback.model import FeedbackInfo, Review
from souk.values import texts
from souk.values.problems import Problems

MAX_COMMENT: Final = 5_000
"""Characters."""
MAX_STARS: Final = 5
SCORES: Final = (
    "availabilityScore",
    "communicationScore",
    "cooperationScore",
    "deadlinesScore",
    "qualityScore",
    "skillsScore",
)


def review_from(problems: Problems, path: str, info: FeedbackInfo, by_id: str, now: str) -> Review:
    """Return the review of a request. Problems are reported by their paths."""
    values = info.model_dump(by_alias=True, exclude_none=True)
    scores = {name: values[name] for name in SCORES if name in values}
    for name, stars in scores.items():
        if not 1 <= stars <= MAX_STARS:
            problems.add(f"{path}.{name}", f"give whole stars, 1 to {MAX_STARS}.")
    if not scores:
        problems.add(path, f"give at least one of the scores: {', '.join(SCORES)}.")
    comment = texts.optional_text(problems, f"{path}.comment", info.comment, MAX_COMMENT)
    return Review(scores=scores, comment=comment, by_id=by_id, created=now, modified=now)
