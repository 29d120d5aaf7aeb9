"""What is stored of feedback: one record for each contract that has ended, with the words of both sides."""

from souk.domains.agreements.model import Parties, Side
from souk.storage import Entity, Model


class FeedbackInfo(Model):
    """The contract's FeedbackInfoInput."""

    availability_score: int | None = None
    comment: str | None = None
    communication_score: int | None = None
    cooperation_score: int | None = None
    deadlines_score: int | None = None
    quality_score: int | None = None
    skills_score: int | None = None


class Words(Model):
    """What one side says of the other. Scores are whole stars, 1 to 5, by the names that the input has for them."""

    scores: dict[str, int]
    comment: str | None = None
    by_id: str
    """Who said it."""
    created: str
    """ISO 8601, UTC."""
    modified: str

    @property
    def hundredths(self) -> int:
        """The mean of the scores in hundredths of a star; a half counts as a whole one."""
        number = len(self.scores)
        return (200 * sum(self.scores.values()) + number) // (2 * number)

    @property
    def score(self) -> float:
        """The mean of the scores, for the field that the contract declares Float."""
        return self.hundredths / 100


class Feedback(Entity):
    """What both sides of a contract say of each other. It opens when the contract ends."""

    contract_id: str
    parties: Parties
    ended: str
    """When the contract ended."""
    until: str
    """Before this something can be said; from then on all of it is shown."""
    client: Words | None = None
    """The client's, of the freelancer."""
    freelancer: Words | None = None
    """The freelancer's, of the client."""
    shown: str | None = None
    """Since when both sides see it, and the records of both count it."""

    def of(self, side: Side) -> Words | None:
        """Return what a side has said."""
        return self.client if side is Side.CLIENT else self.freelancer
