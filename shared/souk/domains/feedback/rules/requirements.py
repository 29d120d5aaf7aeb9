"""What one side can say of the other. Pure."""

from typing import Final

from souk.domains.feedback.model import FeedbackInfo, Words
from souk.values.problems import Problems
from souk.values.texts import optional_text

MAX_COMMENT: Final = 5_000
"""Characters."""
BEST: Final = 5
SCORES: Final = (
    "availabilityScore",
    "communicationScore",
    "cooperationScore",
    "deadlinesScore",
    "qualityScore",
    "skillsScore",
)


def words_of(problems: Problems, path: str, info: FeedbackInfo, by_id: str, now: str) -> Words:
    """Return what somebody says, as it is stored. What breaks a rule is noted by its path."""
    given = info.model_dump(by_alias=True, exclude_none=True)
    scores = {name: given[name] for name in SCORES if name in given}
    for name, stars in scores.items():
        if not 1 <= stars <= BEST:
            problems.add(f"{path}.{name}", f"whole stars, 1 to {BEST}.")
    if not scores:
        problems.add(path, f"at least one of the scores: {', '.join(SCORES)}.")
    comment = optional_text(problems, f"{path}.comment", info.comment, MAX_COMMENT)
    return Words(scores=scores, comment=comment, by_id=by_id, created=now, modified=now)
