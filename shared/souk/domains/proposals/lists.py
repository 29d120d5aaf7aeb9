"""Lists of proposals: to a posting for its client, and of a freelancer or an agency.

If a filter or sort order needs the data of the freelancers, it is read in one batch for all proposals.
"""

from typing import Any, Final

from souk.domains.identity.store import USERS
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.proposals.filters import RECORD_SORTS, SORT_KEYS, Applicant, ClientFilter, Sort, conditions
from souk.domains.proposals.model import InvitationState, JobInvitation, Proposal
from souk.domains.proposals.store import (
    invitations_for,
    invitations_to,
    proposals_of_company,
    proposals_of_person,
    proposals_to,
)
from souk.domains.talent.store import PROFILES
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection_in_memory
from souk.storage import Collection, Input, Key, Tally
from souk.values.errors import NotFound, Unprocessable
from souk.values.ids import Id

_DESCENDING: Final = "DESC"
_MAX_JOBS: Final = 100


class SortBy(Input):
    """The contract's ClientProposalSortAttribute and VendorProposalSortAttribute. The latter has fewer fields."""

    field: Sort
    sort_order: str


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

    def matches(self, one: JobInvitation) -> bool:
        """Return whether an invitation matches."""
        return self.status_eq in (None, one.state)


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
    found = [one for one in reversed(invitations_to(ctx.table, ctx.principal.user_id)) if wanted.matches(one)]
    bound_to = ["vendorJobInvitations", ctx.principal.user_id, ctx.principal.organization_id, wanted.status_eq]
    return connection_in_memory(ctx.cursors, bound_to, found, pagination)


def client_invitations(ctx: Context, job: Job, wanted: InvitationFilter, pagination: Pagination | None) -> Connection:
    """Return a page of the invitations to a posting, newest first. The caller must act for its client."""
    found = [one for one in reversed(invitations_for(ctx.table, job.id)) if wanted.matches(one)]
    bound_to = ["clientJobInvitations", job.id, ctx.principal.organization_id, wanted.status_eq]
    return connection_in_memory(ctx.cursors, bound_to, found, pagination)


def job_proposals(
    ctx: Context, job: Job, given: ClientFilter | None, sort: SortBy | None, pagination: Pagination | None
) -> Connection:
    """Return a page of the proposals to a posting. The caller must act for its client. Default order: newest first."""
    proposal_filter = given or ClientFilter()
    by, descending = (sort.field, sort.sort_order == _DESCENDING) if sort else (Sort.CREATEDDATETIME, True)
    required = list(conditions(proposal_filter, ctx.now))
    needs_people = proposal_filter.needs_people or by in RECORD_SORTS
    applicants = _applicants(ctx, proposals_to(ctx.table, job.id), needs_people=needs_people)
    found = [one for one in applicants if all(condition(one) for condition in required)]
    found.sort(key=lambda one: (SORT_KEYS[by](one), int(one.proposal.id)), reverse=descending)
    bound_to = ["clientProposals", job.id, ctx.principal.organization_id, _values(proposal_filter), by, descending]
    return connection_in_memory(ctx.cursors, bound_to, [one.proposal for one in found], pagination)


def vendor_proposals(ctx: Context, vendor_filter: VendorFilter, sort: SortBy, pagination: Pagination) -> Connection:
    """Return a page of the caller's proposals; for a manager of an agency, of the agency's proposals."""
    if vendor_filter.job_posting_ids_any is not None and len(vendor_filter.job_posting_ids_any) > _MAX_JOBS:
        raise Unprocessable(f"filter.jobPostingIds_any: must have at most {_MAX_JOBS} ids.")
    principal = ctx.principal
    if principal.leads:
        proposals = proposals_of_company(ctx.table, principal.company_id)
    else:
        proposals = proposals_of_person(ctx.table, principal.user_id)
    found = [one for one in proposals if one.parties.vendor_is(principal) and vendor_filter.matches(one)]
    descending = sort.sort_order == _DESCENDING
    key = SORT_KEYS[sort.field]
    found.sort(key=lambda one: (key(Applicant(one)), int(one.id)), reverse=descending)
    bound_to = [
        "vendorProposals",
        principal.user_id,
        principal.organization_id,
        _values(vendor_filter),
        sort.field,
        descending,
    ]
    return connection_in_memory(ctx.cursors, bound_to, found, pagination)


def _applicants(ctx: Context, proposals: list[Proposal], *, needs_people: bool) -> list[Applicant]:
    """Return proposals, with the data of their freelancers if needed. Takes one round trip."""
    if not needs_people:
        return [Applicant(one) for one in proposals]
    ids = dict.fromkeys(one.parties.vendor_user_id for one in proposals)
    sources: tuple[Collection[Any] | Tally[Any], ...] = (USERS, PROFILES, FREELANCER_RECORDS)
    keys: dict[Key, Collection[Any] | Tally[Any]] = {one.key(id_): one for id_ in ids for one in sources}
    ctx.fetch(keys)

    def load(source: Collection[Any] | Tally[Any], proposal: Proposal) -> Any:
        return ctx.entities[source.key(proposal.parties.vendor_user_id)]

    return [
        Applicant(one, user=load(USERS, one), profile=load(PROFILES, one), record=load(FREELANCER_RECORDS, one))
        for one in proposals
    ]


def _values(given: Input) -> dict[str, Any]:
    """Return the values of a filter, to bind cursors to it."""
    return given.model_dump(mode="json", by_alias=True, exclude_none=True)
