"""Lists of proposals: those to a posting for its client, and those of a freelancer or an agency for themselves.

What filters ask of the freelancers is read for all of a posting's proposals in one batch, and only where it is asked.
"""

from typing import Any, Final

from souk.domains.identity.store import USERS
from souk.domains.jobs.model import Job
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.proposals.filters import OF_RECORDS, SORT_KEYS, Applicant, ClientFilter, Sort, conditions
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import proposals_of_company, proposals_of_person, proposals_to
from souk.domains.talent.store import PROFILES
from souk.graph import Context
from souk.graph.lists import Pagination, connection
from souk.storage import Collection, Key, Model, Tally
from souk.values.errors import Unprocessable

_DESCENDING: Final = "DESC"
_MAX_JOBS: Final = 100


class SortBy(Model):
    """The contract's ClientProposalSortAttribute, and its VendorProposalSortAttribute, which knows fewer fields."""

    field: Sort
    sort_order: str


class VendorFilter(Model):
    """The contract's VendorProposalFilter. Conditions add up."""

    status_eq: str
    annotations_eq: str | None = None
    freelancer_id_eq: str | None = None
    organization_id_eq: str | None = None
    job_posting_ids_any: tuple[str, ...] | None = None

    def fits(self, one: Proposal) -> bool:
        """Say whether a proposal is one of those. Nothing puts a mark on the freelancer's side of one yet."""
        return (
            one.vendor_status == self.status_eq
            and self.annotations_eq is None
            and self.freelancer_id_eq in (None, one.parties.vendor_user_id)
            and self.organization_id_eq in (None, one.parties.vendor_team_id, one.parties.vendor_company_id)
            and (not self.job_posting_ids_any or one.job_id in self.job_posting_ids_any)
        )


def to_job(
    ctx: Context, job: Job, wanted: ClientFilter | None, sort: SortBy | None, pagination: Pagination | None
) -> dict[str, Any]:
    """Return a page of the proposals to a posting, whose client the caller acts for; newest first unless told."""
    wanted = wanted or ClientFilter()
    by, descending = (sort.field, sort.sort_order == _DESCENDING) if sort else (Sort.CREATEDDATETIME, True)
    holds = list(conditions(wanted, ctx.now))
    found = _applicants(ctx, proposals_to(ctx.table, job.id), people=wanted.about_people or by in OF_RECORDS)
    found = [one for one in found if all(condition(one) for condition in holds)]
    found.sort(key=lambda one: (SORT_KEYS[by](one), int(one.proposal.id)), reverse=descending)
    bound_to = ["clientProposals", job.id, ctx.principal.organization_id, _said(wanted), by, descending]
    return connection(ctx.cursors, bound_to, [one.proposal for one in found], pagination)


def of_vendor(ctx: Context, wanted: VendorFilter, sort: SortBy, pagination: Pagination) -> dict[str, Any]:
    """Return a page of the caller's own proposals, or, for who leads an agency, of those made for it."""
    if wanted.job_posting_ids_any is not None and len(wanted.job_posting_ids_any) > _MAX_JOBS:
        raise Unprocessable(f"filter.jobPostingIds_any: {_MAX_JOBS} ids are the limit.")
    principal = ctx.principal
    if principal.leads:
        made = proposals_of_company(ctx.table, principal.company_id)
    else:
        made = proposals_of_person(ctx.table, principal.user_id)
    found = [one for one in made if one.parties.vendor_is(principal) and wanted.fits(one)]
    descending = sort.sort_order == _DESCENDING
    key = SORT_KEYS[sort.field]
    found.sort(key=lambda one: (key(Applicant(one)), int(one.id)), reverse=descending)
    bound_to = [
        "vendorProposals",
        principal.user_id,
        principal.organization_id,
        _said(wanted),
        sort.field,
        descending,
    ]
    return connection(ctx.cursors, bound_to, found, pagination)


def _applicants(ctx: Context, proposals: list[Proposal], *, people: bool) -> list[Applicant]:
    """Return proposals with what is known of who made them, where that is asked: one round trip for all."""
    if not people:
        return [Applicant(one) for one in proposals]
    ids = dict.fromkeys(one.parties.vendor_user_id for one in proposals)
    sources: tuple[Collection[Any] | Tally[Any], ...] = (USERS, PROFILES, FREELANCER_RECORDS)
    wanted: dict[Key, Collection[Any] | Tally[Any]] = {one.key(id_): one for id_ in ids for one in sources}
    ctx.fetch(wanted)

    def of(source: Collection[Any] | Tally[Any], proposal: Proposal) -> Any:
        return ctx.entities[source.key(proposal.parties.vendor_user_id)]

    return [
        Applicant(one, user=of(USERS, one), profile=of(PROFILES, one), record=of(FREELANCER_RECORDS, one))
        for one in proposals
    ]


def _said(wanted: Model) -> dict[str, Any]:
    """Return what a filter says, for the cursor that goes with it."""
    return wanted.model_dump(mode="json", by_alias=True, exclude_none=True)
