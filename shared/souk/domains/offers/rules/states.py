"""The states of an offer: a table of actions, with their transitions and events. Pure.

Each action also moves the offer's proposal and milestones in the same transaction. `docs/offers.md` shows this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.domains.offers.model import Offer, OfferState
from souk.domains.proposals.rules.states import Action as ProposalAction
from souk.values.errors import Conflict

OFFER: Final = "OFFER"
"""The contract's entity name for an offer in events."""


class Actor(StrEnum):
    """The side that performs an action."""

    CLIENT = "the client"
    FREELANCER = "the freelancer"
    MARKETPLACE = "the marketplace"


class Action(StrEnum):
    """An action on an offer. The value completes "too late to ..." in error messages."""

    CREATE = "create"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table."""

    actor: Actor
    since: OfferState | None
    """The state that allows the action. None stands for a new offer."""
    to: OfferState
    event: str
    """The action of the event OFFER."""
    proposal: ProposalAction
    """The action on the linked proposal."""
    needs: str
    """Further requirements."""


STEPS: Final[Mapping[Action, Step]] = {
    Action.CREATE: Step(
        Actor.CLIENT,
        None,
        OfferState.ACTIVE,
        "CREATE",
        ProposalAction.OFFER,
        "a published posting, or none; no other open offer to this freelancer for it",
    ),
    Action.ACCEPT: Step(
        Actor.FREELANCER, OfferState.ACTIVE, OfferState.COMMITTED, "ACCEPTED", ProposalAction.HIRE, "it has not expired"
    ),
    Action.DECLINE: Step(
        Actor.FREELANCER,
        OfferState.ACTIVE,
        OfferState.DECLINED,
        "DECLINE",
        ProposalAction.DECLINE_OFFER,
        "it has not expired",
    ),
    Action.WITHDRAW: Step(
        Actor.CLIENT,
        OfferState.ACTIVE,
        OfferState.WITHDRAWN,
        "WITHDREW",
        ProposalAction.WITHDRAW_OFFER,
        "it has not expired",
    ),
    Action.EXPIRE: Step(
        Actor.MARKETPLACE,
        OfferState.ACTIVE,
        OfferState.EXPIRED,
        "EXPIRED",
        ProposalAction.EXPIRE_OFFER,
        "its deadline has passed",
    ),
    Action.CANCEL: Step(
        Actor.MARKETPLACE,
        OfferState.ACTIVE,
        OfferState.CANCELED,
        "CANCELLED",
        ProposalAction.EXPIRE_OFFER,
        "its posting was cancelled",
    ),
}


def state_at(offer: Offer, now: str) -> OfferState:
    """Return the state of an offer at a time. An open offer past its deadline counts as expired."""
    if offer.state is OfferState.ACTIVE and offer.expires <= now:
        return OfferState.EXPIRED
    return offer.state


def move(action: Action, offer: Offer, now: str) -> Step:
    """Return the step of an action. Raises Conflict if the offer's state does not allow it."""
    step = STEPS[action]
    state = offer.state if step.actor is Actor.MARKETPLACE else state_at(offer, now)
    if state is not step.since:
        raise Conflict(f"This offer is {state}; it is too late to {action} it.")
    return step
