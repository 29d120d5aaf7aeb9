"""Mails about invitations, and their acceptance, with or without an offer that came first. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from souk.domains.offers.model import Offer, OfferState
from souk.domains.proposals.model import JobInvitation
from souk.domains.proposals.rules.states import Action
from souk.values.times import stamp

MAIL_PERIOD: Final = timedelta(days=7)
_MAILS: Final = 3
"""Mails about invitations from one company to one person in a period."""


def may_mail(recent: Collection[JobInvitation]) -> bool:
    """Return whether to mail about an invitation. `recent` are the company's earlier ones to the person."""
    return len(recent) < _MAILS


def current_offer(offers: Iterable[Offer], now: datetime) -> Offer | None:
    """Return the offer that the freelancer can still answer, else the latest accepted offer, else None."""
    newest_first = sorted(offers, key=lambda one: int(one.id), reverse=True)
    still_open = (one for one in newest_first if one.state is OfferState.ACTIVE and one.expires > stamp(now))
    accepted = (one for one in newest_first if one.state is OfferState.COMMITTED)
    return next(still_open, None) or next(accepted, None)


def acceptance_action(offer: Offer | None) -> Action:
    """Return the action for accepting an invitation: without an offer, with an open one, or with an accepted one."""
    if offer is None:
        return Action.ACCEPT_INVITATION
    if offer.state is OfferState.COMMITTED:
        return Action.ACCEPT_INVITATION_HIRED
    return Action.ACCEPT_INVITATION_OFFERED
