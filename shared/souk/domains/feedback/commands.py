"""Submitting, changing, deleting and showing feedback.

Both sides write the same record. A side that loses a race retries with the new record: the other side's change only
affects when both reviews are shown.
"""

from collections.abc import Callable
from datetime import datetime

from souk.domains.agreements.model import Side
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.contracts.store import contract_by_id
from souk.domains.feedback.inputs import ContractFeedback
from souk.domains.feedback.model import Feedback, Review
from souk.domains.feedback.rules import states
from souk.domains.feedback.rules.requirements import review_from
from souk.domains.feedback.rules.states import Action
from souk.domains.feedback.store import change_feedback, feedback_of
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp


def submit(ctx: Context, request: ContractFeedback) -> Feedback:
    """Submit the review of the caller's side."""
    side = _side(ctx, request.contract_id)
    review = _review(ctx, request)
    return _change(ctx, request.contract_id, Action.SUBMIT, lambda one: states.submitted(one, side, review))


def update(ctx: Context, request: ContractFeedback) -> Feedback:
    """Replace the review of the caller's side."""
    side = _side(ctx, request.contract_id)
    review = _review(ctx, request)
    return _change(ctx, request.contract_id, Action.UPDATE, lambda one: states.updated(one, side, review))


def delete(ctx: Context, contract_id: str) -> None:
    """Delete the review of the caller's side."""
    side = _side(ctx, contract_id)
    _change(ctx, contract_id, Action.DELETE, lambda one: states.deleted(one, side, stamp(ctx.now)))


def reveal(table: Table, contract_id: str, now: datetime) -> None:
    """Show the reviews when two weeks have passed, and count them in the records of both sides."""
    feedback = feedback_of(table, contract_id)
    if feedback is None:
        return
    shown = states.revealed(feedback, stamp(now))
    if shown is feedback:
        return
    tx = table.transaction()
    change_feedback(tx, feedback, shown, Action.REVEAL)
    tx.commit()


def _change(ctx: Context, contract_id: str, action: Action, decide: Callable[[Feedback], Feedback]) -> Feedback:
    def change(tx: Transaction) -> Feedback:
        feedback = feedback_of(ctx.table, contract_id)
        if feedback is None:
            raise Conflict("Feedback can be given after a contract has ended, or in the request that ends it.")
        return change_feedback(tx, feedback, decide(feedback), action)

    return ctx.table.retry_until_committed(
        change, refused=Conflict("The other side is giving feedback right now; try again.")
    )


def _side(ctx: Context, contract_id: str) -> Side:
    """Return the caller's side. Raises NotFound for strangers, Forbidden for members who may not give feedback."""
    contract = contract_by_id(ctx.table, contract_id)
    side = contract.parties.side_of(ctx.principal) if contract else None
    if contract is None or side is None:
        raise NotFound("This contract does not exist, or you cannot see it.")
    if side is Side.CLIENT:
        require_client_lead(contract.parties, ctx.principal)
    else:
        require_vendor(contract.parties, ctx.principal)
    return side


def _review(ctx: Context, request: ContractFeedback) -> Review:
    problems = Problems("input")
    review = review_from(problems, "feedback", request.feedback, ctx.principal.user_id, stamp(ctx.now))
    problems.raise_if_any()
    return review
