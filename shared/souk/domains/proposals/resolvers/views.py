"""The fields and links of VendorProposal and ClientProposal."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.files.model import Attachment
from souk.domains.files.store import download_link
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs.store import JOBS
from souk.domains.proposals import views
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.resolvers.declared import domain
from souk.graph import Context
from souk.values.times import date_time

_SHARED: Final[dict[str, Callable[[Proposal], Any]]] = {
    "terms": views.terms,
    "projectPlan": views.project_plan,
    "auditDetails": lambda one: one,
}
_PROJECTIONS: Final[dict[str, dict[str, Callable[[Proposal], Any]]]] = {
    "VendorProposal": {
        **_SHARED,
        "proposalCoverLetter": lambda one: one.cover_letter,
        "status": views.vendor_status,
        "annotations": lambda _: [],  # freelancers cannot hide a proposal, and Souk puts none on hold
    },
    "ClientProposal": {
        **_SHARED,
        "status": views.client_status,
        "annotations": views.client_annotations,
        "hiddenReason": views.hidden_reason,
    },
    "ProposalAuditDetails": {
        "createdDateTime": lambda one: date_time(one.created),
        "modifiedDateTime": lambda one: date_time(one.modified),
    },
}


@domain.field("ProposalAttachment.link")
def link(source: Attachment, ctx: Context) -> str:
    """Return a download link that expires."""
    return download_link(source.key, source.file_name)


def _projection(project: Callable[[Proposal], Any]) -> Callable[[Proposal, Context], Any]:
    return lambda source, ctx: project(source)


for _type, _parts in _PROJECTIONS.items():
    for _name, _part in _parts.items():
        domain.field(f"{_type}.{_name}")(_projection(_part))

domain.link("VendorProposal.user", "ClientProposal.user", to=USERS, by=lambda one: one.parties.vendor_user_id)
domain.link(
    "VendorProposal.organization",
    "ClientProposal.organization",
    to=ORGANIZATIONS,
    by=lambda one: one.parties.vendor_team_id,
)
domain.link("VendorProposal.marketplaceJobPosting", "ClientProposal.job", to=JOBS, by="job_id")
domain.link("ProposalAuditDetails.createdByUser", to=USERS, by="created_by_id")
domain.link("ProposalAuditDetails.modifiedByUser", to=USERS, by="modified_by_id")
