"""Feedback in the graph."""

from typing import Any

from souk.domains.agreements.model import Side
from souk.domains.feedback import commands
from souk.domains.feedback.inputs import ContractFeedback
from souk.domains.feedback.model import Feedback, Words
from souk.domains.feedback.rules.states import readable
from souk.domains.feedback.store import REVEAL, WRITES
from souk.graph import Context, Domain, Scope
from souk.values.times import stamp

domain = Domain("feedback", function="contracts", writes=WRITES, joins=("market",))
domain.due(REVEAL)(commands.reveal)


@domain.mutation("submitContractFeedback", scopes=[Scope.CONTRACTS])
def submit_contract_feedback(ctx: Context, input: ContractFeedback) -> Feedback:
    """Say what one's side thinks of the other."""
    return commands.submit(ctx, input)


@domain.mutation("updateContractFeedback", scopes=[Scope.CONTRACTS])
def update_contract_feedback(ctx: Context, input: ContractFeedback) -> Feedback:
    """Say something else in its place."""
    return commands.update(ctx, input)


@domain.mutation("deleteContractFeedback", scopes=[Scope.CONTRACTS])
def delete_contract_feedback(ctx: Context, contract_id: str) -> bool:
    """Take it back."""
    commands.delete(ctx, contract_id)
    return True


@domain.field("Feedback.clientFeedback")
def client_feedback(source: Feedback, ctx: Context) -> dict[str, Any] | None:
    """Return what the client says of the freelancer. Nothing sets the freelancer's answer to it."""
    return _shown(source, Side.CLIENT, ctx)


@domain.field("Feedback.freelancerFeedback")
def freelancer_feedback(source: Feedback, ctx: Context) -> dict[str, Any] | None:
    """Return what the freelancer says of the client. Nothing sets the client's answer, nor the `recommendScore`."""
    return _shown(source, Side.FREELANCER, ctx)


def _shown(feedback: Feedback, by: Side, ctx: Context) -> dict[str, Any] | None:
    words: Words | None = readable(feedback, by, feedback.parties.side_of(ctx.principal), stamp(ctx.now))
    return {"score": words.score, "comment": words.comment} if words else None
