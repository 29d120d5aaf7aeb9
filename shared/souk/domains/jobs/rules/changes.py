"""How a request creates and changes a posting.

For parts and for their fields: an absent one stays unchanged, and an explicit null clears it. A list is replaced as a
whole. The fields of a part are merged into the stored part, so `{"jobPostingInfo": {"title": "New"}}` changes a title.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from souk.domains.files.model import Attachment
from souk.domains.identity.model import Organization
from souk.domains.jobs.model import (
    AreaRequirement,
    Job,
    PostingInfo,
    PostingRequest,
    Qualifications,
    Question,
    Status,
)
from souk.domains.jobs.rules.answers import replaces
from souk.domains.jobs.rules.states import PUBLIC
from souk.domains.reference import places, world
from souk.values.errors import Conflict, Forbidden, Unprocessable

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Author:
    """The author and the time of a change."""

    user_id: str
    now: str
    """ISO 8601, UTC."""
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an imported posting comes from."""

    name: str
    """The unique value that the posting holds, so that it is imported once."""
    published: str | None = None
    """When it was first published there. ISO 8601, UTC."""
    closed: Status | None = None
    """FILLED or CANCELLED, if it is closed there."""
    emits: bool = False
    """Whether the import tells subscribers."""


def new_job(job_id: str, team: Organization, company: Organization, author: Author) -> Job:
    """Return an empty posting, before the request is applied."""
    return Job(
        id=job_id,
        organization_id=team.id,
        company_id=team.company_id,
        owner_id=author.user_id,
        currency=company.currency,
        status=Status.DRAFT,
        created=author.now,
        modified=author.now,
        changed_by_id=author.user_id,
        last_client_activity=author.now,
        client_hires_on_create=company.total_hires,
        client_spent_on_create=company.total_spent,
    )


def apply_request(
    job: Job, request: PostingRequest, status: Status, attachments: tuple[Attachment, ...], author: Author
) -> Job:
    """Return a posting with the changes of a request. `attachments` are the files of `attachmentIds`."""
    given = request.model_fields_set
    changes: dict[str, object] = {
        "status": status,
        "modified": author.now,
        "changed_by_id": author.user_id,
        "last_client_activity": author.now,
    }
    if "job_posting_info" in given:
        changes["info"] = _merge(PostingInfo, job.info, request.job_posting_info) or PostingInfo()
    if "qualifications" in given:
        merged = _merge(Qualifications, job.qualifications, request.qualifications)
        changes["qualifications"] = _with_place_ids(merged)
    if "questions" in given:
        changes["questions"] = _questions(job, request, author)
    if "attachment_ids" in given:
        changes["attachments"] = None if request.attachment_ids is None else attachments
    if "ptc_info" in given and saves_ptc_info(request):
        changes["ptc_info"] = _merge_same_type(job.ptc_info, request.ptc_info)
    if "job_posting_additional_request" in given:
        changes["additional"] = _merge_same_type(job.additional, request.job_posting_additional_request)
    if "sands_job_post" in given:
        changes["sands_job_post"] = _merge_same_type(job.sands_job_post, request.sands_job_post)
    if replaces(request):
        changes["custom_fields"] = None
    if "annotations" in given:
        changes["annotations"] = _merge_same_type(job.annotations, request.annotations)
    for name in ("segmentation_data", "invite_post", "enterprise_custom_fields", "bill_rate"):
        if name in given:
            changes[name] = getattr(request, name)
    changed = job.model_copy(update=changes)
    if status in PUBLIC and job.published is None:
        changed = changed.model_copy(update={"published": author.now})
    return changed


def close(job: Job, status: Status, reason_id: str | None, author: Author) -> Job:
    """Return a closed posting."""
    return job.model_copy(
        update={
            "status": status,
            "closed": author.now,
            "reason_id": reason_id,
            "modified": author.now,
            "changed_by_id": author.user_id,
            "last_client_activity": author.now,
        }
    )


def dated(job: Job, origin: Origin) -> Job:
    """Return an imported posting with the time at which it was first published. It is created then at the latest."""
    if origin.published is None or job.published is None:
        return job
    created = min(job.created, origin.published)
    return job.model_copy(update={"published": origin.published, "created": created})


def same(before: Job, after: Job) -> bool:
    """Return whether two versions of a posting differ in nothing but in who changed it and when."""
    return before == after.model_copy(update={name: getattr(before, name) for name in _NOTED})


_NOTED = ("modified", "changed_by_id", "last_client_activity")


def saves_ptc_info(request: PostingRequest) -> bool:
    """Return whether a given `ptcInfo` is to be saved."""
    return request.save_ptc_info is not False


def check_version(job: Job, request: PostingRequest) -> None:
    """Raise Conflict if a request names another version than the stored one."""
    info = request.job_posting_info
    if info and info.version is not None and info.version != job.version:
        raise Conflict(
            f"This job posting has changed: it is at version {job.version}, and your change is for version "
            f"{info.version}. Read it again, then repeat the change."
        )


def check_organization(job: Job, request: PostingRequest) -> None:
    """Raise Forbidden for a request that names neither the team nor the company of the posting."""
    if request.organization_id not in (job.organization_id, job.company_id):
        raise Forbidden("jobPostingRequest.organizationId: must be the organization of this job posting.")


def check_own_draft(job: Job, request: PostingRequest) -> None:
    """Raise Unprocessable for an update that names another posting as its draft."""
    draft_id = request.job_posting_info.draft_job_posting_id if request.job_posting_info else None
    if draft_id not in (None, job.id, job.info.draft_job_posting_id):
        raise Unprocessable(
            "jobPostingRequest.jobPostingInfo.draftJobPostingId: a change cannot name another posting; leave it out. "
            "To publish a draft, set its status to REQUESTED, or name it in createJobPosting."
        )


def _merge(kind: type[P], stored: P | None, given: BaseModel | None) -> P | None:
    """Return a stored part with the given fields replaced; None if the part was cleared."""
    if given is None:
        return None
    update = {name: getattr(given, name) for name in given.model_fields_set if name in kind.model_fields}
    return (stored or kind()).model_copy(update=update)


def _merge_same_type(stored: P | None, given: P | None) -> P | None:
    """Merge parts whose input has the same type as the stored part."""
    return given if stored is None or given is None else _merge(type(stored), stored, given)


def _questions(job: Job, request: PostingRequest, author: Author) -> tuple[Question, ...] | None:
    """Return the questions of a request. An unchanged question keeps its id."""
    if request.questions is None:
        return None
    before: dict[object, Question | None]
    before = {(question.question, question.type): question for question in reversed(job.questions or ())}
    return tuple(
        before.pop((one.question, one.type), None)
        or Question(
            id=author.new_id(),
            question=one.question,
            type=one.type,
            user_id=author.user_id,
            created=author.now,
            modified=author.now,
        )
        for one in request.questions
    )


def _with_place_ids(qualifications: Qualifications | None) -> Qualifications | None:
    """Return qualifications with the gazetteer's ids of known places."""
    if qualifications is None or not qualifications.locations:
        return qualifications
    countries = [code for name in qualifications.countries or () if (code := world.country_code(name))]
    located = tuple(area.model_copy(update={"id": _place_id(area, countries)}) for area in qualifications.locations)
    return qualifications.model_copy(update={"locations": located})


def _place_id(area: AreaRequirement, countries: list[str]) -> str | None:
    if not area.name:
        return None
    if area.area_type == "POSTAL_CODE":
        found = places.postal_code(area.name)
    else:
        # A city's name is ambiguous without a country. The default is the United States, as for postal codes.
        found = next((city for country in countries or ["US"] if (city := places.find_city(area.name, country))), None)
    return found.id if found else None
