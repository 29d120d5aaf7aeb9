"""What accepting an invitation leads to, with the offer that may have come before the answer. Pure."""

from collections.abc import Iterable
from datetime import datetime

from souk.domains.offers.model import Offer, OfferState
from souk.domains.proposals.rules.states import Action
from souk.values.times import stamp


def offer_that_counts(offers: Iterable[Offer], now: datetime) -> Offer | None:
    """Return the offer for a job that its freelancer can still answer, or else the latest that they have accepted."""
    given = sorted(offers, key=lambda one: int(one.id), reverse=True)
    still_open = (one for one in given if one.state is OfferState.ACTIVE and one.expires > stamp(now))
    accepted = (one for one in given if one.state is OfferState.COMMITTED)
    return next(still_open, None) or next(accepted, None)


def acceptance(offer: Offer | None) -> Action:
    """Return what accepting an invitation is: with no offer, with one that waits, or after one was accepted."""
    if offer is None:
        return Action.ACCEPT_INVITATION
    if offer.state is OfferState.COMMITTED:
        return Action.ACCEPT_INVITATION_HIRED
    return Action.ACCEPT_INVITATION_OFFERED
