"""A posting with every input field is stored completely and returned by both views."""

from typing import Any

import pytest

from souk.domains.customfields.store import SHEETS
from souk.domains.files.model import File
from souk.domains.files.store import FILES
from souk.domains.jobs.store import JOBS
from tests.support.job_requests import FIXED_PRICE, HOURLY, everything, unfilled
from tests.support.worlds.jobs import (
    ACME,
    CATEGORY,
    DESIGN,
    FIELD,
    OLIVIA,
    SERVICE,
    SINCE,
    SUBCATEGORY,
    JobsWorld,
    skill_id,
    store_field,
)

FLAGS = """mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) {
  id version qualificationsSaved skillsSaved questionsSaved segmentationDataSaved attachmentsSaved ptcInfoSaved
  jobPostingAdditional sandsJobPostSaved customFieldsSaved
} }"""
OWNER = """query ($id: ID!) { jobPosting(jobPostingId: $id, loadAnnotation: true) {
  id version visibility content { title description deliverables tools durationType deadline }
  info { status hidden siteSource keepOpenOnHire draftJobPostingId sourcingUpdateForbidden sourcingUpdateCount premium
    legacyCiphertext hideBudget categoryId groupId notSureFreelancersToHire notSureExperienceLevel hourlyBudgetType
    hourlyBudgetMin { rawValue } hourlyBudgetMax { rawValue } changedByUser { id } company { id } reasonId reasonName }
  ownership { user { id } }
  attachment { id sequenceNumber fileName link afsFileLink contentLength contentType createdDateTime }
  classification { category { id name slug } subCategory { id } occupationId skills { id preferredLabel }
    customSkills { parentSkillId freeText } additionalSkills { id } customAdditionalSkills
    freetextOccupation tags occupationIds skillChoices { parentSkillId skillId freeText boolAnswer legacyConvertedSkill
      relevance } }
  segmentationData { segmentationValues { id label referenceName sortOrder skill { id }
    auditTime { createdDateTime } } }
  contractTerms { contractStartDate contractEndDate contractType onSiteType personsToHire experienceLevel
    fixedPriceContractTerms { amount { rawValue } maxAmount { rawValue } engagementDuration { id label weeks } }
    hourlyContractTerms { engagementDuration { id } engagementType notSureProjectDuration hourlyBudgetType
      hourlyBudgetMin hourlyBudgetMax } }
  contractorSelection {
    proposalRequirement { coverLetterRequired freelancerMilestonesAllowed
      screeningQuestions { id question questionType user { id } auditTime { createdDateTime } } }
    qualification { contractorType englishProficiency hasPortfolio risingTalent jobSuccessScore earnings
      hoursWorked englishSkill languages
      preferredGroups { id name logo } preferredTests { id name } }
    location { countries regions regionId states timezones localCheckRequired localMarket areas { id areaType name }
      notSureLocationPreference localDescription localFlexibilityDescription address } }
  additionalInfo { clientNumberOfHiresOnCreate clientTotalSpentOnCreate { rawValue } directHire invitePost
    lastBuyerActivity }
  ptcInfo { jobPostingPtcVisibility talentCloudIds jobReference employerCompanyReference purchaseOrderId teamId
    onSiteReason onSiteReasonFlexible travelRequired }
  annotations { tags customFields { key value } } enterpriseCustomFields { key value } billRateCode
  proposalsStatistics { totalProposals totalMessaged totalHired totalInvitesSent totalApplicantsWithAutoHidden
    totalArchived totalAutoHidden totalDeclined totalHidden totalOffered totalShortlisted totalWithdrawn }
  customFields { responseId id displayValue value createdDateTime }
} }"""
MARKET = """query ($id: ID!) { marketplaceJobPosting(id: $id) {
  id workFlowState { closeResult status } ownership { company { id } team { id } }
  annotations { tags customFields { key value } }
  activityStat { applicationsBidStats { avgRateBid { rawValue } minRateBid { rawValue } }
    jobActivity { lastClientActivity invitesSent totalInvitedToInterview totalHired totalUnansweredInvites totalOffered
      totalRecommended } }
  content { title description deliverables tools durationType deadline }
  attachments { id sequenceNumber fileName fileSize }
  classification { category { id preferredLabel ontologyId } subCategory { id } occupation { id skills { id } }
    skills { id } additionalSkills { id } }
  segmentationData { segmentationValues { customValue segmentationInfo { id label referenceName sortOrder
    segmentationType { id } skill { id } } } }
  contractTerms { contractStartDate contractEndDate contractType onSiteType personsToHire experienceLevel
    notSurePersonsToHire notSureExperiencelevel fixedPriceContractTerms { amount { rawValue } }
    hourlyContractTerms { engagementType } }
  contractorSelection {
    proposalRequirement { coverLetterRequired freelancerMilestonesAllowed
      screeningQuestions { question sequenceNumber } }
    qualification { contractorType englishProficiency hasPortfolio hoursWorked risingTalent jobSuccessScore minEarning
      preferredGroups { id } preferenceTests { id } }
    location { countries states timezones localCheckRequired localMarket areas { id areaType name }
      notSureLocationPreference localDescription localFlexibilityDescription } }
  additionalSearchInfo { highlightTitle } canClientReceiveContractProposal
  customFields { edges { node { responseId id displayValueSnap creator { id } jobPostingId
    createdDateTime { rawValue } } } pageInfo { hasNextPage } }
} }"""

CONTENT = {
    "title": "Zymurgy dashboard",
    "description": "Charts of yeast, in Django.",
    "deliverables": "A dashboard",
    "tools": ["Figma"],
    "durationType": "ONGOING_NEED",
    "deadline": "2027-05-01",
}


@pytest.fixture
def attachment(world: JobsWorld, bucket: str) -> str:
    """Return the id of a confirmed file of Acme's."""
    assert bucket
    file = File(
        id="31",
        organization_id=DESIGN,
        company_id=ACME,
        user_id=OLIVIA,
        file_name="brief.pdf",
        content_type="application/pdf",
        max_size=5_000,
        created=SINCE,
        size=4_321,
    )
    tx = world.souk.table.transaction()
    tx.create(FILES, file)
    tx.commit()
    world.add_clouds("91")
    store_field(world.souk.table)  # which the requests answer
    return file.id


@pytest.mark.parametrize("terms", [HOURLY, FIXED_PRICE])
def test_every_field_is_stored(world: JobsWorld, attachment: str, terms: dict[str, Any]) -> None:
    request = everything(attachment, **terms)
    assert unfilled(request) == []
    created = world.olivia.call(FLAGS, {"request": request}).data["createJobPosting"]
    assert (created.pop("version"), set(created) - {"id"}) == (1, {name for name in created if name != "id"})
    assert all(created[name] is True for name in created if name != "id")

    job = world.souk.table.get(JOBS, created["id"])
    assert job is not None
    dumped = job.model_dump(mode="json", by_alias=True, exclude_none=True)
    info = {**request["jobPostingInfo"], "weeklyRetainerBudget": "150.25"}
    assert dumped["info"] == {name: value for name, value in info.items() if name not in ("status", "version")}
    for area in dumped["qualifications"]["locations"]:
        area.pop("id")
    assert dumped["qualifications"] == request["qualifications"]
    assert [{"question": one["question"], "type": one["type"]} for one in dumped["questions"]] == request["questions"]
    assert [one["id"] for one in dumped["attachments"]] == request["attachmentIds"]
    sheet = world.souk.table.get(SHEETS, created["id"])
    assert sheet is not None
    (answer,) = sheet.answers
    assert (answer.field_id, answer.value, answer.created) == (FIELD, "42", job.created)
    for stored, given in {
        "segmentationData": "segmentationData",
        "ptcInfo": "ptcInfo",
        "invitePost": "invitePost",
        "additional": "jobPostingAdditionalRequest",
        "sandsJobPost": "sandsJobPost",
        "annotations": "annotations",
        "enterpriseCustomFields": "enterpriseCustomFields",
        "billRate": "billRate",
    }.items():
        assert dumped[stored] == request[given], stored


def test_owner_reads_every_stored_field(world: JobsWorld, attachment: str) -> None:
    job_id = world.olivia.call(FLAGS, {"request": everything(attachment, **HOURLY)}).data["createJobPosting"]["id"]
    job = world.olivia.call(OWNER, {"id": job_id}).data["jobPosting"]
    assert (job["id"], job["version"], job["visibility"]) == (job_id, 1, "ACCESS_PUBLIC")
    assert job["info"] == {
        "status": "REQUESTED",
        "hidden": True,
        "siteSource": "our site",
        "keepOpenOnHire": True,
        "draftJobPostingId": None,
        "sourcingUpdateForbidden": True,
        "sourcingUpdateCount": 3,
        "premium": True,
        "legacyCiphertext": "~0old",
        "hideBudget": False,
        "categoryId": SUBCATEGORY,
        "groupId": CATEGORY,
        "notSureFreelancersToHire": True,
        "notSureExperienceLevel": False,
        "hourlyBudgetType": "MANUAL",
        "hourlyBudgetMin": {"rawValue": "25.50"},
        "hourlyBudgetMax": {"rawValue": "40.00"},
        "changedByUser": {"id": OLIVIA},
        "company": {"id": ACME},
        "reasonId": "1904",
        "reasonName": "The work is no longer needed",
    }
    (file,) = job["attachment"]
    assert "X-Amz-Signature" in file.pop("link")
    assert "X-Amz-Signature" in file.pop("afsFileLink")
    assert file == {
        "id": attachment,
        "sequenceNumber": 1,
        "fileName": "brief.pdf",
        "contentLength": 4_321,
        "contentType": "application/pdf",
        "createdDateTime": SINCE,
    }
    classification = job["classification"]
    assert classification["category"]["id"] == CATEGORY
    assert classification["subCategory"] == {"id": SUBCATEGORY}
    assert classification["occupationId"] == SERVICE
    assert [skill["preferredLabel"] for skill in classification["skills"]] == ["Django"]
    assert [one["freeText"] for one in classification["customSkills"]] == ["Django 5", "YeastKit"]
    assert classification["additionalSkills"] == [{"id": skill_id("python")}]
    assert classification["customAdditionalSkills"] == ["Python 3", "Brewing"]
    (segment,) = job["segmentationData"]["segmentationValues"]
    assert (segment["label"], segment["skill"]) == ("Python", {"id": skill_id("python")})
    assert job["contractTerms"] == {
        "contractStartDate": "2027-01-15T09:00:00Z",
        "contractEndDate": "2027-06-30",
        "contractType": "HOURLY",
        "onSiteType": "OCCASIONAL",
        "personsToHire": 2,
        "experienceLevel": "EXPERT",
        "fixedPriceContractTerms": None,
        "hourlyContractTerms": {
            "engagementDuration": {"id": "3"},
            "engagementType": "FULL_TIME",
            "notSureProjectDuration": True,
            "hourlyBudgetType": "MANUAL",
            "hourlyBudgetMin": 25.5,
            "hourlyBudgetMax": 40.0,
        },
    }
    requirement = job["contractorSelection"]["proposalRequirement"]
    assert requirement["coverLetterRequired"] is True
    assert requirement["freelancerMilestonesAllowed"] is True
    assert [(one["question"], one["questionType"]) for one in requirement["screeningQuestions"]] == [
        ("Why you?", "EXPERIENCE"),
        ("When?", "BPAV1"),
    ]
    assert requirement["screeningQuestions"][0]["user"] == {"id": OLIVIA}
    assert job["contractorSelection"]["qualification"] == {
        "contractorType": "INDIVIDUALS",
        "englishProficiency": "FLUENT",
        "hasPortfolio": True,
        "risingTalent": True,
        "jobSuccessScore": 90,
        "earnings": "AT_LEAST_1000",
        "hoursWorked": 100,
        "englishSkill": "AT_LEAST_3_OF_5",
        "languages": ["de", "en"],
        "preferredGroups": [{"id": "82", "name": None, "logo": None}],
        "preferredTests": [{"id": "81", "name": None}],
    }
    location = job["contractorSelection"]["location"]
    areas = location.pop("areas")
    assert [(area["areaType"], area["name"]) for area in areas] == [("CITY", "Hamburg"), ("POSTAL_CODE", "94103")]
    assert location == {
        "countries": ["Germany", "US"],
        "regions": ["Northern Europe"],
        "regionId": "150",
        "states": ["CA"],
        "timezones": ["Europe/Berlin"],
        "localCheckRequired": True,
        "localMarket": True,
        "notSureLocationPreference": True,
        "localDescription": "Near the harbour",
        "localFlexibilityDescription": "Twice a week",
        "address": "Hamburg, HH, Germany",
    }
    additional = job["additionalInfo"]
    assert additional.pop("lastBuyerActivity")
    assert additional == {
        "clientNumberOfHiresOnCreate": 12,
        "clientTotalSpentOnCreate": {"rawValue": "12345.67"},
        "directHire": True,
        "invitePost": False,
    }
    assert job["ptcInfo"] == {
        "jobPostingPtcVisibility": "ANY_USER",
        "talentCloudIds": ["91"],
        "jobReference": "R-1",
        "employerCompanyReference": "E-1",
        "purchaseOrderId": "92",
        "teamId": "1002",
        "onSiteReason": "Machines",
        "onSiteReasonFlexible": "A little",
        "travelRequired": True,
    }
    assert job["content"] == CONTENT
    assert job["annotations"] == {
        "tags": ["blue", "green"],
        "customFields": [{"key": "cost centre", "value": "4711"}],
    }
    assert job["enterpriseCustomFields"] == [{"key": "budget owner", "value": "Olivia"}]
    assert job["billRateCode"] == "B-7"
    assert (classification["freetextOccupation"], classification["tags"]) == ("Yeast whisperer", ["yeast"])
    assert classification["occupationIds"] == [SERVICE]
    chosen, own, additional, _ = classification["skillChoices"]
    assert (chosen["skillId"], chosen["boolAnswer"], chosen["relevance"]) == (skill_id("django"), True, "MANDATORY")
    assert (own["skillId"], own["freeText"]) == (None, "YeastKit")
    assert (additional["parentSkillId"], additional["legacyConvertedSkill"]) == (None, True)
    assert set(job["proposalsStatistics"].values()) == {0}
    (answer,) = job["customFields"]
    assert answer.pop("responseId")
    assert answer.pop("createdDateTime")
    assert answer == {"id": FIELD, "displayValue": "42", "value": "42"}


def test_market_reads_every_stored_field(world: JobsWorld, attachment: str) -> None:
    request = everything(attachment, **FIXED_PRICE)
    job_id = world.olivia.call(FLAGS, {"request": request}).data["createJobPosting"]["id"]
    job = world.sofia.call(MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert job["ownership"] == {"company": {"id": ACME}, "team": {"id": ACME}}
    assert job["annotations"] is None, "the client's own"
    client = world.olivia.call(MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert client["annotations"] == {
        "tags": ["blue", "green"],
        "customFields": [{"key": "cost centre", "value": "4711"}],
    }
    assert job["content"] == CONTENT
    assert job["attachments"] == [{"id": attachment, "sequenceNumber": 1, "fileName": "brief.pdf", "fileSize": 4_321}]
    assert job["classification"]["occupation"]["id"] == SERVICE
    assert job["classification"]["skills"] == [{"id": skill_id("django")}]
    assert job["segmentationData"]["segmentationValues"][0]["customValue"] == "mostly"
    terms = job["contractTerms"]
    assert terms["fixedPriceContractTerms"] == {"amount": {"rawValue": "1250.50"}}
    assert (terms["notSurePersonsToHire"], terms["notSureExperiencelevel"]) == (True, False)
    selection = job["contractorSelection"]
    assert selection["proposalRequirement"]["screeningQuestions"] == [
        {"question": "Why you?", "sequenceNumber": 1},
        {"question": "When?", "sequenceNumber": 2},
    ]
    assert selection["qualification"]["hoursWorked"] == 100
    assert selection["qualification"]["minEarning"] == "AT_LEAST_1000"
    assert selection["location"]["countries"] == ["Germany", "US"]
    assert job["additionalSearchInfo"] is None
    assert job["customFields"] == {"edges": [], "pageInfo": {"hasNextPage": False}}
    own = world.olivia.call(MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    (edge,) = own["customFields"]["edges"]
    assert edge["node"]["displayValueSnap"] == "42"
    assert edge["node"]["creator"] == {"id": OLIVIA}

    world.refresh()
    assert world.search(world.sofia, searchExpression_eq="zymurgy yeast") == [job_id]


def test_saved_flags_are_false_for_absent_parts(world: JobsWorld) -> None:
    update = FLAGS.replace("createJobPosting(", "updateJobPosting(id: $id, ").replace(
        "$request: JobPostingCreateRequest!", "$id: ID!, $request: JobPostingUpdateRequest!"
    )
    update = update.replace("jobPostingAdditional ", "").replace("customFieldsSaved", "")
    job_id = world.post()
    request: dict[str, Any] = {
        "organizationId": ACME,
        "ptcInfo": {"visibility": "ONLY_INVITED"},
        "savePtcInfo": False,
        "sandsJobPost": {"occupationId": SERVICE},
        "questions": None,
        "qualifications": {},
    }
    saved = world.olivia.call(update, {"id": job_id, "request": request}).data["updateJobPosting"]
    assert saved == {
        "id": job_id,
        "version": 2,
        "qualificationsSaved": True,
        "skillsSaved": False,
        "questionsSaved": False,
        "segmentationDataSaved": False,
        "attachmentsSaved": False,
        "ptcInfoSaved": False,
        "sandsJobPostSaved": True,
    }
    job = world.souk.table.get(JOBS, job_id)
    assert job is not None
    assert job.ptc_info is None
