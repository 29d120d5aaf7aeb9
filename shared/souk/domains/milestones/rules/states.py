"""The life of a milestone, as a table. Pure.

Each step says who takes it, from which states, where it leads and what it moves on the books. Subscribers are told of
every one of them with the contract's one word for it, MILESTONE REFRESH. docs/payments.md draws this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.domains.milestones.model import MilestoneState
from souk.values.errors import Conflict

S = MilestoneState


class Actor(StrEnum):
    """Who takes a step."""

    CLIENT = "the client"
    FREELANCER = "the freelancer"
    MARKETPLACE = "the marketplace"


class Action(StrEnum):
    """What is done to a milestone."""

    ADD_TO_OFFER = "be added to an offer"
    ADD_TO_CONTRACT = "be added to a contract"
    EDIT = "be changed"
    REPRICE = "be given another price"
    DELETE = "be deleted"
    ACCEPT_OFFER = "be taken into a contract"
    CALL_OFF_OFFER = "be called off with its offer"
    FUND = "be funded"
    SUBMIT = "be submitted"
    REJECT = "be sent back"
    APPROVE = "be approved"
    CLOSE_UNFUNDED = "be closed"
    CANCEL_BY_CLIENT = "be cancelled by the client"
    CANCEL_BY_FREELANCER = "be cancelled by the freelancer"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    actor: Actor
    since: frozenset[MilestoneState | None]
    """From where it can be taken; None: there is no milestone yet."""
    to: MilestoneState | None
    """Where it leads; None: it stays where it is."""
    needs: str
    """What must hold besides."""
    money: str = ""
    """What it moves on the books."""
    removes: bool = False
    """Whether there is no milestone afterwards."""


PENDING: Final = frozenset({S.IN_OFFER, S.NOT_FUNDED})
"""Those that nothing was paid for yet."""
FUNDED: Final = frozenset({S.ACTIVE, S.SUBMITTED, S.REJECTED})
"""Those whose price lies in escrow."""
OPEN: Final = PENDING | FUNDED
_OFFER_OPEN: Final = "an offer that can be answered"
_CONTRACT_OPEN: Final = "a contract that has not ended"
_CONTRACT_ACTIVE: Final = "an active contract"

STEPS: Final[Mapping[Action, Step]] = {
    Action.ADD_TO_OFFER: Step(Actor.CLIENT, frozenset({None}), S.IN_OFFER, _OFFER_OPEN),
    Action.ADD_TO_CONTRACT: Step(Actor.CLIENT, frozenset({None}), S.NOT_FUNDED, _CONTRACT_ACTIVE),
    Action.EDIT: Step(Actor.CLIENT, OPEN, None, f"{_OFFER_OPEN}, or {_CONTRACT_OPEN}"),
    Action.REPRICE: Step(Actor.CLIENT, PENDING, None, f"{_OFFER_OPEN}, or {_CONTRACT_OPEN}"),
    Action.DELETE: Step(
        Actor.CLIENT, PENDING, None, f"{_OFFER_OPEN} and keeps another, or {_CONTRACT_OPEN}", removes=True
    ),
    Action.ACCEPT_OFFER: Step(Actor.FREELANCER, frozenset({S.IN_OFFER}), S.NOT_FUNDED, "its offer is accepted"),
    Action.CALL_OFF_OFFER: Step(
        Actor.MARKETPLACE, frozenset({S.IN_OFFER}), S.OFFER_CANCELLED, "its offer ends without a contract"
    ),
    Action.FUND: Step(
        Actor.CLIENT,
        frozenset({S.NOT_FUNDED}),
        S.ACTIVE,
        f"{_CONTRACT_ACTIVE}, and the money",
        "the price to escrow, the client's fee on top",
    ),
    Action.SUBMIT: Step(
        Actor.FREELANCER,
        frozenset({S.ACTIVE, S.REJECTED}),
        S.SUBMITTED,
        "an active contract, at most what is in escrow",
    ),
    Action.REJECT: Step(
        Actor.CLIENT, frozenset({S.SUBMITTED}), S.REJECTED, f"{_CONTRACT_OPEN}, and revisions that are left"
    ),
    Action.APPROVE: Step(
        Actor.CLIENT,
        FUNDED,
        S.PAID,
        f"{_CONTRACT_OPEN}; a reason to pay less than the price; the money to pay more",
        "escrow to the freelancer, the rest of it to the client; beyond the price and a bonus from the client",
    ),
    Action.CLOSE_UNFUNDED: Step(Actor.MARKETPLACE, frozenset({S.NOT_FUNDED}), S.NOT_FUNDED_CLOSED, "its contract ends"),
    Action.CANCEL_BY_CLIENT: Step(
        Actor.CLIENT,
        frozenset({S.ACTIVE, S.REJECTED}),
        S.CANCELLED_BY_CLIENT,
        "the client ends the contract, with no submitted work unanswered",
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
    """Return where an action leads from a state. Raises Conflict where it cannot be taken from there."""
    step = STEPS[action]
    if state not in step.since:
        allowed = ", ".join(sorted(one for one in step.since if one))
        raise Conflict(f"This milestone is {state} and cannot {action}; that takes one that is {allowed}.")
    to = step.to or state
    if to is None:
        raise Conflict("There is no such milestone.")
    return to
