"""A company's record as the market sees it: what it brought along plus what it has done here. Pure."""

from fractions import Fraction

from souk.domains.identity.model import Organization
from souk.domains.market.model import ClientRecord


def with_record(client: Organization, here: ClientRecord) -> Organization:
    """Return a company with the record that the market sees."""
    return client.model_copy(
        update={
            "total_hires": client.total_hires + here.hires,
            "total_spent": client.total_spent + here.spent,
            "feedback_count": client.feedback_count + here.reviews,
            "feedback_score": _mean(client, here),
        }
    )


def _mean(client: Organization, here: ClientRecord) -> float:
    """Return the mean of all reviews: exact, until it becomes the Float that the contract has."""
    if not here.reviews:
        return client.feedback_score
    before = Fraction(str(client.feedback_score)) * client.feedback_count
    return float((before + Fraction(here.stars, 100)) / (client.feedback_count + here.reviews))
