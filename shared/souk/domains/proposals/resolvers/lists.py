"""Lists of proposals for both sides."""

from typing import Any

from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.store import JOBS
from souk.domains.proposals import lists
from souk.domains.proposals.filters import ClientFilter
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.graph import Context
from souk.graph.lists import Pagination
from souk.values.errors import Forbidden, NotFound


@domain.query("clientProposals", scopes=SCOPES)
def client_proposals(
    ctx: Context,
    job_posting_id: str,
    filter: ClientFilter | None = None,
    sort_attribute: lists.SortBy | None = None,
    pagination: Pagination | None = None,
) -> dict[str, Any]:
    """Return a page of the proposals to a posting.

    Raises the same NotFound for a missing posting and for another client's.
    """
    job = ctx.load(JOBS, job_posting_id)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound("This job posting does not exist, or you cannot see it.")
    return lists.job_proposals(ctx, job, filter, sort_attribute, pagination)


@domain.query("vendorProposals", scopes=SCOPES)
def vendor_proposals(
    ctx: Context,
    filter: lists.VendorFilter,
    sort_attribute: lists.SortBy,
    pagination: Pagination,
) -> dict[str, Any]:
    """Return a page of the caller's proposals, or of their agency's."""
    return lists.vendor_proposals(ctx, filter, sort_attribute, pagination)


@domain.connection("MarketplaceJobPosting.clientProposals", scopes=SCOPES)
def proposals_to_posting(
    source: Job,
    ctx: Context,
    filter: ClientFilter | None = None,
    sort_attribute: lists.SortBy | None = None,
    pagination: Pagination | None = None,
) -> dict[str, Any]:
    """Return a page of the proposals to a posting.

    Raises Forbidden unless the caller acts for its client.
    """
    if not may_manage(source, ctx.principal):
        raise Forbidden("Only members of the client can list the proposals to a job posting.")
    return lists.job_proposals(ctx, source, filter, sort_attribute, pagination)
