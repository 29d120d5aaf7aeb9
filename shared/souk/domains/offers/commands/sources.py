"""What an offer comes from and whom it is made to, as a request names them: read, and checked against each other."""

from dataclasses import dataclass

from souk.domains.agreements.model import Client, Parties
from souk.domains.identity.model import Organization
from souk.domains.identity.store import USERS, memberships_of
from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.offers.commands.parties import active_vendor, is_colleague, parties_of
from souk.domains.offers.inputs import CreationOffer, VendorUser
from souk.domains.offers.model import SourceType
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.rules.states import UNDECIDED
from souk.domains.proposals.store import PROPOSALS
from souk.domains.reference import ontology
from souk.graph import Context
from souk.values.errors import Conflict, Unprocessable


@dataclass(frozen=True, slots=True)
class Basis:
    """What an offer rests on."""

    company: Organization
    parties: Parties
    job: Job | None
    applied: Proposal | None
    """The proposal of this freelancer to this posting, if there is one, whatever has become of it."""
    named: bool
    """Whether the request names it."""

    @property
    def proposal(self) -> Proposal | None:
        """The one that the offer is made upon: it stands, or it is named, and then it has to."""
        upon = self.applied
        return upon if upon and (self.named or upon.client_status in UNDECIDED) else None

    @property
    def currency(self) -> str:
        """In which the work is paid."""
        return self.job.currency if self.job else self.company.currency


def basis(ctx: Context, request: CreationOffer, client: Client) -> Basis:
    """Return what a client's request rests on.

    Raises Unprocessable for what is not there or does not go together, and Conflict for a posting or a proposal that
    is closed.
    """
    job = _job(ctx, request, client.team)
    parties = _parties(ctx, request.vendor_user, client)
    named = request.metadata.source_type is SourceType.JOB_APPLICATION
    return Basis(client.company, parties, job, _proposal(ctx, request, job), named)


def _job(ctx: Context, request: CreationOffer, team: Organization) -> Job | None:
    source = request.metadata
    if source.source_type is SourceType.DIRECT:
        if source.source_id is not None:
            raise Unprocessable("offerInput.metadata.sourceId: a Direct offer comes from nothing; leave it out.")
        if source.occupation_id is None or ontology.occupation(source.occupation_id) is None:
            raise Unprocessable("offerInput.metadata.occupationId: an id of the ontology; a Direct offer names one.")
        return None
    if source.source_type is SourceType.JOB_POSTING and source.job_posting_id not in (None, source.source_id):
        raise Unprocessable("offerInput.metadata.jobPostingId: another posting than sourceId; leave it out.")
    by_posting = source.source_type is SourceType.JOB_POSTING
    path = "sourceId" if by_posting else "jobPostingId"
    job_id = source.source_id if by_posting else source.job_posting_id
    job = ctx.load(JOBS, job_id) if job_id else None
    if (
        job is None
        or job.company_id != team.company_id
        or not ctx.principal.acts_in(job.organization_id, job.company_id)
    ):
        raise Unprocessable(f"offerInput.metadata.{path}: a job posting of the client's.")
    if job.status is not Status.REQUESTED:
        raise Conflict("This job posting is not open any more; offers are made while it is.")
    return job


def _proposal(ctx: Context, request: CreationOffer, job: Job | None) -> Proposal | None:
    if job is None:
        return None
    source, user_id = request.metadata, request.vendor_user.user_id
    if source.source_type is SourceType.JOB_POSTING:
        applied = ctx.load(RELATIONS, RelationKind.APPLICATION, job.id, user_id)
        return ctx.load(PROPOSALS, applied.record_id) if applied else None
    found = ctx.load(PROPOSALS, source.source_id) if source.source_id else None
    if found is None or found.job_id != job.id:
        raise Unprocessable("offerInput.metadata.sourceId: a proposal to that job posting.")
    vendor = found.parties
    if vendor.vendor_user_id != user_id or vendor.vendor_team_id != request.vendor_user.team_id:
        raise Unprocessable("offerInput.vendorUser: who made that proposal, with the organization it was made for.")
    return found


def _parties(ctx: Context, named: VendorUser, client: Client) -> Parties:
    """Return both sides. The answer is the same for nobody, for somebody of another organization, and for a client."""
    held = memberships_of(ctx.table, named.user_id, consistent=True)
    vendor = active_vendor(ctx, named.user_id, named.team_id, held)
    person = ctx.load(USERS, named.user_id) if vendor else None
    if vendor is None or person is None or person.service:
        raise Unprocessable("offerInput.vendorUser: a freelancer, and their own organization or their agency's team.")
    if is_colleague(client, held):
        raise Unprocessable("offerInput.vendorUser: one's own people are not hired here.")
    return parties_of(client, ctx.principal.user_id, vendor)
