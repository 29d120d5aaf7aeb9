"""Resolvers of job postings: management for clients, reading and search for the market, and links."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.domains.customfields import views as custom_fields
from souk.domains.customfields.commands import answering
from souk.domains.files.model import Attachment
from souk.domains.files.rules import require_member
from souk.domains.files.store import download_link
from souk.domains.identity.model import Organization
from souk.domains.identity.rules.privacy import company_shown
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs import commands, lists
from souk.domains.jobs.inputs import JobFilter, OlderJobFilter, SearchOrder
from souk.domains.jobs.model import Job, PostingRequest, Status
from souk.domains.jobs.personal import PERSONAL
from souk.domains.jobs.rules import answers
from souk.domains.jobs.rules.changes import saves_ptc_info
from souk.domains.jobs.rules.visibility import may_manage, shown_to
from souk.domains.jobs.search import execution, views
from souk.domains.jobs.store import OPEN_POSTINGS, OPEN_TEAM_POSTINGS
from souk.domains.jobs.views import common, market, owner, party
from souk.domains.market.store import ACTIVITY
from souk.graph import Context, Domain, Scope
from souk.graph.context import Source
from souk.graph.lists import Connection, Pagination, SortAttribute, connection_in_memory
from souk.storage import Key, Table
from souk.values.errors import NotFound

domain = Domain("jobs", function="jobs", joins=("customfields",))
domain.personal(PERSONAL)


# Managing postings


@domain.query("jobPosting", scopes=[Scope.JOB_POSTINGS_READ])
def job_posting(ctx: Context, job_posting_id: str, load_annotation: bool | None = None) -> Job:
    """Return a posting for a caller who acts for its client, with or without its annotations."""
    job = commands.load_managed(ctx, job_posting_id)
    return job.model_copy(update={"annotations": None}) if load_annotation is False else job


@domain.mutation("createJobPosting", scopes=[Scope.JOB_POSTINGS_WRITE])
def create_job_posting(ctx: Context, job_posting_request: PostingRequest) -> dict[str, Any]:
    """Create a posting."""
    return _saved(commands.create(ctx, job_posting_request), job_posting_request)


@domain.mutation("updateJobPosting", scopes=[Scope.JOB_POSTINGS_WRITE])
def update_job_posting(ctx: Context, id: str, job_posting_request: PostingRequest) -> dict[str, Any]:
    """Update a posting."""
    return _saved(commands.update(ctx, id, job_posting_request), job_posting_request)


@domain.mutation("closeJobPosting", scopes=[Scope.JOB_POSTINGS_WRITE])
def close_job_posting(ctx: Context, id: str, reason_id: str | None = None) -> Job:
    """Close a posting."""
    return commands.close(ctx, id, reason_id)


@domain.upload("jobs.attachment")
def may_upload(ctx: Context) -> None:
    """Allow members of the organization to upload attachments."""
    require_member(ctx.principal)


@domain.due("jobs.close_filled")
def close_filled(table: Table, entity_id: str, now: datetime) -> None:
    """Close a posting that was filled."""
    commands.close_filled(table, entity_id, now)


def _saved(job: Job, request: PostingRequest) -> dict[str, Any]:
    """Return flags for the parts that a request has. Saving is all or nothing, so these parts are stored."""
    sands = request.sands_job_post
    return {
        "id": job.id,
        "qualificationsSaved": request.qualifications is not None,
        "skillsSaved": sands is not None and (sands.skills is not None or sands.additional_skills is not None),
        "questionsSaved": request.questions is not None,
        "segmentationDataSaved": request.segmentation_data is not None,
        "attachmentsSaved": request.attachment_ids is not None,
        "ptcInfoSaved": request.ptc_info is not None and saves_ptc_info(request),
        "jobPostingAdditional": request.job_posting_additional_request is not None,
        "sandsJobPostSaved": sands is not None,
        "customFieldsSaved": request.custom_fields is not None,
        "version": job.version,
    }


@domain.connection("CurrentOrganization.jobPosting", scopes=[Scope.JOB_POSTINGS_READ])
@domain.connection("GenericOrganization.jobPosting", scopes=[Scope.JOB_POSTINGS_READ])
def organization_job_postings(
    source: Organization,
    ctx: Context,
    job_posting_filter: lists.JobPostingsFilter,
    sort_attribute: SortAttribute | None = None,
) -> Connection:
    """Return a page of an organization's postings."""
    return lists.postings(ctx, source, job_posting_filter, job_posting_filter.pagination_eq, sort_attribute)


def _open_postings(source: Organization, ctx: Context) -> dict[Key, Source]:
    counted = OPEN_TEAM_POSTINGS if source.is_team else OPEN_POSTINGS
    return {counted.key(source.id): counted} if ctx.principal.acts_in(source.id, source.company_id) else {}


@domain.field("CurrentOrganization.openJobCount", scopes=[Scope.JOB_POSTINGS_READ], needs=_open_postings)
def open_job_count(source: Organization, ctx: Context) -> int | None:
    """Return the number of published postings; None to those who cannot list them."""
    count: int | None = next((ctx.entities[key] for key in _open_postings(source, ctx)), None)
    return count


@domain.connection("PrivateCompanyInfo.jobPosts", scopes=[Scope.JOB_POSTINGS_READ])
def company_job_posts(
    source: Organization,
    ctx: Context,
    job_posts_filter: lists.JobPostsFilter | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of a company's postings."""
    return lists.postings(ctx, source, job_posts_filter or lists.JobPostsFilter(), pagination, None)


# The market


@domain.query("marketplaceJobPosting", scopes=[Scope.MARKETPLACE_JOBS_READ])
def marketplace_job_posting(ctx: Context, id: str) -> Job:
    """Return a published posting.

    Raises the same NotFound for a missing posting and for one that the caller may not see.
    """
    (job,) = commands.visible_jobs(ctx, [id])
    if job is None:
        raise NotFound("This job posting does not exist, or you cannot see it.")
    return job


@domain.query("marketplaceJobPostingsContents", scopes=[Scope.MARKETPLACE_JOBS_READ])
def marketplace_job_postings_contents(ctx: Context, ids: list[str]) -> list[dict[str, Any] | None]:
    """Return the contents in the order of the ids; None for a posting that the caller may not see."""
    return [market.contents(job, ctx.principal) if job else None for job in commands.visible_jobs(ctx, ids)]


@domain.query("jobsFeaturePredictions", scopes=[Scope.MARKETPLACE_JOBS_READ])
def jobs_feature_predictions(ctx: Context, ids: list[str]) -> list[dict[str, Any]]:
    """Return predictions for the postings that the caller may see."""
    return [market.feature_prediction(job) for job in commands.visible_jobs(ctx, ids) if job]


@domain.query("marketplaceJobPostingsSearch", scopes=[Scope.MARKETPLACE_JOBS_READ])
def marketplace_job_postings_search(
    ctx: Context,
    market_place_job_filter: JobFilter | None = None,
    search_type: str | None = None,  # noqa: ARG001 - the contract ignores it: every search is a USER_JOBS_SEARCH
    sort_attributes: list[SearchOrder | None] | None = None,
) -> Connection:
    """Search published postings."""
    return execution.search(ctx, market_place_job_filter or JobFilter(), _fields(sort_attributes))


@domain.query("marketplaceJobPostings", scopes=[Scope.MARKETPLACE_JOBS_READ])
def marketplace_job_postings(
    ctx: Context,
    market_place_job_filter: OlderJobFilter | None = None,
    search_type: str | None = None,  # noqa: ARG001 - as above
    sort_attributes: list[SearchOrder | None] | None = None,
) -> Connection:
    """Search published postings with the older filter."""
    return execution.search(ctx, market_place_job_filter or OlderJobFilter(), _fields(sort_attributes))


def _fields(sort_attributes: list[SearchOrder | None] | None) -> list[str]:
    return [attribute.field for attribute in sort_attributes or () if attribute]


@domain.connection("MarketplaceJobPosting.canClientReceiveContractProposal")
def can_client_receive_contract_proposal(source: Job, ctx: Context) -> bool:
    """Return whether the posting is open and its client can hire."""
    client = ctx.load(ORGANIZATIONS, source.company_id)
    return source.status is Status.REQUESTED and client is not None and client.can_hire


@domain.field("MarketplaceJobPosting.contractTerms")
def marketplace_contract_terms(source: Job, ctx: Context) -> dict[str, Any] | None:
    """Return the contract terms, without the budget if the caller may not see it."""
    job = shown_to(source, ctx.principal)
    return common.contract_terms(job, budget_shown=market.budget_shown(job, ctx.principal))


@domain.field("MarketplaceJobPosting.additionalSearchInfo")
def additional_search_info(source: Job, ctx: Context) -> dict[str, Any] | None:
    """Return the search data of a posting; None unless it comes from a search."""
    if not isinstance(source, views.FoundJob):
        return None
    return {"highlightTitle": source.highlighted_title}


def _answers(source: Job, ctx: Context) -> Mapping[Key, Source]:
    """Return the answers to custom fields that a field of a posting needs."""
    return answering.needs(source.id) if may_manage(source, ctx.principal) else {}


@domain.field("JobPosting.customFields", needs=_answers)
def posting_custom_fields(source: Job, ctx: Context) -> list[dict[str, Any]] | None:
    """Return the answers to the client's custom fields, to the client only."""
    if not may_manage(source, ctx.principal):
        return None
    return custom_fields.posting_answers(answering.sheet_of(ctx, answers.sheet(source)), ctx.principal)


@domain.field("MarketplaceJobPosting.customFields", needs=_answers)
def marketplace_custom_fields(
    source: Job,
    ctx: Context,
    organization_ids: list[str] | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of the answers to the client's custom fields, to the client only."""
    found = []
    if may_manage(source, ctx.principal):
        sheet = answering.sheet_of(ctx, answers.sheet(source))
        found = custom_fields.answers(sheet, ctx.principal, organization_ids)
    bound_to = ["jobCustomFields", source.id, ctx.principal.organization_id, organization_ids]
    return connection_in_memory(ctx.cursors, bound_to, found, pagination)


# Projections


def _identity(job: Job) -> Job:
    return job


def _download(file: Attachment | None) -> str | None:
    """Return the download link of a file; None if the caller may not download it."""
    return download_link(file.key, file.file_name) if file else None


_PROJECTIONS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "JobPosting": {
        "visibility": lambda job: job.access,
        "ownership": _identity,
        "content": owner.content,
        "classification": owner.classification,
        "segmentationData": owner.segmentation,
        "contractorSelection": owner.contractor_selection,
    },
    "MarketplaceJobPosting": {
        "workFlowState": market.work_flow_state,
        "ownership": _identity,
        "content": market.content,
        "attachments": market.attachments,
        "classification": market.classification,
        "segmentationData": market.segmentation,
        "contractorSelection": market.contractor_selection,
    },
    "JobPostingAttachment": {
        "link": lambda one: _download(one["file"]),
        "afsFileLink": lambda one: _download(one["file"]),
    },
    "MarketplaceJobPostingSearchResult": {
        "localJobUserDistance": lambda one: views.distance(one["hit"]),
    },
}


def _projection(project: Callable[[Any], Any]) -> Callable[[Any, Context], Any]:
    return lambda source, ctx: project(shown_to(source, ctx.principal) if isinstance(source, Job) else source)


for _type, _parts in _PROJECTIONS.items():
    for _name, _part in _parts.items():
        domain.field(f"{_type}.{_name}")(_projection(_part))


_PARTS_BY_SIDE: Final[dict[str, tuple[Callable[[Job], Any], Callable[[Job], Any]]]] = {
    "info": (owner.info, party.info),
    "attachment": (owner.attachments, party.attachments),
    "contractTerms": (owner.contract_terms, party.contract_terms),
    "additionalInfo": (owner.additional_info, party.nothing),
    "ptcInfo": (owner.ptc_info, party.nothing),
    "annotations": (common.annotations, party.nothing),
    "enterpriseCustomFields": (owner.enterprise_custom_fields, party.nothing),
    "billRateCode": (owner.bill_rate_code, party.nothing),
}
"""Parts of a JobPosting that differ between its client and the freelancer of a contract from the posting."""


def _by_side(project: Callable[[Job, Principal], Any]) -> Callable[[Job, Context], Any]:
    return lambda source, ctx: project(shown_to(source, ctx.principal), ctx.principal)


for _name, _sides in _PARTS_BY_SIDE.items():
    domain.field(f"JobPosting.{_name}")(_by_side(party.by_side(*_sides)))
domain.field("MarketplaceJobPosting.annotations")(_by_side(market.annotations))


# Links


def _key(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda source: source.get(name)


domain.link(
    "MarketplacePostingOwnership.company",
    "JobPostingOwnership.company",
    "MarketplaceJobPosting.clientCompanyPublic",
    to=ORGANIZATIONS,
    by="company_id",
)
domain.link(
    "MarketplaceJobPosting.clientCompany",
    "JobPostingOwnership.clientCompany",
    to=ORGANIZATIONS,
    by="company_id",
    visible=company_shown,
)
domain.link("MarketplacePostingOwnership.team", "JobPostingOwnership.team", to=ORGANIZATIONS, by="organization_id")
domain.link("MarketplaceJobPosting.activityStat", to=ACTIVITY, by="id", shown=market.activity_stat)
domain.link(
    "JobPosting.proposalsStatistics",
    to=ACTIVITY,
    by="id",
    shown=owner.proposals_statistics,
    visible=lambda statistics, ctx: may_manage(statistics["job"], ctx.principal),
)
domain.link("JobPostingInfo.company", to=ORGANIZATIONS, by=_key("companyId"))
domain.link("JobPostingOwnership.user", to=USERS, by="owner_id")
domain.link("JobPostingInfo.changedByUser", to=USERS, by=_key("changedById"))
domain.link("JobPostingQuestion.user", to=USERS, by=_key("userId"))
