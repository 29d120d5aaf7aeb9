"""Proposals as clients see and answer them."""

from souk.domains.proposals.model import Proposal
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.domains.proposals.store import PROPOSALS
from souk.graph import Context


@domain.query("clientProposal", scopes=SCOPES)
def client_proposal(ctx: Context, id: str) -> Proposal | None:  # noqa: A002 - the contract's name
    """Return a proposal to those who manage its job; None to all others."""
    found = ctx.load(PROPOSALS, id, consistent=True)
    return found if found and found.parties.client_is(ctx.principal) else None
