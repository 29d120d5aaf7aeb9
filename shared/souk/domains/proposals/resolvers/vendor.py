"""Queries and mutations of the freelancer's side."""

from typing import Any

from souk.domains.proposals.commands import applying, archiving, bids
from souk.domains.proposals.inputs import CreateProposal, UpdateProposal, WithdrawProposal
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.domains.proposals.store import PROPOSALS
from souk.graph import Context


@domain.query("vendorProposal", scopes=SCOPES)
def vendor_proposal(ctx: Context, id: str) -> Proposal | None:
    """Return a proposal for its freelancer and for managers of their agency; None for anyone else."""
    found = ctx.load(PROPOSALS, id, consistent=True)
    return found if found and found.parties.vendor_is(ctx.principal) else None


@domain.mutation("createJobProposal", scopes=SCOPES)
def create_job_proposal(ctx: Context, input: CreateProposal) -> dict[str, Any]:
    """Apply to a job."""
    proposal = applying.create(ctx, input)
    return {"newProposalId": proposal.id, "status": proposal.vendor_status, "proposal": proposal}


@domain.mutation("updateJobProposal", scopes=SCOPES)
def update_job_proposal(ctx: Context, input: UpdateProposal) -> Proposal:
    """Update a proposal."""
    return applying.update(ctx, input)


@domain.mutation("withdrawJobProposal", scopes=SCOPES)
def withdraw_job_proposal(ctx: Context, input: WithdrawProposal) -> Proposal:
    """Withdraw a proposal."""
    return applying.withdraw(ctx, input)


domain.due(archiving.ARCHIVE)(archiving.archive)
domain.due(bids.BID_RANGE)(bids.update_bid_range)
