"""A job posting request with every supported field of the contract's inputs, and a check that none is missing."""

from copy import deepcopy
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type

from souk.app import schema
from souk.domains.jobs.rules.unsupported import UNSUPPORTED
from tests.support.worlds.jobs import ACME, CATEGORY, FIELD, SERVICE, SUBCATEGORY, skill_id


def everything(attachment_id: str, **info: Any) -> dict[str, Any]:
    """Return a JobPostingCreateRequest with every supported field. `info` has those that depend on the job type.

    It answers a custom field of Acme (`store_field`). It is a copy, which the caller may change.
    """
    request = {
        "organizationId": ACME,
        "jobPostingInfo": {**_INFO, **info},
        "qualifications": _QUALIFICATIONS,
        "questions": [{"question": "Why you?", "type": "EXPERIENCE"}, {"question": "When?", "type": "BPAV1"}],
        "segmentationData": [{"segmentationValueId": skill_id("python"), "customValue": "mostly"}],
        "attachmentIds": [attachment_id],
        "ptcInfo": _PTC,
        "savePtcInfo": True,
        "invitePost": True,
        "jobPostingAdditionalRequest": {"directHire": True, "invitePost": False},
        "sandsJobPost": _SANDS,
        "customFields": {"responses": [{"customFieldId": FIELD, "value": "42", "displayValue": "forty-two"}]},
        "annotations": {"tags": ["blue", "green"], "customFields": [{"key": "cost centre", "value": "4711"}]},
        "enterpriseCustomFields": [{"key": "budget owner", "value": "Olivia"}],
        "billRate": {"billRateCode": "B-7"},
    }
    return deepcopy(request)


HOURLY: dict[str, Any] = {
    "type": "HOURLY",
    "amount": "0",
    "engagementType": "FULL_TIME",
    "hourlyBudgetType": "MANUAL",
    "hourlyBudgetMin": "25.50",
    "hourlyBudgetMax": "40.00",
}
FIXED_PRICE: dict[str, Any] = {
    "type": "FIXED_PRICE",
    "amount": "1250.50",
    "engagementType": "AS_NEEDED",
    "hourlyBudgetType": "NOT_PROVIDED",
    "hourlyBudgetMin": "0",
    "hourlyBudgetMax": "0",
}

_INFO: dict[str, Any] = {
    "title": "Zymurgy dashboard",
    "description": "Charts of yeast, in Django.",
    "durationId": "3",
    "status": "REQUESTED",
    "coverLetterRequired": True,
    "access": "ACCESS_PUBLIC",
    "experienceLevel": "EXPERT",
    "freelancersToHire": 2,
    "categoryId": SUBCATEGORY,
    "groupId": CATEGORY,
    "endDate": "2027-06-30",
    "startDate": "2027-01-15T09:00:00Z",
    "siteSource": "our site",
    "keepOpenOnHire": True,
    "freelancerMilestonesAllowed": True,
    "premium": True,
    "hideBudget": False,
    "notSureFreelancersToHire": True,
    "notSureProjectDuration": True,
    "notSureExperienceLevel": False,
    "notSureLocationPreference": True,
    "hidden": True,
    "legacyCiphertext": "~0old",
    "reasonRid": "1904",
    "sourcingUpdateCount": 3,
    "sourcingUpdateForbidden": True,
    "weeklyRetainerBudget": 150.25,
    "version": 7,
    "tools": [{"name": "Figma"}],
    "deliverables": "A dashboard",
    "durationType": "ONGOING_NEED",
    "deadline": "2027-05-01",
}
_QUALIFICATIONS: dict[str, Any] = {
    "oDeskHours": 100,
    "testId": "81",
    "locationRegionId": "150",
    "hasPortfolio": True,
    "contractorType": "INDIVIDUALS",
    "jobSuccessScore": 90,
    "englishProficiency": "FLUENT",
    "risingTalent": True,
    "countries": ["Germany", "US"],
    "regions": ["Northern Europe"],
    "locationCheckRequired": True,
    "states": ["CA"],
    "timezones": ["Europe/Berlin"],
    "earnings": "AT_LEAST_1000",
    "localMarket": True,
    "onSiteType": "OCCASIONAL",
    "locations": [{"areaType": "CITY", "name": "Hamburg"}, {"areaType": "POSTAL_CODE", "name": "94103"}],
    "localDescription": "Near the harbour",
    "localFlexibilityDescription": "Twice a week",
    "englishSkill": "AT_LEAST_3_OF_5",
    "groupRid": "82",
    "languages": ["de", "en"],
}
_PTC: dict[str, Any] = {
    "jobReference": "R-1",
    "talentCloudIds": ["91"],
    "visibility": "ANY_USER",
    "employerCompanyReference": "E-1",
    "purchaseOrderId": "92",
    "locationCheckRequired": False,
    "countries": ["FR"],
    "onSiteType": "PERMANENT",
    "onSiteCity": "Hamburg",
    "onSiteCountry": "Germany",
    "onSiteReason": "Machines",
    "onSiteReasonFlexible": "A little",
    "onSiteState": "HH",
    "teamId": "1002",
    "travelRequired": True,
}
_SANDS: dict[str, Any] = {
    "occupationId": SERVICE,
    "skills": [
        {
            "parentSkillId": skill_id("back-end-frameworks"),
            "skillId": skill_id("django"),
            "freetext": "Django 5",
            "boolAnswer": True,
            "legacyConvertedSkill": False,
            "relevance": "MANDATORY",
        },
        {"parentSkillId": skill_id("back-end-frameworks"), "freetext": "YeastKit"},
    ],
    "status": "PUBLISHED",
    "freetextOccupation": "Yeast whisperer",
    "tags": ["yeast"],
    "additionalSkills": [
        {
            "skillId": skill_id("python"),
            "freetext": "Python 3",
            "legacyConvertedSkill": True,
            "relevance": "NICE_TO_HAVE",
        },
        {"freetext": "Brewing"},
    ],
    "occupations": [SERVICE],
}


NOT_IN_A_NEW_POSTING = {
    "jobPostingInfo.draftJobPostingId",
    "customFields.responses.id",
    "customFields.newDropdowns",
}
"""Fields that name what is stored already, or change it."""


def unfilled(value: Any, type_name: str = "JobPostingCreateRequest", at: str = "") -> list[str]:
    """Return the supported fields of an input that a value does not set. Of a list, only the first entry is checked."""
    type_ = schema().get_type(type_name)
    assert isinstance(type_, GraphQLInputObjectType)
    missing = []
    for name, field in type_.fields.items():
        path = f"{at}.{name}".removeprefix(".")
        if path in UNSUPPORTED or path in NOT_IN_A_NEW_POSTING:
            continue
        if value.get(name) is None:
            missing.append(f"{type_name}.{name}")
            continue
        below = get_named_type(field.type)
        if isinstance(below, GraphQLInputObjectType):
            first = value[name][0] if isinstance(value[name], list) else value[name]
            missing += unfilled(first, below.name, path)
    return missing
