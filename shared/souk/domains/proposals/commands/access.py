"""Who applies to what: the applicant, the organization they apply for, and the job as it is now."""

from dataclasses import replace

from souk.domains.agreements.model import Parties, Vendor
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS, memberships_of
from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.rules.visibility import may_see
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS, relations_of
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.graph import Context
from souk.values.errors import Conflict, Forbidden, NotFound

NO_JOB = "There is no such job posting, or it is not yours to see."


def vendor(ctx: Context, organization_id: str | None) -> Vendor:
    """Return the organization that a proposal is made for: the one in context, unless another is named.

    Raises Forbidden for one that the caller does not act for, whether or not there is one, and for a client's.
    """
    team = ctx.load(ORGANIZATIONS, organization_id if organization_id is not None else ctx.principal.organization_id)
    if team is None or not ctx.principal.acts_in(team.id, team.company_id):
        raise Forbidden("input.organizationId is not the organization that this request is made for, nor a team of it.")
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not (team.active and company.active) or team.legacy_type is not OrganizationLegacyType.VENDOR:
        raise Forbidden("Only freelancers and agencies apply to jobs; this organization is neither, or not active.")
    return Vendor(ctx.principal.user_id, team, company)


def parties_of(job: Job, vendor: Vendor) -> Parties:
    """Return both sides of a proposal to a job."""
    return Parties.between(job.owner_id, job.organization_id, job.company_id, vendor)


def visible_job(ctx: Context, job_id: str) -> Job:
    """Return a job that the caller sees on the market. Raises NotFound for any other.

    An invitation counts at once: the index that relations are listed from may be a moment behind.
    """
    job = ctx.load(JOBS, job_id)
    relations = relations_of(ctx.table, ctx.principal.user_id)
    if job is not None and ctx.load(RELATIONS, RelationKind.INVITATION, job.id, ctx.principal.user_id) is not None:
        relations = replace(relations, invitations=relations.invitations | {job.id})
    if job is None or not may_see(job, ctx.principal, relations):
        raise NotFound(NO_JOB)
    return job


def require_open(job: Job) -> None:
    """Raise Conflict where a job takes no proposals any more."""
    if job.status is not Status.REQUESTED:
        raise Conflict("This job posting is not open any more.")


def require_outsider(ctx: Context, job: Job, user_id: str) -> None:
    """Raise Forbidden where somebody belongs to the company that hires."""
    if any(one.company_id == job.company_id for one in memberships_of(ctx.table, user_id, consistent=True)):
        raise Forbidden("Nobody applies to a job of their own company.")


def application(ctx: Context, job_id: str, user_id: str) -> Relation | None:
    """Return that somebody applied to a job, if they did."""
    return ctx.load(RELATIONS, RelationKind.APPLICATION, job_id, user_id)


def own_proposal(ctx: Context, proposal_id: str) -> Proposal:
    """Return a proposal to the freelancer's side. Raises NotFound for any other."""
    found = ctx.load(PROPOSALS, proposal_id)
    if found is None or not found.parties.vendor_is(ctx.principal):
        raise NotFound("There is no such proposal, or it is not yours to see.")
    return found
