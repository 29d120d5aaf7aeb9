"""Stored feedback: one record for each ended contract, with the reviews of both sides."""

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


class Review(Model):
    """One side's review of the other. Scores are whole stars, 1 to 5, by their names in the input."""

    scores: dict[str, int]
    comment: str | None = None
    by_id: str
    """The author's user id."""
    created: str
    """ISO 8601, UTC."""
    modified: str

    @property
    def hundredths(self) -> int:
        """The mean of the scores in hundredths of a star, rounded half up."""
        number = len(self.scores)
        return (200 * sum(self.scores.values()) + number) // (2 * number)

    @property
    def score(self) -> float:
        """The mean of the scores in stars."""
        return self.hundredths / 100


class Feedback(Entity):
    """The reviews of both sides of a contract. It is created when the contract ends."""

    contract_id: str
    parties: Parties
    ended: str
    """The end of the contract."""
    until: str
    """The deadline for reviews. From then on they are shown."""
    client: Review | None = None
    """The client's review of the freelancer."""
    freelancer: Review | None = None
    """The freelancer's review of the client."""
    weight: int | None = None
    """The weight of the client's review in the freelancer's score: what the contract had earned when the reviews were
    shown, in minor units. None before, and in feedback that Souk 0.1.0 showed."""
    shown: str | None = None
    """The time since which both sides see the reviews, and their records count them."""

    def of(self, side: Side) -> Review | None:
        """Return the review of a side."""
        return self.client if side is Side.CLIENT else self.freelancer
