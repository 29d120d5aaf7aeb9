"""Lists of proposals: to a posting for its client, and of a freelancer or an agency.

If a filter or sort order needs the data of the freelancers, it is read in one batch for each chunk of proposals.
"""

from collections.abc import Sequence
from typing import Any, Final

from souk.domains.identity.store import USERS
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.classification import additional_skills_of, skills_of
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.proposals.filters import (
    PEOPLE_SORTS,
    Applicant,
    ClientFilter,
    Sort,
    order_by,
    people_conditions,
    proposal_conditions,
)
from souk.domains.proposals.model import InvitationState, JobInvitation, Proposal
from souk.domains.proposals.store import (
    AGENCY_PROPOSALS,
    JOB_INVITATIONS,
    JOB_PROPOSALS,
    PERSON_INVITATIONS,
    PERSON_PROPOSALS,
)
from souk.domains.talent.model import Profile, Visibility
from souk.domains.talent.store import PROFILES
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection
from souk.storage import Collection, Input, Key, Tally, View, among
from souk.values.errors import NotFound, Unprocessable
from souk.values.ids import Id

_DESCENDING: Final = "DESC"
_MAX_JOBS: Final = 100


class SortBy(Input):
    """The contract's ClientProposalSortAttribute and VendorProposalSortAttribute. The latter has fewer fields."""

    field: Sort
    sort_order: str

    @property
    def descending(self) -> bool:
        """Whether the greatest value comes first."""
        return self.sort_order == _DESCENDING


class VendorFilter(Input):
    """The contract's VendorProposalFilter. All conditions must hold."""

    status_eq: str
    annotations_eq: str | None = None
    freelancer_id_eq: Id | None = None
    organization_id_eq: Id | None = None
    job_posting_ids_any: tuple[Id, ...] | None = None

    def matches(self, one: Proposal) -> bool:
        """Return whether a proposal matches. Freelancers cannot set marks yet, so no proposal has one."""
        return (
            one.vendor_status == self.status_eq
            and self.annotations_eq is None
            and self.freelancer_id_eq in (None, one.parties.vendor_user_id)
            and self.organization_id_eq in (None, one.parties.vendor_team_id, one.parties.vendor_company_id)
            and (not self.job_posting_ids_any or one.job_id in self.job_posting_ids_any)
        )


class InvitationFilter(Input):
    """The filter JobInvitationFilter."""

    status_eq: InvitationState | None = None

    def view(self) -> View[JobInvitation, JobInvitation]:
        """Return the invitations that match, newest first."""
        state = self.status_eq
        if state is None:
            return View()
        return View(conditions=[lambda one: one.state is state], among=among(state=[state]))


def managed_job(ctx: Context, job_id: str) -> Job:
    """Return a posting if the caller acts for its client.

    Raises the same NotFound for a missing posting and for another client's.
    """
    job = ctx.load(JOBS, job_id)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound("This job posting does not exist, or you cannot see it.")
    return job


def vendor_invitations(ctx: Context, wanted: InvitationFilter, pagination: Pagination | None) -> Connection:
    """Return a page of the caller's invitations, newest first."""
    listed = PERSON_INVITATIONS.of(ctx.table, ctx.principal.user_id)
    bound_to = [ctx.principal.organization_id, wanted.status_eq]
    return connection(ctx.cursors, listed, wanted.view(), pagination, bound_to=bound_to)


def client_invitations(ctx: Context, job: Job, wanted: InvitationFilter, pagination: Pagination | None) -> Connection:
    """Return a page of the invitations to a posting, newest first. The caller must act for its client."""
    listed = JOB_INVITATIONS.of(ctx.table, job.id)
    bound_to = [ctx.principal.organization_id, wanted.status_eq]
    return connection(ctx.cursors, listed, wanted.view(), pagination, bound_to=bound_to)


def job_proposals(
    ctx: Context, job: Job, given: ClientFilter | None, sort: SortBy | None, pagination: Pagination | None
) -> Connection:
    """Return a page of the proposals to a posting. The caller must act for its client. Default order: newest first."""
    wanted = given or ClientFilter()
    by, descending = (sort.field, sort.descending) if sort else (Sort.CREATEDDATETIME, True)
    view = View(
        conditions=list(proposal_conditions(wanted)),
        among=among(
            client_status=wanted.status_eq and [wanted.status_eq],
            freelancer=wanted.freelancer_id_eq and [wanted.freelancer_id_eq],
        ),
        rows=lambda found: _applicants(ctx, found, _sources(wanted, by)),
        row_conditions=list(people_conditions(wanted, ctx.now)),
        order=order_by(by, frozenset(one.slug for one in (*skills_of(job), *additional_skills_of(job)))),
        descending=descending,
        narrow="Leave out `sortAttribute`, or filter by status.",
    )
    bound_to = [ctx.principal.organization_id, _values(wanted), by, descending]
    listed = JOB_PROPOSALS.of(ctx.table, job.id)
    return connection(ctx.cursors, listed, view, pagination, bound_to=bound_to, nodes=_proposals)


def vendor_proposals(ctx: Context, vendor_filter: VendorFilter, sort: SortBy, pagination: Pagination) -> Connection:
    """Return a page of the caller's proposals; for a manager of an agency, of the agency's proposals."""
    jobs = vendor_filter.job_posting_ids_any
    if jobs is not None and len(jobs) > _MAX_JOBS:
        raise Unprocessable(f"filter.jobPostingIds_any: must have at most {_MAX_JOBS} ids.")
    principal = ctx.principal
    view = View(
        conditions=[lambda one: one.parties.vendor_is(principal), vendor_filter.matches],
        among=among(
            vendor_status=[vendor_filter.status_eq],
            job=jobs,
            freelancer=vendor_filter.freelancer_id_eq and [vendor_filter.freelancer_id_eq],
        ),
        rows=lambda found: [Applicant(one) for one in found],
        order=order_by(sort.field),
        descending=sort.descending,
        narrow="Sort by CREATEDDATETIME, or filter by posting or freelancer.",
    )
    if principal.leads:
        listed = AGENCY_PROPOSALS.of(ctx.table, principal.company_id)
    else:
        listed = PERSON_PROPOSALS.of(ctx.table, principal.user_id)
    bound_to = [principal.user_id, principal.organization_id, _values(vendor_filter), sort.field, sort.descending]
    return connection(ctx.cursors, listed, view, pagination, bound_to=bound_to, nodes=_proposals)


def _proposals(applicants: list[Applicant]) -> list[Proposal]:
    return [one.proposal for one in applicants]


def _sources(wanted: ClientFilter, by: Sort) -> Sequence[Collection[Any] | Tally[Any]]:
    """Return the collections of freelancers' data that a filter and an order need."""
    if wanted.needs_people:
        return USERS, PROFILES, FREELANCER_RECORDS
    return (PROFILES, FREELANCER_RECORDS) if by in PEOPLE_SORTS else ()


def _applicants(
    ctx: Context, proposals: list[Proposal], sources: Sequence[Collection[Any] | Tally[Any]]
) -> list[Applicant]:
    """Return proposals, with the data of their freelancers from these collections. Takes one round trip."""
    ids = dict.fromkeys(one.parties.vendor_user_id for one in proposals)
    keys: dict[Key, Collection[Any] | Tally[Any]] = {one.key(id_): one for id_ in ids for one in sources}
    ctx.fetch(keys)

    def load(source: Collection[Any] | Tally[Any], proposal: Proposal) -> Any:
        return ctx.entities.get(source.key(proposal.parties.vendor_user_id), source.absent)

    def applicant(proposal: Proposal) -> Applicant:
        """Leave out a private profile before the client has written or made an offer: filters must not tell of it.

        One that an operator has taken down is always left out.
        """
        profile: Profile | None = load(PROFILES, proposal)
        private = profile is not None and profile.current_visibility is Visibility.PRIVATE
        taken_down = profile is not None and profile.takedown is not None
        shown = not private or (not taken_down and bool(proposal.interviewed or proposal.offer_id))
        return Applicant(
            proposal,
            user=load(USERS, proposal),
            profile=profile if shown else None,
            record=load(FREELANCER_RECORDS, proposal),
            record_shown=shown,
        )

    return [applicant(one) for one in proposals]


def _values(given: Input) -> dict[str, Any]:
    """Return the values of a filter, to bind cursors to it."""
    return given.model_dump(mode="json", by_alias=True, exclude_none=True)
