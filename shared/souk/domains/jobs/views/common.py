"""Projections that both views of a posting share."""

from typing import Any

from souk.domains.jobs.model import HourlyBudgetType, Job, JobType
from souk.domains.jobs.rules.classification import duration_of
from souk.domains.jobs.rules.location import location_check
from souk.domains.reference import ontology
from souk.values.times import offset_time

Part = dict[str, Any]


def contract_terms(job: Job, *, budget_shown: bool) -> Part | None:
    """Return the contract terms; None for a draft without a job type."""
    info, type_ = job.info, job.info.type
    if type_ is None:
        return None
    qualifications, ptc = job.qualifications, job.ptc_info
    return {
        "contractStartDate": info.start_date,
        "contractEndDate": info.end_date,
        "contractType": type_.contract_type,
        "onSiteType": (qualifications and qualifications.on_site_type) or (ptc and ptc.on_site_type) or None,
        "personsToHire": info.freelancers_to_hire or 1,
        "experienceLevel": info.experience_level,
        "fixedPriceContractTerms": _fixed_price(job) if type_ is JobType.FIXED_PRICE and budget_shown else None,
        "hourlyContractTerms": _hourly(job, budget_shown=budget_shown) if type_ is JobType.HOURLY else None,
        "notSurePersonsToHire": info.not_sure_freelancers_to_hire,
        "notSureExperiencelevel": info.not_sure_experience_level,
    }


def _fixed_price(job: Job) -> Part | None:
    if job.amount is None:
        return None
    # The inputs have a single amount; `maxAmount` is for ranges.
    return {"amount": job.amount, "maxAmount": None, "engagementDuration": duration_of(job)}


def _hourly(job: Job, *, budget_shown: bool) -> Part:
    low, high = (job.hourly_min, job.hourly_max) if budget_shown else (None, None)
    return {
        "engagementDuration": duration_of(job),
        "engagementType": job.info.engagement_type or "NOT_SURE",
        "notSureProjectDuration": job.info.not_sure_project_duration,
        "hourlyBudgetType": job.info.hourly_budget_type if budget_shown else HourlyBudgetType.NOT_PROVIDED,
        "hourlyBudgetMin": low and low.major,
        "hourlyBudgetMax": high and high.major,
    }


def content(job: Job) -> Part:
    """Return the text of a posting, and what is to be delivered."""
    info = job.info
    return {
        "title": info.title or "",
        "description": info.description or "",
        "deliverables": info.deliverables,
        "tools": [one.name for one in info.tools or () if one.name],
        "durationType": info.duration_type,
        "deadline": info.deadline,
    }


def annotations(job: Job) -> Part | None:
    """Return MarketplacePostingAnnotations: the client's own labels, without incomplete ones."""
    given = job.annotations
    if given is None:
        return None
    return {
        "tags": None if given.tags is None else [tag for tag in given.tags if tag is not None],
        "customFields": None
        if given.custom_fields is None
        else [
            {"key": one.key, "value": one.value}
            for one in given.custom_fields
            if one and one.key is not None and one.value is not None
        ],
    }


def location(job: Job) -> Part:
    """Return the requirements for the applicants' location."""
    qualifications, ptc = job.qualifications, job.ptc_info
    on_site = (ptc.on_site_city, ptc.on_site_state, ptc.on_site_country) if ptc else ()
    return {
        "countries": (qualifications and qualifications.countries) or (ptc and ptc.countries) or None,
        "regions": qualifications and qualifications.regions,
        "regionId": qualifications and qualifications.location_region_id,
        "states": qualifications and qualifications.states,
        "timezones": qualifications and qualifications.timezones,
        "localCheckRequired": location_check(job),
        "localMarket": qualifications and qualifications.local_market,
        "areas": [
            {"id": area.id or area.name or str(at), "areaType": area.area_type, "name": area.name}
            for at, area in enumerate(qualifications.locations or (), 1)
        ]
        if qualifications
        else None,
        "notSureLocationPreference": job.info.not_sure_location_preference,
        "localDescription": qualifications and qualifications.local_description,
        "localFlexibilityDescription": qualifications and qualifications.local_flexibility_description,
        "address": ", ".join(part for part in on_site if part) or None,
    }


def qualification(job: Job) -> Part | None:
    """Return the other requirements for applicants."""
    qualifications = job.qualifications
    if qualifications is None:
        return None
    tests = [{"id": qualifications.test_id, "name": None}] if qualifications.test_id else None
    return {
        "contractorType": qualifications.contractor_type,
        "englishProficiency": qualifications.english_proficiency,
        "englishSkill": qualifications.english_skill,
        "languages": [one for one in qualifications.languages or () if one],
        "hasPortfolio": qualifications.has_portfolio,
        "hoursWorked": qualifications.o_desk_hours,
        "risingTalent": qualifications.rising_talent,
        "jobSuccessScore": qualifications.job_success_score,
        "earnings": qualifications.earnings,
        "minEarning": qualifications.earnings,
        "preferredGroups": [{"id": qualifications.group_rid, "name": None, "logo": None}]
        if qualifications.group_rid
        else None,
        "preferredTests": tests,
        "preferenceTests": tests,
    }


def segmentation(job: Job) -> list[Part]:
    """Return the answers to segmentation questions.

    The id of an answer can be the id of an ontology skill, which provides the label. Souk has no other catalog of
    answers, so any other answer is returned unchanged.
    """
    found = []
    for at, answer in enumerate(job.segmentation_data or (), 1):
        skill = ontology.skill(answer.segmentation_value_id)
        found.append(
            {
                "id": answer.segmentation_value_id,
                "label": skill.preferred_label if skill else answer.custom_value,
                "referenceName": skill.slug if skill else None,
                "sortOrder": at,
                "segmentationType": None,
                "auditTime": audit_time(job.created, job.modified),
                "skill": skill,
                "customValue": answer.custom_value,
            }
        )
    return found


def audit_time(created: str, modified: str) -> Part:
    """Return the contract's AuditTime."""
    return {"createdDateTime": offset_time(created), "modifiedDateTime": offset_time(modified)}
