"""Loading and permission checks of jobs, vendors and proposals for commands."""

from souk.domains.agreements.commands import is_colleague
from souk.domains.agreements.model import Parties, Vendor
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS, USERS, memberships_of
from souk.domains.jobs.commands import relations_to
from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.rules.location import location_check, unmet_requirement
from souk.domains.jobs.rules.visibility import may_see, room_name
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.domains.rooms.commands import Subject
from souk.domains.rooms.rules.interview import offers_of
from souk.graph import Context
from souk.values.errors import Conflict, Forbidden, NotFound

NO_JOB = "This job posting does not exist, or you cannot see it."


def vendor(ctx: Context, organization_id: str | None) -> Vendor:
    """Return the vendor of a proposal: the caller and the named organization. Default: the organization in context.

    Raises Forbidden unless the caller acts for the organization (also for one that does not exist), and for a client's.
    """
    team = ctx.load(ORGANIZATIONS, organization_id if organization_id is not None else ctx.principal.organization_id)
    if team is None or not ctx.principal.acts_in(team.id, team.company_id):
        raise Forbidden(
            "input.organizationId: must be the organization of this request's context, or one of its teams."
        )
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not (team.active and company.active) or team.legacy_type is not OrganizationLegacyType.VENDOR:
        raise Forbidden("Only active organizations of freelancers and agencies can apply to jobs.")
    return Vendor(ctx.principal.user_id, team, company)


def parties_of(job: Job, vendor: Vendor) -> Parties:
    """Return the parties of a proposal to a job."""
    return Parties.between(job.owner_id, job.organization_id, job.company_id, vendor)


def visible_job(ctx: Context, job_id: str) -> Job:
    """Return a job that the caller sees on the market. Raises NotFound for any other."""
    job = ctx.load(JOBS, job_id)
    if job is None or not may_see(job, ctx.principal, relations_to(ctx, [job])):
        raise NotFound(NO_JOB)
    return job


def require_open(job: Job) -> None:
    """Raise Conflict unless a job is open for proposals."""
    if job.status is not Status.REQUESTED:
        raise Conflict("This job posting is no longer open.")


def require_hiring_client(ctx: Context, job: Job) -> None:
    """Raise Forbidden unless the client of a job is active and can hire."""
    team, company = ctx.load_many(ORGANIZATIONS, [job.organization_id, job.company_id])
    if team is None or company is None or not (team.active and company.can_hire):
        raise Forbidden("Only active client organizations can invite freelancers.")


def require_invitation(ctx: Context, job: Job) -> None:
    """Raise Forbidden if a job is only for invited freelancers, and the caller is not invited."""
    if job.invitation_required and ctx.load(RELATIONS, RelationKind.INVITATION, job.id, ctx.principal.user_id) is None:
        raise Forbidden("Only freelancers whom the client has invited can apply to this job.")


def unmet_location(ctx: Context, job: Job, user_id: str) -> str | None:
    """Return the places that a job requires, if it checks where freelancers live and this one lives elsewhere."""
    if not location_check(job):
        return None
    client, user = ctx.load(ORGANIZATIONS, job.company_id), ctx.load(USERS, user_id)
    if client is None or user is None:
        raise NotFound(NO_JOB)
    return unmet_requirement(job, client.location, user.location)


def require_location(ctx: Context, job: Job) -> None:
    """Raise Forbidden if a job checks where freelancers live, and the caller lives elsewhere."""
    if unmet := unmet_location(ctx, job, ctx.principal.user_id):
        raise Forbidden(f"This job is only for freelancers who live in one of these {unmet}.")


def require_outsider(ctx: Context, job: Job, user_id: str) -> None:
    """Raise Forbidden for a user who belongs to the client's company."""
    if is_colleague(job.company_id, memberships_of(ctx.table, user_id, consistent=True)):
        raise Forbidden("You cannot apply to a job of your own company.")


def room_subject(ctx: Context, proposal: Proposal) -> Subject:
    """Return what the room of a proposal is about."""

    def title() -> str | None:
        job = ctx.load(JOBS, proposal.job_id)
        return room_name(job) if job else None

    return Subject(proposal.parties, proposal.created, title, proposal.id, offers_of(proposal))


def application(ctx: Context, job_id: str, user_id: str) -> Relation | None:
    """Return the application of a user to a job; None if there is none."""
    return ctx.load(RELATIONS, RelationKind.APPLICATION, job_id, user_id)


def own_proposal(ctx: Context, proposal_id: str) -> Proposal:
    """Return a proposal that the caller made, or manages for their agency. Raises NotFound for any other."""
    proposal = ctx.load(PROPOSALS, proposal_id)
    if proposal is None or not proposal.parties.vendor_is(ctx.principal):
        raise NotFound("This proposal does not exist, or you cannot see it.")
    return proposal
