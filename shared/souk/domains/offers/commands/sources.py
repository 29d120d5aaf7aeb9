"""The source of a new offer: its posting, proposal and parties, loaded and checked."""

from dataclasses import dataclass

from souk.domains.agreements.commands import active_vendor, is_colleague
from souk.domains.agreements.model import Client, Parties
from souk.domains.identity.model import Organization
from souk.domains.identity.store import USERS, memberships_of
from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.marketplace.store import current
from souk.domains.offers.commands.parties import parties_of
from souk.domains.offers.inputs import CreationOffer, VendorUser
from souk.domains.offers.model import SourceType
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.rules.states import UNDECIDED
from souk.domains.proposals.store import PROPOSALS
from souk.domains.reference import ontology
from souk.graph import Context
from souk.values.errors import Conflict, Unprocessable
from souk.values.money import Money


@dataclass(frozen=True, slots=True)
class OfferSource:
    """The posting, proposal and parties of a new offer."""

    company: Organization
    parties: Parties
    job: Job | None
    application: Proposal | None
    """The freelancer's proposal to the posting, in any state; None without one."""
    named: bool
    """Whether the request names the proposal."""
    direct_currency: str
    """The currency of an offer without a posting."""

    @property
    def proposal(self) -> Proposal | None:
        """The proposal to link: one that the request names, or an undecided one."""
        proposal = self.application
        return proposal if proposal and (self.named or proposal.client_status in UNDECIDED) else None

    @property
    def quoted(self) -> list[Money]:
        """The prices that the proposal and the posting name."""
        job = self.job
        prices = [self.application.charge] if self.application else []
        return prices + [one for one in (job.amount, job.hourly_min, job.hourly_max) if one] if job else prices

    @property
    def currency(self) -> str:
        """The currency of the offer."""
        return self.job.currency if self.job else self.direct_currency


def read_source(ctx: Context, request: CreationOffer, client: Client) -> OfferSource:
    """Return the source of the offer in a request.

    Raises Unprocessable for ids that do not exist or do not belong together, and Conflict for a closed posting.
    """
    job = _job(ctx, request, client.team)
    parties = _parties(ctx, request.vendor_user, client)
    named = request.metadata.source_type is SourceType.JOB_APPLICATION
    direct_currency = current(ctx.table).currency_of(client.company.currency)
    return OfferSource(client.company, parties, job, _proposal(ctx, request, job), named, direct_currency)


def _job(ctx: Context, request: CreationOffer, team: Organization) -> Job | None:
    source = request.metadata
    if source.source_type is SourceType.DIRECT:
        if source.source_id is not None:
            raise Unprocessable("offerInput.metadata.sourceId: leave it out for a Direct offer.")
        if source.occupation_id is None or ontology.occupation(source.occupation_id) is None:
            raise Unprocessable("offerInput.metadata.occupationId: a Direct offer needs an occupation of the ontology.")
        return None
    if source.source_type is SourceType.JOB_POSTING and source.job_posting_id not in (None, source.source_id):
        raise Unprocessable("offerInput.metadata.jobPostingId: does not match sourceId; leave it out.")
    by_posting = source.source_type is SourceType.JOB_POSTING
    path = "sourceId" if by_posting else "jobPostingId"
    job_id = source.source_id if by_posting else source.job_posting_id
    job = ctx.load(JOBS, job_id) if job_id else None
    if (
        job is None
        or job.company_id != team.company_id
        or not ctx.principal.acts_in(job.organization_id, job.company_id)
    ):
        raise Unprocessable(f"offerInput.metadata.{path}: use the id of a job posting of the client.")
    if job.status is not Status.REQUESTED:
        raise Conflict("This job posting is no longer open, so it takes no offers.")
    return job


def _proposal(ctx: Context, request: CreationOffer, job: Job | None) -> Proposal | None:
    if job is None:
        return None
    source, user_id = request.metadata, request.vendor_user.user_id
    if source.source_type is SourceType.JOB_POSTING:
        application = ctx.load(RELATIONS, RelationKind.APPLICATION, job.id, user_id)
        return ctx.load(PROPOSALS, application.record_id) if application else None
    proposal = ctx.load(PROPOSALS, source.source_id) if source.source_id else None
    if proposal is None or proposal.job_id != job.id:
        raise Unprocessable("offerInput.metadata.sourceId: use the id of a proposal to that job posting.")
    vendor = proposal.parties
    if vendor.vendor_user_id != user_id or vendor.vendor_team_id != request.vendor_user.team_id:
        raise Unprocessable("offerInput.vendorUser: use the freelancer and the organization of that proposal.")
    return proposal


def _parties(ctx: Context, vendor_user: VendorUser, client: Client) -> Parties:
    """Return both sides. The error is the same for unknown people, other organizations' people and clients."""
    memberships = memberships_of(ctx.table, vendor_user.user_id, consistent=True)
    vendor = active_vendor(ctx, vendor_user.user_id, vendor_user.team_id, memberships)
    person = ctx.load(USERS, vendor_user.user_id) if vendor else None
    if vendor is None or person is None or person.service:
        raise Unprocessable(
            "offerInput.vendorUser: use a freelancer with their own organization or their agency's team."
        )
    if is_colleague(client.company.id, memberships):
        raise Unprocessable("offerInput.vendorUser: you cannot hire your own people.")
    return parties_of(client, ctx.principal.user_id, vendor)
