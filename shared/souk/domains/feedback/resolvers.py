"""The resolvers of feedback."""

from typing import Any

from souk.domains.agreements.model import Side
from souk.domains.feedback import commands
from souk.domains.feedback.inputs import ContractFeedback
from souk.domains.feedback.model import Feedback, Review
from souk.domains.feedback.rules.states import readable
from souk.domains.feedback.store import REVEAL
from souk.graph import Context, Domain, Scope
from souk.values.times import stamp

domain = Domain("feedback", function="contracts", joins=("market",))
domain.due(REVEAL)(commands.reveal)


@domain.mutation("submitContractFeedback", scopes=[Scope.CONTRACTS])
def submit_contract_feedback(ctx: Context, input: ContractFeedback) -> Feedback:
    """Submit the review of the caller's side."""
    return commands.submit(ctx, input)


@domain.mutation("updateContractFeedback", scopes=[Scope.CONTRACTS])
def update_contract_feedback(ctx: Context, input: ContractFeedback) -> Feedback:
    """Replace the review of the caller's side."""
    return commands.update(ctx, input)


@domain.mutation("deleteContractFeedback", scopes=[Scope.CONTRACTS])
def delete_contract_feedback(ctx: Context, contract_id: str) -> bool:
    """Delete the review of the caller's side."""
    commands.delete(ctx, contract_id)
    return True


@domain.field("Feedback.clientFeedback")
def client_feedback(source: Feedback, ctx: Context) -> dict[str, Any] | None:
    """Return the client's review of the freelancer. Nothing sets the freelancer's response."""
    return _visible_review(source, Side.CLIENT, ctx)


@domain.field("Feedback.freelancerFeedback")
def freelancer_feedback(source: Feedback, ctx: Context) -> dict[str, Any] | None:
    """Return the freelancer's review of the client. Nothing sets the client's response or the `recommendScore`."""
    return _visible_review(source, Side.FREELANCER, ctx)


def _visible_review(feedback: Feedback, by: Side, ctx: Context) -> dict[str, Any] | None:
    review: Review | None = readable(feedback, by, feedback.parties.side_of(ctx.principal), stamp(ctx.now))
    return {"score": review.score, "comment": review.comment} if review else None
