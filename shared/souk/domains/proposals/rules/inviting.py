"""Mails about invitations, and their acceptance, with or without an offer that came first. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from souk.domains.offers.model import Offer, OfferState
from souk.domains.proposals.model import JobInvitation
from souk.domains.proposals.rules.states import Action
from souk.values.times import stamp

_MAILS_PER_WEEK: Final = 3
"""Mails about invitations from one company to one person."""


def may_mail(invitation: JobInvitation, earlier: Iterable[JobInvitation], now: datetime) -> bool:
    """Return whether to mail about an invitation. After three from the same company within a week, no mail is sent."""
    since = stamp(now - timedelta(days=7))
    recent = [one for one in earlier if one.client_company_id == invitation.client_company_id and one.created > since]
    return len(recent) < _MAILS_PER_WEEK


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
