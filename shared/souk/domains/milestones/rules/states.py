"""The states of a milestone: a table of actions, with their transitions, requirements and bookings. Pure.

Every action emits the event MILESTONE REFRESH, the only event of milestones. `docs/payments.md` shows this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.domains.milestones.model import MilestoneState
from souk.values.errors import Conflict

S = MilestoneState


class Actor(StrEnum):
    """The side that performs an action."""

    CLIENT = "the client"
    FREELANCER = "the freelancer"
    MARKETPLACE = "the marketplace"


class Action(StrEnum):
    """An action on a milestone. The value completes "Cannot ..." in error messages."""

    ADD_TO_OFFER = "add to an offer"
    ADD_TO_CONTRACT = "add to a contract"
    EDIT = "edit"
    REPRICE = "change the price"
    DELETE = "delete"
    ACCEPT_OFFER = "move to the contract"
    CANCEL_OFFER = "cancel with the offer"
    FUND = "fund"
    SUBMIT = "submit"
    REJECT = "reject"
    APPROVE = "approve"
    CLOSE_UNFUNDED = "close"
    CANCEL_BY_CLIENT = "cancel as the client"
    CANCEL_BY_FREELANCER = "cancel as the freelancer"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table."""

    actor: Actor
    since: frozenset[MilestoneState | None]
    """The states that allow the action. None stands for a new milestone."""
    to: MilestoneState | None
    """The new state; None for an unchanged state."""
    needs: str
    """Further requirements."""
    money: str = ""
    """The movement of money."""
    removes: bool = False
    """Whether the action deletes the milestone."""


PENDING: Final = frozenset({S.IN_OFFER, S.NOT_FUNDED})
"""The states before funding."""
FUNDED: Final = frozenset({S.ACTIVE, S.SUBMITTED, S.REJECTED})
"""The states with money in escrow."""
OPEN: Final = PENDING | FUNDED
_OFFER_OPEN: Final = "an open offer"
_CONTRACT_OPEN: Final = "a contract that has not ended"
_CONTRACT_ACTIVE: Final = "an active contract"

STEPS: Final[Mapping[Action, Step]] = {
    Action.ADD_TO_OFFER: Step(Actor.CLIENT, frozenset({None}), S.IN_OFFER, _OFFER_OPEN),
    Action.ADD_TO_CONTRACT: Step(Actor.CLIENT, frozenset({None}), S.NOT_FUNDED, _CONTRACT_ACTIVE),
    Action.EDIT: Step(Actor.CLIENT, OPEN, None, f"{_OFFER_OPEN}, or {_CONTRACT_OPEN}"),
    Action.REPRICE: Step(Actor.CLIENT, PENDING, None, f"{_OFFER_OPEN}, or {_CONTRACT_OPEN}"),
    Action.DELETE: Step(
        Actor.CLIENT, PENDING, None, f"{_OFFER_OPEN} with another milestone, or {_CONTRACT_OPEN}", removes=True
    ),
    Action.ACCEPT_OFFER: Step(Actor.FREELANCER, frozenset({S.IN_OFFER}), S.NOT_FUNDED, "its offer is accepted"),
    Action.CANCEL_OFFER: Step(
        Actor.MARKETPLACE, frozenset({S.IN_OFFER}), S.OFFER_CANCELLED, "its offer ends without a contract"
    ),
    Action.FUND: Step(
        Actor.CLIENT,
        frozenset({S.NOT_FUNDED}),
        S.ACTIVE,
        f"{_CONTRACT_ACTIVE}, and a payment",
        "the price to escrow, plus the client's fee",
    ),
    Action.SUBMIT: Step(
        Actor.FREELANCER,
        frozenset({S.ACTIVE, S.REJECTED}),
        S.SUBMITTED,
        "an active contract; at most the amount in escrow",
    ),
    Action.REJECT: Step(Actor.CLIENT, frozenset({S.SUBMITTED}), S.REJECTED, f"{_CONTRACT_OPEN}; revisions are left"),
    Action.APPROVE: Step(
        Actor.CLIENT,
        FUNDED,
        S.PAID,
        f"{_CONTRACT_OPEN}; a reason for less than the price; a payment for more",
        "escrow to the freelancer, the rest to the client; overpayment and bonus from the client",
    ),
    Action.CLOSE_UNFUNDED: Step(Actor.MARKETPLACE, frozenset({S.NOT_FUNDED}), S.NOT_FUNDED_CLOSED, "its contract ends"),
    Action.CANCEL_BY_CLIENT: Step(
        Actor.CLIENT,
        frozenset({S.ACTIVE, S.REJECTED}),
        S.CANCELLED_BY_CLIENT,
        "the client ends the contract, without unanswered work",
        "escrow and its fee to the client",
    ),
    Action.CANCEL_BY_FREELANCER: Step(
        Actor.FREELANCER,
        FUNDED,
        S.CANCELLED_BY_FREELANCER,
        "the freelancer ends the contract",
        "escrow and its fee to the client",
    ),
}


def move(action: Action, state: MilestoneState | None) -> MilestoneState:
    """Return the state after an action. Raises Conflict if the current state does not allow the action."""
    step = STEPS[action]
    if state not in step.since:
        allowed = " or ".join(sorted(one for one in step.since if one))
        raise Conflict(f"Cannot {action}: this milestone is {state} and must be {allowed}.")
    to = step.to or state
    if to is None:
        raise Conflict("This milestone does not exist.")
    return to
