"""How a request makes and changes a posting.

Absent means unchanged and an explicit null clears, for parts and for the fields within them; a list is replaced whole.
The fields of a part are merged into the part that is stored, so `{"jobPostingInfo": {"title": "New"}}` changes a title.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from souk.domains.files.model import Attachment
from souk.domains.identity.model import Organization
from souk.domains.jobs.model import AreaRequirement, Job, PostingInfo, PostingRequest, Qualifications, Question, Status
from souk.domains.jobs.rules.states import PUBLIC
from souk.domains.reference import places, world
from souk.values.errors import Conflict, Forbidden

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change, and when."""

    user_id: str
    now: str
    """ISO 8601, UTC."""
    new_id: Callable[[], str]


def new(job_id: str, team: Organization, company: Organization, author: Author) -> Job:
    """Return the beginning of a posting, before anything of the request is in it."""
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


def applied(
    job: Job, request: PostingRequest, status: Status, attachments: tuple[Attachment, ...], author: Author
) -> Job:
    """Return a posting as a request changes it. `attachments` are the files that `attachmentIds` names."""
    given = request.model_fields_set
    changes: dict[str, object] = {
        "status": status,
        "modified": author.now,
        "changed_by_id": author.user_id,
        "last_client_activity": author.now,
    }
    if "job_posting_info" in given:
        changes["info"] = _merged(PostingInfo, job.info, request.job_posting_info) or PostingInfo()
    if "qualifications" in given:
        changes["qualifications"] = _located(_merged(Qualifications, job.qualifications, request.qualifications))
    if "questions" in given:
        changes["questions"] = _asked(job, request, author)
    if "attachment_ids" in given:
        changes["attachments"] = None if request.attachment_ids is None else attachments
    if "ptc_info" in given and saves_ptc_info(request):
        changes["ptc_info"] = _merged_same(job.ptc_info, request.ptc_info)
    if "job_posting_additional_request" in given:
        changes["additional"] = _merged_same(job.additional, request.job_posting_additional_request)
    if "sands_job_post" in given:
        changes["sands_job_post"] = _merged_same(job.sands_job_post, request.sands_job_post)
    if "custom_fields" in given:
        changes["custom_fields"] = _merged_same(job.custom_fields, request.custom_fields)
    if "annotations" in given:
        changes["annotations"] = _merged_same(job.annotations, request.annotations)
    for name in ("segmentation_data", "invite_post", "enterprise_custom_fields", "bill_rate"):
        if name in given:
            changes[name] = getattr(request, name)
    changed = job.model_copy(update=changes)
    if status in PUBLIC and job.published is None:
        changed = changed.model_copy(update={"published": author.now})
    return changed


def closed(job: Job, status: Status, reason_id: str | None, author: Author) -> Job:
    """Return a posting that is closed."""
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


def saves_ptc_info(request: PostingRequest) -> bool:
    """Say whether `ptcInfo` is to be saved, where it is given."""
    return request.save_ptc_info is not False


def check_version(job: Job, request: PostingRequest) -> None:
    """Raise Conflict when a change was made to an older version than the one that is stored."""
    info = request.job_posting_info
    if info and info.version is not None and info.version != job.version:
        raise Conflict(
            f"This job posting has changed since it was read: it is at version {job.version}, "
            f"and the change was made to version {info.version}. Read it again."
        )


def check_organization(job: Job, request: PostingRequest) -> None:
    """Raise Forbidden where a change would move a posting to another organization: its team or its company keeps it."""
    if request.organization_id not in (job.organization_id, job.company_id):
        raise Forbidden("jobPostingRequest.organizationId is not the organization that this job posting belongs to.")


def _merged(kind: type[P], stored: P | None, given: BaseModel | None) -> P | None:
    """Return a stored part with the fields that were given; None where the whole part was cleared."""
    if given is None:
        return None
    update = {name: getattr(given, name) for name in given.model_fields_set if name in kind.model_fields}
    return (stored or kind()).model_copy(update=update)


def _merged_same(stored: P | None, given: P | None) -> P | None:
    """Merge parts whose input has no fields but those that are stored."""
    return given if stored is None or given is None else _merged(type(stored), stored, given)


def _asked(job: Job, request: PostingRequest, author: Author) -> tuple[Question, ...] | None:
    """Return the questions that a request asks; one that was asked before in the same words keeps its id."""
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


def _located(wanted: Qualifications | None) -> Qualifications | None:
    """Return requirements with the gazetteer's ids of the places that it knows."""
    if wanted is None or not wanted.locations:
        return wanted
    countries = [code for name in wanted.countries or () if (code := world.country_code(name))]
    located = tuple(area.model_copy(update={"id": _place_id(area, countries)}) for area in wanted.locations)
    return wanted.model_copy(update={"locations": located})


def _place_id(area: AreaRequirement, countries: list[str]) -> str | None:
    if not area.name:
        return None
    if area.area_type == "POSTAL_CODE":
        found = places.postal_code(area.name)
    else:
        # A city's name says little without its country; without one, the United States' is meant as for postal codes.
        found = next((city for country in countries or ["US"] if (city := places.find_city(area.name, country))), None)
    return found.id if found else None
