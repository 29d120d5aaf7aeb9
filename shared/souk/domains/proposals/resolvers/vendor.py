"""Proposals as their freelancers see and change them."""

from typing import Any

from souk.domains.proposals.commands import applying, archiving, bids
from souk.domains.proposals.inputs import CreateProposal, UpdateProposal, WithdrawProposal
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.domains.proposals.store import PROPOSALS
from souk.graph import Context


@domain.query("vendorProposal", scopes=SCOPES)
def vendor_proposal(ctx: Context, id: str) -> Proposal | None:
    """Return a proposal to its freelancer, and to who leads their agency; None to all others."""
    found = ctx.load(PROPOSALS, id, consistent=True)
    return found if found and found.parties.vendor_is(ctx.principal) else None


@domain.mutation("createJobProposal", scopes=SCOPES)
def create_job_proposal(ctx: Context, input: CreateProposal) -> dict[str, Any]:
    """Apply to a job."""
    made = applying.create(ctx, input)
    return {"newProposalId": made.id, "status": made.vendor_status, "proposal": made}


@domain.mutation("updateJobProposal", scopes=SCOPES)
def update_job_proposal(ctx: Context, input: UpdateProposal) -> Proposal:
    """Change a proposal."""
    return applying.update(ctx, input)


@domain.mutation("withdrawJobProposal", scopes=SCOPES)
def withdraw_job_proposal(ctx: Context, input: WithdrawProposal) -> Proposal:
    """Take a proposal back."""
    return applying.withdraw(ctx, input)


domain.due("proposals.archive")(archiving.archive)
domain.due(bids.RANGE)(bids.look_through)
