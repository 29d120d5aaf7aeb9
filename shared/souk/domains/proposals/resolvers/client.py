"""Proposals as clients see and answer them."""

from typing import Any, TypeVar

from souk.domains.proposals.commands import reviewing
from souk.domains.proposals.inputs import (
    ClientRequest,
    DeclineRequest,
    HideRequest,
    MessageRequest,
    ShortlistRequest,
)
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.domains.proposals.store import PROPOSALS
from souk.graph import Context
from souk.values.errors import Unprocessable

Request = TypeVar("Request", bound=ClientRequest)


@domain.query("clientProposal", scopes=SCOPES)
def client_proposal(ctx: Context, id: str) -> Proposal | None:
    """Return a proposal to those who manage its job; None to all others."""
    found = ctx.load(PROPOSALS, id, consistent=True)
    return found if found and found.parties.client_is(ctx.principal) else None


@domain.mutation("declineClientProposal", scopes=SCOPES)
def decline_client_proposal(
    ctx: Context, client_proposal_decline_request: DeclineRequest | None = None
) -> dict[str, Any]:
    """Turn a proposal down."""
    return _done(reviewing.decline(ctx, _given(client_proposal_decline_request)))


@domain.mutation("messageClientProposal", scopes=SCOPES)
def message_client_proposal(
    ctx: Context, client_proposal_message_request: MessageRequest | None = None
) -> dict[str, Any]:
    """Write to the freelancer of a proposal."""
    return _done(reviewing.write(ctx, _given(client_proposal_message_request)))


@domain.mutation("hideClientProposal", scopes=SCOPES)
def hide_client_proposal(ctx: Context, client_proposal_hide_request: HideRequest) -> dict[str, Any]:
    """Hide a proposal, or show it again."""
    return _done(reviewing.hide(ctx, client_proposal_hide_request))


@domain.mutation("markClientProposalAsRead", scopes=SCOPES)
def mark_client_proposal_as_read(
    ctx: Context, client_proposal_read_request: ClientRequest | None = None
) -> dict[str, Any]:
    """Mark a proposal as read."""
    return _done(reviewing.read(ctx, _given(client_proposal_read_request)))


@domain.mutation("shortlistClientProposal", scopes=SCOPES)
def shortlist_client_proposal(
    ctx: Context, client_proposal_shortlist_request: ShortlistRequest | None = None
) -> dict[str, Any]:
    """Put a proposal on the shortlist, or take it off."""
    return _done(reviewing.shortlist(ctx, _given(client_proposal_shortlist_request)))


def _given(request: Request | None) -> Request:
    """Return a request, which the contract lets people leave out although it means nothing then."""
    if request is None:
        raise Unprocessable("This needs a request that says which proposal is meant.")
    return request


def _done(proposal: Proposal) -> dict[str, Any]:
    """Return UpdateClientProposalResult: changes happen at once."""
    return {"proposal": proposal, "status": "SUCCESS"}
