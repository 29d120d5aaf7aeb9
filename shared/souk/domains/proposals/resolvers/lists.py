"""Lists of proposals for both sides."""

from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.proposals import lists
from souk.domains.proposals.filters import ClientFilter
from souk.domains.proposals.resolvers.declared import SCOPES, domain
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, empty_connection


@domain.query("clientProposals", scopes=SCOPES)
def client_proposals(
    ctx: Context,
    job_posting_id: str,
    filter: ClientFilter | None = None,
    sort_attribute: lists.SortBy | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of the proposals to a posting.

    Raises the same NotFound for a missing posting and for another client's.
    """
    job = lists.managed_job(ctx, job_posting_id)
    return lists.job_proposals(ctx, job, filter, sort_attribute, pagination)


@domain.query("vendorProposals", scopes=SCOPES)
def vendor_proposals(
    ctx: Context,
    filter: lists.VendorFilter,
    sort_attribute: lists.SortBy,
    pagination: Pagination,
) -> Connection:
    """Return a page of the caller's proposals, or of their agency's."""
    return lists.vendor_proposals(ctx, filter, sort_attribute, pagination)


@domain.connection("MarketplaceJobPosting.clientProposals", scopes=SCOPES)
def proposals_to_posting(
    source: Job,
    ctx: Context,
    filter: ClientFilter | None = None,
    sort_attribute: lists.SortBy | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of the proposals to a posting.

    It is empty unless the caller acts for the client. An error would null the whole posting, because the field is not
    nullable, and programs select it with every posting (reference, line 1256).
    """
    if not may_manage(source, ctx.principal):
        return empty_connection()
    return lists.job_proposals(ctx, source, filter, sort_attribute, pagination)
