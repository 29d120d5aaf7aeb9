"""Validation of postings: valid values in every state, and complete data before publication."""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache, partial
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from souk.domains.jobs.model import CloudVisibility, HourlyBudgetType, Job, JobType, Status
from souk.domains.reference import ontology, world
from souk.domains.reference.model import EntityStatus, OntologyEntity, TaxonomyLevel
from souk.domains.reference.rules import engagement_duration
from souk.values.errors import Unprocessable
from souk.values.moments import day
from souk.values.money import Money
from souk.values.problems import Problems

MAX_TITLE: Final = 200
"""Characters."""
MAX_DESCRIPTION: Final = 50_000
"""Characters."""
MAX_QUESTIONS: Final = 10
MAX_QUESTION: Final = 1_000
"""Characters."""
MAX_ATTACHMENTS: Final = 20
MAX_TO_HIRE: Final = 1_000
_MAX_LIST: Final = 100
"""The most entries of any other list."""
_BEST_SCORE: Final = 100
_FIELDS: Final = {
    TaxonomyLevel.CATEGORY: "jobPostingInfo.groupId",
    TaxonomyLevel.SUBCATEGORY: "jobPostingInfo.categoryId",
    TaxonomyLevel.SERVICE: "sandsJobPost.occupationId",
}
"""The field for each level of the ontology."""
Found = TypeVar("Found", bound=OntologyEntity)


def check(job: Job, before: Job | None = None) -> None:
    """Raise Unprocessable with the paths of all invalid values of a posting, or else of all missing ones.

    `before` is the stored posting: it keeps what it has of the ontology, also what is not offered any more.
    """
    problems = Problems("jobPostingRequest")
    _check_text(job, problems)
    _check_terms(job, problems)
    _check_money(job, problems)
    _check_classification(job, _ontology_ids(before) if before else frozenset(), problems)
    _check_qualifications(job, problems)
    _check_clouds(job, problems)
    problems.raise_if_any()
    if job.status is Status.REQUESTED:
        _check_complete(job, problems)
    problems.raise_if_any()


def _check_text(job: Job, problems: Problems) -> None:
    _check_length("jobPostingInfo.title", job.info.title, MAX_TITLE, problems)
    _check_length("jobPostingInfo.description", job.info.description, MAX_DESCRIPTION, problems)
    _check_count("questions", job.questions, MAX_QUESTIONS, problems)
    for at, question in enumerate(job.questions or ()):
        _check_length(f"questions.{at}.question", question.question, MAX_QUESTION, problems)
        if not question.question.strip():
            problems.add(f"questions.{at}.question", "must not be empty.")
    _check_count("attachmentIds", job.attachments, MAX_ATTACHMENTS, problems)
    _check_count("segmentationData", job.segmentation_data, _MAX_LIST, problems)
    _check_count("enterpriseCustomFields", job.enterprise_custom_fields, _MAX_LIST, problems)
    if job.annotations:
        _check_count("annotations.tags", job.annotations.tags, _MAX_LIST, problems)
        _check_count("annotations.customFields", job.annotations.custom_fields, _MAX_LIST, problems)


def _check_terms(job: Job, problems: Problems) -> None:
    info = job.info
    if info.freelancers_to_hire is not None and not 1 <= info.freelancers_to_hire <= MAX_TO_HIRE:
        problems.add("jobPostingInfo.freelancersToHire", f"must be 1 to {MAX_TO_HIRE}.")
    if info.duration_id is not None and engagement_duration(info.duration_id) is None:
        problems.add(
            "jobPostingInfo.durationId",
            f"unknown duration {info.duration_id!r}; use an id from proposalMetadata {{ engagementDurationValues }}.",
        )
    start = day(problems, "jobPostingInfo.startDate", info.start_date)
    end = day(problems, "jobPostingInfo.endDate", info.end_date)
    day(problems, "jobPostingInfo.deadline", info.deadline)
    if start and end and end < start:
        problems.add("jobPostingInfo.endDate", "must not be before startDate.")
    _check_count("jobPostingInfo.tools", info.tools, _MAX_LIST, problems)


def _check_money(job: Job, problems: Problems) -> None:
    info, currency = job.info, job.currency
    amount = _check_amount("amount", info.amount, currency, problems)
    low = _check_amount("hourlyBudgetMin", info.hourly_budget_min, currency, problems)
    high = _check_amount("hourlyBudgetMax", info.hourly_budget_max, currency, problems)
    _check_amount("weeklyRetainerBudget", info.weekly_retainer_budget, currency, problems)
    if low and high and low.minor > high.minor:
        problems.add("jobPostingInfo.hourlyBudgetMax", "must not be below hourlyBudgetMin.")
    if info.type is JobType.HOURLY and amount and amount.minor:
        problems.add("jobPostingInfo.amount", "hourly work has no fixed price; set it to null.")
    if info.type is JobType.FIXED_PRICE:
        for name, rate in (("hourlyBudgetMin", low), ("hourlyBudgetMax", high)):
            if rate and rate.minor:
                problems.add(f"jobPostingInfo.{name}", "fixed-price work has no hourly rate; set it to null.")
        if info.hourly_budget_type is HourlyBudgetType.MANUAL:
            problems.add("jobPostingInfo.hourlyBudgetType", "fixed-price work has no hourly rate.")


def _check_classification(job: Job, kept: Collection[str], problems: Problems) -> None:
    info, sands = job.info, job.sands_job_post
    known = partial(_check_known, kept=kept, problems=problems)
    subcategory = known("jobPostingInfo.categoryId", info.category_id, ontology.subcategory)
    category = known("jobPostingInfo.groupId", info.group_id, ontology.category)
    if category and subcategory and subcategory.category is not category:
        problems.add(
            "jobPostingInfo.categoryId", f"{subcategory.preferred_label} is not a subcategory of this groupId."
        )
    if sands is None:
        return
    known("sandsJobPost.occupationId", sands.occupation_id, ontology.service)
    for at, occupation_id in enumerate(sands.occupations or ()):
        known(f"sandsJobPost.occupations.{at}", occupation_id, ontology.occupation)
    _check_count("sandsJobPost.occupations", sands.occupations, _MAX_LIST, problems)
    _check_count("sandsJobPost.tags", sands.tags, _MAX_LIST, problems)
    _check_count("sandsJobPost.skills", sands.skills, _MAX_LIST, problems)
    for at, skill in enumerate(sands.skills or ()):
        known(f"sandsJobPost.skills.{at}.parentSkillId", skill.parent_skill_id, ontology.entity)
        known(f"sandsJobPost.skills.{at}.skillId", skill.skill_id, ontology.skill)
    _check_count("sandsJobPost.additionalSkills", sands.additional_skills, _MAX_LIST, problems)
    for at, additional in enumerate(sands.additional_skills or ()):
        known(f"sandsJobPost.additionalSkills.{at}.skillId", additional.skill_id, ontology.skill)
        if additional.skill_id is None and not (additional.freetext or "").strip():
            problems.add(f"sandsJobPost.additionalSkills.{at}", "needs a skillId or freetext.")


def _ontology_ids(job: Job) -> frozenset[str]:
    """Return all ids of the ontology that a posting has."""
    found = {job.info.category_id, job.info.group_id}
    if sands := job.sands_job_post:
        found |= {sands.occupation_id, *(sands.occupations or ())}
        found |= {one for skill in sands.skills or () for one in (skill.skill_id, skill.parent_skill_id)}
        found |= {skill.skill_id for skill in sands.additional_skills or ()}
    return frozenset(one for one in found if one)


def _check_qualifications(job: Job, problems: Problems) -> None:
    given = job.qualifications
    if given is None:
        return
    for name, values in (
        ("countries", given.countries),
        ("regions", given.regions),
        ("states", given.states),
        ("timezones", given.timezones),
        ("locations", given.locations),
        ("languages", given.languages),
    ):
        _check_count(f"qualifications.{name}", values, _MAX_LIST * 3, problems)
    _check_countries("qualifications.countries", given.countries or (), problems)
    for at, zone in enumerate(given.timezones or ()):
        if not is_time_zone(zone):
            problems.add(f"qualifications.timezones.{at}", f"{zone[:60]!r} is not a time zone, such as Europe/Berlin.")
    if given.job_success_score is not None and not 0 <= given.job_success_score <= _BEST_SCORE:
        problems.add("qualifications.jobSuccessScore", f"must be 0 to {_BEST_SCORE}.")
    if given.o_desk_hours is not None and given.o_desk_hours < 0:
        problems.add("qualifications.oDeskHours", "must not be negative.")


def _check_clouds(job: Job, problems: Problems) -> None:
    ptc = job.ptc_info
    if ptc is None:
        return
    _check_count("ptcInfo.talentCloudIds", ptc.talent_cloud_ids, _MAX_LIST, problems)
    if ptc.visibility is CloudVisibility.MEMBER_SELECTED_CLOUD and not ptc.talent_cloud_ids:
        problems.add("ptcInfo.talentCloudIds", "MEMBER_SELECTED_CLOUD needs the ids of the talent clouds.")
    _check_countries("ptcInfo.countries", ptc.countries or (), problems)
    if ptc.on_site_country and world.country_code(ptc.on_site_country) is None:
        problems.add("ptcInfo.onSiteCountry", f"unknown country {ptc.on_site_country[:60]!r}.")


def _check_complete(job: Job, problems: Problems) -> None:
    """Check the data that a published posting needs. A draft does not need it."""
    info = job.info
    for name, text in (("title", info.title), ("description", info.description)):
        if not (text or "").strip():
            problems.add(
                f"jobPostingInfo.{name}", "is required to publish; or save the posting with status DRAFT.", missing=True
            )
    if info.type is None:
        problems.add("jobPostingInfo.type", "must be HOURLY or FIXED_PRICE in a published posting.", missing=True)
    if info.type is JobType.FIXED_PRICE and not (job.amount and job.amount.minor):
        problems.add("jobPostingInfo.amount", "must be above zero for fixed-price work.", missing=True)
    if info.type is JobType.HOURLY and info.hourly_budget_type is HourlyBudgetType.MANUAL:
        for name, rate in (("hourlyBudgetMin", job.hourly_min), ("hourlyBudgetMax", job.hourly_max)):
            if not (rate and rate.minor):
                problems.add(f"jobPostingInfo.{name}", "must be above zero for a MANUAL hourly budget.", missing=True)


def _check_length(path: str, text: str | None, limit: int, problems: Problems) -> None:
    if text is not None and len(text) > limit:
        problems.add(path, f"must have at most {limit} characters; got {len(text)}.")


def _check_count(path: str, values: Collection[Any] | None, limit: int, problems: Problems) -> None:
    if values is not None and len(values) > limit:
        problems.add(path, f"must have at most {limit} entries; got {len(values)}.")


def _check_known(
    path: str, id_: str | None, find: Callable[[str], Found | None], *, kept: Collection[str], problems: Problems
) -> Found | None:
    found = find(id_) if id_ is not None else None
    if id_ is not None and found is None:
        problems.add(path, _wrong_id(id_, find.__name__))
    elif found and found.entity_status is EntityStatus.DEPRECATED and id_ not in kept:
        problems.add(path, f"{found.preferred_label!r} can no longer be chosen.")
    return found


def _wrong_id(id_: str, expected: str) -> str:
    """Return what is wrong with an id of the ontology: it has another level, or it does not exist."""
    other = ontology.occupation(id_)
    if other is None or other.level not in _FIELDS:
        return f"the ontology has no {expected} {id_[:60]!r}."
    name = other.preferred_label
    return f"{name!r} is a {other.level.lower()}; give its id as {_FIELDS[other.level]}. This field takes a {expected}."


def _check_countries(path: str, countries: Iterable[str], problems: Problems) -> None:
    for at, country in enumerate(countries):
        if world.country_code(country) is None:
            problems.add(f"{path}.{at}", f"unknown country {country[:60]!r}.")


def _check_amount(name: str, text: str | None, currency: str, problems: Problems) -> Money | None:
    if text is None:
        return None
    try:
        return Money.parse(text, currency)
    except Unprocessable as refused:
        problems.add(f"jobPostingInfo.{name}", refused.message)
        return None


@lru_cache(1024)
def is_time_zone(name: str) -> bool:
    """Return whether the IANA database has a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # an unknown zone, a directory of zones, or an invalid path
        return False
    return True
