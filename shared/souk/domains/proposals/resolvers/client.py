"""Queries and mutations of the client's side."""

from typing import Any, TypeVar

from souk.domains.proposals.commands import reviewing
from souk.domains.proposals.inputs import (
    ClientRequest,
    DeclineRequest,
    HideRequest,
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
    """Return a proposal for a caller who acts for its client; None for anyone else."""
    found = ctx.load(PROPOSALS, id, consistent=True)
    return found if found and found.parties.client_is(ctx.principal) else None


@domain.mutation("declineClientProposal", scopes=SCOPES)
def decline_client_proposal(
    ctx: Context, client_proposal_decline_request: DeclineRequest | None = None
) -> dict[str, Any]:
    """Decline a proposal."""
    return _result(reviewing.decline(ctx, _required(client_proposal_decline_request)))


@domain.mutation("hideClientProposal", scopes=SCOPES)
def hide_client_proposal(ctx: Context, client_proposal_hide_request: HideRequest) -> dict[str, Any]:
    """Hide a proposal, or show it again."""
    return _result(reviewing.hide(ctx, client_proposal_hide_request))


@domain.mutation("markClientProposalAsRead", scopes=SCOPES)
def mark_client_proposal_as_read(
    ctx: Context, client_proposal_read_request: ClientRequest | None = None
) -> dict[str, Any]:
    """Mark a proposal as read."""
    return _result(reviewing.read(ctx, _required(client_proposal_read_request)))


@domain.mutation("shortlistClientProposal", scopes=SCOPES)
def shortlist_client_proposal(
    ctx: Context, client_proposal_shortlist_request: ShortlistRequest | None = None
) -> dict[str, Any]:
    """Add a proposal to the shortlist, or remove it."""
    return _result(reviewing.shortlist(ctx, _required(client_proposal_shortlist_request)))


def _required(request: Request | None) -> Request:
    """Return a request. The contract declares it as optional, but the mutation needs it."""
    if request is None:
        raise Unprocessable("The request argument is required: it names the proposal.")
    return request


def _result(proposal: Proposal) -> dict[str, Any]:
    """Return UpdateClientProposalResult. Changes are immediate, so the status is always SUCCESS."""
    return {"proposal": proposal, "status": "SUCCESS"}
