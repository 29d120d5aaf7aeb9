"""Queries and mutations of invitations."""

from typing import Final

from souk.domains.identity.store import USERS
from souk.domains.jobs.rules.states import PUBLIC
from souk.domains.jobs.rules.visibility import is_hidden
from souk.domains.jobs.store import JOBS
from souk.domains.proposals import lists, views
from souk.domains.proposals.commands import inviting
from souk.domains.proposals.inputs import AcceptInvitation, DeclineInvitation, InviteRequest
from souk.domains.proposals.lists import InvitationFilter
from souk.domains.proposals.model import JobInvitation, Proposal
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.domains.proposals.store import INVITATIONS, PROPOSALS
from souk.graph import Context, Scope
from souk.graph.lists import Connection, Pagination

_READ: Final = (*SCOPES, Scope.INVITATIONS)


@domain.query("vendorJobInvitation", scopes=_READ)
def vendor_job_invitation(ctx: Context, id: str) -> JobInvitation | None:
    """Return an invitation for the invited freelancer; None for anyone else."""
    found = ctx.load(INVITATIONS, id, consistent=True)
    return found if found and found.user_id == ctx.principal.user_id else None


@domain.query("vendorJobInvitations", scopes=_READ)
def vendor_job_invitations(
    ctx: Context, filter: InvitationFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of the caller's invitations."""
    return lists.vendor_invitations(ctx, filter or InvitationFilter(), pagination)


@domain.query("clientJobInvitation", scopes=_READ)
def client_job_invitation(ctx: Context, id: str) -> JobInvitation | None:
    """Return an invitation for a caller who acts for its client; None for anyone else."""
    found = ctx.load(INVITATIONS, id, consistent=True)
    return found if found and ctx.principal.acts_in(*found.client) else None


@domain.query("clientJobInvitations", scopes=_READ)
def client_job_invitations(
    ctx: Context,
    job_posting_id: str,
    filter: InvitationFilter | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of the invitations to a posting. Raises NotFound as `clientProposals` does."""
    job = lists.managed_job(ctx, job_posting_id)
    return lists.client_invitations(ctx, job, filter or InvitationFilter(), pagination)


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


for _type in ("VendorJobInvitation", "ClientJobInvitation"):
    domain.field(f"{_type}.invitationLetter")(lambda source, ctx: source.letter)
    domain.field(f"{_type}.status")(lambda source, ctx: source.state)
    domain.field(f"{_type}.reason")(lambda source, ctx: views.reason_of(source.note))
    domain.field(f"{_type}.message")(lambda source, ctx: source.note and source.note.message)
    domain.field(f"{_type}.createdDateTime")(lambda source, ctx: source.created)
    domain.field(f"{_type}.modifiedDateTime")(lambda source, ctx: source.modified)
    domain.link(f"{_type}.inviter", to=USERS, by="inviter_id")

domain.link(
    "VendorJobInvitation.marketplaceJobPosting",
    to=JOBS,
    by="job_id",
    visible=lambda job, ctx: job.status in PUBLIC and not is_hidden(job, ctx.principal),
)
domain.link(
    "VendorJobInvitation.vendorProposal",
    to=PROPOSALS,
    by="proposal_id",
    visible=lambda proposal, ctx: proposal.parties.vendor_is(ctx.principal),
)
domain.link("ClientJobInvitation.job", to=JOBS, by="job_id")
domain.link("ClientJobInvitation.user", to=USERS, by="user_id")
domain.link("ClientJobInvitation.clientProposal", to=PROPOSALS, by="proposal_id")
