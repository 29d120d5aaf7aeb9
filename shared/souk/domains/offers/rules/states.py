"""The life of an offer, as a table. Pure.

`docs/offers.md` draws it from this table. Each step also moves the offer's proposal and its milestones, in the same
transaction: `proposal` and `milestones` say how.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.domains.offers.model import Offer, OfferState
from souk.domains.proposals.rules.states import Action as OfProposal
from souk.values.errors import Conflict

OFFER: Final = "OFFER"
"""The contract's word for an offer in events."""


class Actor(StrEnum):
    """Who takes a step."""

    CLIENT = "the client"
    FREELANCER = "the freelancer"
    MARKETPLACE = "the marketplace"


class Action(StrEnum):
    """What is done with an offer."""

    CREATE = "make"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "let expire"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    actor: Actor
    since: OfferState | None
    """None: there is no offer yet."""
    to: OfferState
    event: str
    """The action of the contract's entity OFFER that subscribers are told."""
    proposal: OfProposal
    """What it does to the proposal that the offer was made upon."""
    needs: str
    """What must hold besides."""


STEPS: Final[Mapping[Action, Step]] = {
    Action.CREATE: Step(
        Actor.CLIENT,
        None,
        OfferState.ACTIVE,
        "CREATE",
        OfProposal.OFFER,
        "a published posting, or none; no other open offer to this freelancer for it",
    ),
    Action.ACCEPT: Step(
        Actor.FREELANCER, OfferState.ACTIVE, OfferState.COMMITTED, "ACCEPTED", OfProposal.HIRE, "it has not expired"
    ),
    Action.DECLINE: Step(
        Actor.FREELANCER,
        OfferState.ACTIVE,
        OfferState.DECLINED,
        "DECLINE",
        OfProposal.DECLINE_OFFER,
        "it has not expired",
    ),
    Action.WITHDRAW: Step(
        Actor.CLIENT,
        OfferState.ACTIVE,
        OfferState.WITHDRAWN,
        "WITHDREW",
        OfProposal.WITHDRAW_OFFER,
        "it has not expired",
    ),
    Action.EXPIRE: Step(
        Actor.MARKETPLACE, OfferState.ACTIVE, OfferState.EXPIRED, "EXPIRED", OfProposal.EXPIRE_OFFER, "its time is over"
    ),
    Action.CANCEL: Step(
        Actor.MARKETPLACE,
        OfferState.ACTIVE,
        OfferState.CANCELED,
        "CANCELLED",
        OfProposal.EXPIRE_OFFER,
        "its posting was called off",
    ),
}


def state_at(offer: Offer, now: str) -> OfferState:
    """Return where an offer stands at a time: one whose time is over has expired, whether or not it was noted yet."""
    if offer.state is OfferState.ACTIVE and offer.expires <= now:
        return OfferState.EXPIRED
    return offer.state


def move(action: Action, offer: Offer, now: str) -> Step:
    """Return the step that an action takes from where an offer stands.

    Raises Conflict where it is too late for that.
    """
    step = STEPS[action]
    state = offer.state if step.actor is Actor.MARKETPLACE else state_at(offer, now)
    if state is not step.since:
        raise Conflict(f"This offer is {state}; it is too late to {action} it.")
    return step
