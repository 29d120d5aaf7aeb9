"""Proposals as their freelancers see and change them."""

from souk.domains.proposals.model import Proposal
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.domains.proposals.store import PROPOSALS
from souk.graph import Context


@domain.query("vendorProposal", scopes=SCOPES)
def vendor_proposal(ctx: Context, id: str) -> Proposal | None:  # noqa: A002 - the contract's name
    """Return a proposal to its freelancer, and to who leads their agency; None to all others."""
    found = ctx.load(PROPOSALS, id, consistent=True)
    return found if found and found.parties.vendor_is(ctx.principal) else None
