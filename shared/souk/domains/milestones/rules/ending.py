"""Changes of milestones when their offer is answered or their contract ends. Pure."""

from collections.abc import Iterable
from datetime import datetime

from souk.domains.agreements.model import Side
from souk.domains.ledger.rules.fees import returned
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.rules.states import FUNDED, OPEN, Action, move
from souk.values.errors import Conflict
from souk.values.times import stamp


def accepted(milestone: Milestone, contract_id: str, now: datetime) -> Milestone:
    """Return a milestone of an accepted offer."""
    state = move(Action.ACCEPT_OFFER, milestone.state)
    return milestone.model_copy(update={"state": state, "contract_id": contract_id, "modified": stamp(now)})


def cancelled(milestone: Milestone, now: datetime) -> Milestone:
    """Return a milestone of an offer that ended without a contract."""
    state = move(Action.CANCEL_OFFER, milestone.state)
    return milestone.model_copy(update={"state": state, "modified": stamp(now)})


def closed(milestone: Milestone, by: Side, now: datetime) -> Milestone:
    """Return an open milestone of a contract that one side ends. Its escrow is empty.

    Raises Conflict if the client has not answered submitted work yet, or a payment for it is not settled.
    """
    if milestone.payment_id is not None:
        raise Conflict("A milestone of this contract is being paid right now. Try again in a few minutes.")
    if milestone.state is MilestoneState.SUBMITTED and by is Side.CLIENT:
        raise Conflict("A milestone has submitted work. Approve or reject it, then end the contract.")
    if milestone.state not in FUNDED:
        action = Action.CLOSE_UNFUNDED
    else:
        action = Action.CANCEL_BY_CLIENT if by is Side.CLIENT else Action.CANCEL_BY_FREELANCER
    state = move(action, milestone.state)
    return milestone.model_copy(update={"state": state, "escrow": 0, "charged_fee": 0, "modified": stamp(now)})


def refund_of(milestones: Iterable[Milestone], rate: int) -> tuple[int, int]:
    """Return the amount in escrow for unpaid milestones, and the fee to refund with it."""
    amount = fee = 0
    for milestone in milestones:
        amount += milestone.escrow
        fee += returned(milestone.charged_fee, 0, rate)
    return amount, fee


def open_milestones(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Return the milestones that are not paid, closed or cancelled."""
    return [one for one in milestones if one.state in OPEN]
