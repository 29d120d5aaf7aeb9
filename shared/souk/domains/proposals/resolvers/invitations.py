"""Mutations of invitations."""

from souk.domains.proposals.commands import inviting
from souk.domains.proposals.inputs import AcceptInvitation, DeclineInvitation, InviteRequest
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.graph import Context, Scope


@domain.mutation("createClientJobInvitation", scopes=[Scope.INVITATIONS])
def create_client_job_invitation(ctx: Context, client_job_invitation_create_request: InviteRequest) -> str:
    """Invite a freelancer to apply, and return the invitation's id."""
    return inviting.invite(ctx, client_job_invitation_create_request).id


@domain.mutation("acceptJobInvitation", scopes=SCOPES)
def accept_job_invitation(ctx: Context, input: AcceptInvitation) -> Proposal:
    """Accept an invitation by applying."""
    return inviting.accept(ctx, input)


@domain.mutation("declineJobInvitation", scopes=SCOPES)
def decline_job_invitation(ctx: Context, input: DeclineInvitation) -> bool:
    """Decline an invitation."""
    inviting.decline(ctx, input)
    return True
