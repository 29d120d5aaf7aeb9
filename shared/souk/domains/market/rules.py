"""The track record of a company as the market sees it: imported numbers plus those of this marketplace. Pure."""

from fractions import Fraction

from souk.domains.identity.model import Organization
from souk.domains.market.model import ClientRecord


def with_record(client: Organization, here: ClientRecord) -> Organization:
    """Return a company with the numbers of this marketplace added to its imported ones."""
    return client.model_copy(
        update={
            "total_hires": client.total_hires + here.hires,
            "total_spent": client.total_spent + here.spent,
            "feedback_count": client.feedback_count + here.reviews,
            "feedback_score": _mean(client, here),
        }
    )


def _mean(client: Organization, here: ClientRecord) -> float:
    """Return the mean of all review scores. Fractions avoid rounding errors before the contract's Float."""
    if not here.reviews:
        return client.feedback_score
    before = Fraction(str(client.feedback_score)) * client.feedback_count
    return float((before + Fraction(here.stars, 100)) / (client.feedback_count + here.reviews))
