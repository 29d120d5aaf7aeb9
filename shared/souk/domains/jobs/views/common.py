"""What both faces of a posting have in common."""

from typing import Any

from souk.domains.jobs.model import HourlyBudgetType, Job, JobType
from souk.domains.jobs.rules.classification import duration_of
from souk.domains.reference import ontology

Part = dict[str, Any]


def contract_terms(job: Job, *, budget_shown: bool) -> Part | None:
    """Return the terms of the contract; None for a draft that does not say yet how the work is paid."""
    info, type_ = job.info, job.info.type
    if type_ is None:
        return None
    wanted, ptc = job.qualifications, job.ptc_info
    return {
        "contractStartDate": info.start_date,
        "contractEndDate": info.end_date,
        "contractType": type_.contract_type,
        "onSiteType": (wanted and wanted.on_site_type) or (ptc and ptc.on_site_type) or None,
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
    # The inputs have no second amount: a budget is one figure, and `maxAmount` is for ranges.
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


def location(job: Job) -> Part:
    """Return where applicants should be."""
    wanted, ptc = job.qualifications, job.ptc_info
    check = wanted.location_check_required if wanted else None
    on_site = (ptc.on_site_city, ptc.on_site_state, ptc.on_site_country) if ptc else ()
    return {
        "countries": (wanted and wanted.countries) or (ptc and ptc.countries) or None,
        "states": wanted and wanted.states,
        "timezones": wanted and wanted.timezones,
        "localCheckRequired": check if check is not None else ptc and ptc.location_check_required,
        "localMarket": wanted and wanted.local_market,
        "areas": [
            {"id": area.id or area.name or str(at), "areaType": area.area_type, "name": area.name}
            for at, area in enumerate(wanted.locations or (), 1)
        ]
        if wanted
        else None,
        "notSureLocationPreference": job.info.not_sure_location_preference,
        "localDescription": wanted and wanted.local_description,
        "localFlexibilityDescription": wanted and wanted.local_flexibility_description,
        "address": ", ".join(part for part in on_site if part) or None,
    }


def qualification(job: Job) -> Part | None:
    """Return what applicants should bring."""
    wanted = job.qualifications
    if wanted is None:
        return None
    tests = [{"id": wanted.test_id, "name": None}] if wanted.test_id else None
    return {
        "contractorType": wanted.contractor_type,
        "englishProficiency": wanted.english_proficiency,
        "hasPortfolio": wanted.has_portfolio,
        "hoursWorked": wanted.o_desk_hours,
        "risingTalent": wanted.rising_talent,
        "jobSuccessScore": wanted.job_success_score,
        "earnings": wanted.earnings,
        "minEarning": wanted.earnings,
        "preferredGroups": [{"id": wanted.group_rid, "name": None, "logo": None}] if wanted.group_rid else None,
        "preferredTests": tests,
        "preferenceTests": tests,
    }


def segmentation(job: Job) -> list[Part]:
    """Return the answers to segmentation questions.

    An answer is known by its id; those that are skills of the ontology have their labels from there. Souk keeps no
    other catalog of segmentation, so an unknown answer is given back as it came.
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
    return {"createdDateTime": created, "modifiedDateTime": modified}
