"""Job postings through the API: create, read, update, close, and permissions."""

import pytest

from souk.domains.jobs.store import JOBS
from souk.values.times import offset_time
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, RIVAL, STUDIO, JobsWorld, fixed_price, hourly

READ = """query ($id: ID!) { jobPosting(jobPostingId: $id) {
  id version visibility content { title description }
  info { status publishDateTime filledDateTime reasonId reasonName changedByUser { id } company { id }
    auditTime { createdDateTime } }
  ownership { user { id } company { id name } team { id name } clientCompany { id } }
  contractTerms { contractType personsToHire fixedPriceContractTerms { amount { rawValue currency displayValue } }
    hourlyContractTerms { engagementType hourlyBudgetMin hourlyBudgetMax } }
} }"""
ON_MARKET = """query ($id: ID!) { marketplaceJobPosting(id: $id) {
  id workFlowState { status closeResult } content { title }
  contractTerms { contractType fixedPriceContractTerms { amount { rawValue } } }
  canClientReceiveContractProposal clientCompany { id } clientCompanyPublic { id city }
} }"""
CLOSE = (
    "mutation ($id: ID!, $reason: ID) { closeJobPosting(id: $id, reasonId: $reason) { id info { status reasonName } } }"
)


def test_create_publishes_and_emits_new(world: JobsWorld) -> None:
    job_id = world.post()
    stored = world.souk.table.get(JOBS, job_id)
    assert stored is not None
    job = world.olivia.call(READ, {"id": job_id}).data["jobPosting"]
    assert job["info"]["status"] == "REQUESTED"
    assert job["info"]["publishDateTime"] == job["info"]["auditTime"]["createdDateTime"] == offset_time(stored.created)
    assert job["ownership"]["company"] == {"id": ACME, "name": "Acme"}
    assert job["ownership"]["clientCompany"] == {"id": ACME}
    terms = job["contractTerms"]["fixedPriceContractTerms"]
    assert terms == {"amount": {"rawValue": "1250.50", "currency": "USD", "displayValue": "$1,250.50"}}
    assert job["contractTerms"]["hourlyContractTerms"] is None
    assert world.events() == [("NEW", job_id)]


def test_empty_draft_is_visible_to_its_client_only(world: JobsWorld) -> None:
    draft = world.post(jobPostingInfo={"status": "DRAFT"})
    job = world.olivia.call(READ, {"id": draft}).data["jobPosting"]
    assert (job["content"], job["contractTerms"], job["info"]["publishDateTime"]) == (None, None, None)
    assert world.olivia.call(ON_MARKET, {"id": draft}).code == "NOT_FOUND"
    assert world.events() == []

    refused = world.change(draft, jobPostingInfo={"status": "REQUESTED", "title": "Now complete?"})
    assert refused.code == "UNPROCESSABLE_CONTENT"
    paths = {
        one["path"].removeprefix("jobPostingRequest.jobPostingInfo.") for one in refused.error["extensions"]["fields"]
    }
    assert paths == {"description", "type"}

    published = world.change(draft, jobPostingInfo=fixed_price(status="REQUESTED"))
    assert published.data["updateJobPosting"] == {"id": draft, "version": 2}
    assert world.events() == [("NEW", draft)]


def test_update_keeps_absent_fields_and_clears_null(world: JobsWorld) -> None:
    job_id = world.post(
        jobPostingInfo=fixed_price(endDate="2027-03-01", freelancersToHire=3),
        annotations={"tags": ["a"], "customFields": [{"key": "k", "value": "v"}]},
        questions=[{"question": "Why you?"}],
    )
    world.change(
        job_id,
        jobPostingInfo={"title": "Build a Flask shop", "endDate": None},
        annotations={"tags": None},
        questions=None,
    )
    query = """query ($id: ID!) {
      jobPosting(jobPostingId: $id) { version content { title description }
        contractTerms { contractEndDate personsToHire }
        contractorSelection { proposalRequirement { screeningQuestions { question } } } }
      marketplaceJobPosting(id: $id) { annotations { tags customFields { key value } } }
    }"""
    data = world.olivia.call(query, {"id": job_id}).data
    job = data["jobPosting"]
    assert job["content"] == {"title": "Build a Flask shop", "description": fixed_price()["description"]}
    assert job["contractTerms"] == {"contractEndDate": None, "personsToHire": 3}
    assert job["contractorSelection"]["proposalRequirement"]["screeningQuestions"] is None
    assert data["marketplaceJobPosting"]["annotations"] == {
        "tags": None,
        "customFields": [{"key": "k", "value": "v"}],
    }
    assert world.events() == [("NEW", job_id), ("UPDATE", job_id)]


def test_update_of_older_version_conflicts(world: JobsWorld) -> None:
    job_id = world.post()
    assert world.change(job_id, jobPostingInfo={"title": "Second", "version": 1}).data
    late = world.change(job_id, jobPostingInfo={"title": "Late", "version": 1})
    assert late.code == "CONFLICT"
    assert "version 2" in late.error["message"]
    job = world.olivia.call(READ, {"id": job_id}).data["jobPosting"]
    assert (job["content"]["title"], job["version"]) == ("Second", 2)


@pytest.mark.parametrize(("reason", "status"), [("1901", "FILLED"), ("1904", "CANCELLED"), (None, "CANCELLED")])
def test_close_sets_status_and_emits_close(world: JobsWorld, reason: str | None, status: str) -> None:
    job_id = world.post()
    closed = world.olivia.call(CLOSE, {"id": job_id, "reason": reason}).data["closeJobPosting"]
    assert closed["info"]["status"] == status
    assert bool(closed["info"]["reasonName"]) is (reason is not None)
    assert world.events() == [("NEW", job_id), ("CLOSE", job_id)]
    assert world.olivia.call(CLOSE, {"id": job_id}).code == "CONFLICT"
    assert world.change(job_id, jobPostingInfo={"title": "Too late"}).code == "CONFLICT"
    seen = world.sofia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert seen["workFlowState"] == {"status": "CLOSED", "closeResult": status}
    assert seen["canClientReceiveContractProposal"] is False


def test_close_refuses_unknown_and_hidden_reasons(world: JobsWorld) -> None:
    job_id = world.post()
    for reason in ("1", "1201", "1910"):
        assert world.olivia.call(CLOSE, {"id": job_id, "reason": reason}).code == "UNPROCESSABLE_CONTENT"


def test_closing_a_draft_deletes_it_without_event(world: JobsWorld) -> None:
    draft = world.post(jobPostingInfo={"status": "DRAFT"})
    assert world.olivia.call(CLOSE, {"id": draft}).data["closeJobPosting"]["info"]["status"] == "DELETED_DRAFT"
    assert world.events() == []


def test_update_can_close(world: JobsWorld) -> None:
    job_id = world.post()
    world.change(job_id, jobPostingInfo={"status": "FILLED", "reasonRid": "1901"})
    info = world.olivia.call(READ, {"id": job_id}).data["jobPosting"]["info"]
    assert (info["status"], info["reasonId"], info["reasonName"]) == ("FILLED", "1901", "I hired through this post")
    assert info["filledDateTime"]
    assert world.events()[-1] == ("CLOSE", job_id)


def test_update_refuses_unreachable_states(world: JobsWorld) -> None:
    job_id = world.post()
    for status in ("DRAFT", "DELETED_DRAFT", "VERIFICATION_PENDING", "PENDING_PAYMENT_METHOD"):
        assert world.change(job_id, jobPostingInfo={"status": status}).code == "UNPROCESSABLE_CONTENT"


def test_posting_permissions(world: JobsWorld) -> None:
    job_id = world.post(organization_id=DESIGN)
    for member in (world.olivia, world.liam, world.max):
        assert member.call(READ, {"id": job_id}).data["jobPosting"]["ownership"]["team"]["id"] == DESIGN
    for stranger in (world.omar, world.sofia):
        assert stranger.call(READ, {"id": job_id}).code == "NOT_FOUND"
        assert world.change(job_id, stranger, DESIGN, jobPostingInfo={"title": "Mine"}).code == "NOT_FOUND"
        assert stranger.call(CLOSE, {"id": job_id}).code == "NOT_FOUND"
    assert world.change(job_id, world.max, DESIGN, jobPostingInfo={"title": "Mine"}).code == "FORBIDDEN"
    assert world.max.call(CLOSE, {"id": job_id}).code == "FORBIDDEN"
    assert world.change(job_id, world.liam, DESIGN, jobPostingInfo={"title": "Ours"}).data
    other_team = world.post(organization_id=BUILD)
    assert world.liam.call(READ, {"id": other_team}).code == "NOT_FOUND"


@pytest.mark.parametrize("organization_id", [RIVAL, STUDIO, "999", "", "x"])
def test_create_for_another_organization_is_forbidden(world: JobsWorld, organization_id: str) -> None:
    request = {"organizationId": organization_id, "jobPostingInfo": fixed_price()}
    create = "mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) { id } }"
    refused = world.olivia.call(create, {"request": request})
    assert refused.code == "FORBIDDEN"
    assert world.sofia.call(create, {"request": {**request, "organizationId": STUDIO}}).code == "FORBIDDEN"
    assert world.events() == []


def test_hidden_budget_is_visible_to_its_client_only(world: JobsWorld) -> None:
    job_id = world.post(jobPostingInfo=fixed_price(hideBudget=True))
    own = world.olivia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert own["contractTerms"]["fixedPriceContractTerms"]["amount"]["rawValue"] == "1250.50"
    seen = world.sofia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert seen["contractTerms"] == {"contractType": "FIXED", "fixedPriceContractTerms": None}


def test_client_company_is_visible_to_its_members_only(world: JobsWorld) -> None:
    job_id = world.post()
    own = world.olivia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    seen = world.sofia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert (own["clientCompany"], seen["clientCompany"]) == ({"id": ACME}, None)
    assert seen["clientCompanyPublic"] == {"id": ACME, "city": "Berlin"}
    assert seen["canClientReceiveContractProposal"] is True


def test_hourly_contract_terms(world: JobsWorld) -> None:
    job_id = world.post(jobPostingInfo=hourly())
    terms = world.olivia.call(READ, {"id": job_id}).data["jobPosting"]["contractTerms"]
    assert terms["hourlyContractTerms"] == {
        "engagementType": "PART_TIME",
        "hourlyBudgetMin": 25.0,
        "hourlyBudgetMax": 40.5,
    }
    assert terms["fixedPriceContractTerms"] is None


def test_contents_and_predictions_omit_invisible_postings(world: JobsWorld) -> None:
    public = world.post(jobPostingInfo=fixed_price(freelancersToHire=2))
    private = world.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE", keepOpenOnHire=True))
    query = """query ($ids: [ID!]!) {
      marketplaceJobPostingsContents(ids: $ids) { id ciphertext title publishedDateTime }
      jobsFeaturePredictions(ids: $ids) { id openingMultiFreelancerPrediction opening }
    }"""
    ids = [private, "1", public]
    seen = world.sofia.call(query, {"ids": ids}).data
    assert [one and one["id"] for one in seen["marketplaceJobPostingsContents"]] == [None, None, public]
    assert seen["marketplaceJobPostingsContents"][2]["ciphertext"] == f"~02{public}"
    assert seen["jobsFeaturePredictions"] == [
        {"id": public, "openingMultiFreelancerPrediction": True, "opening": "high"}
    ]
    own = world.olivia.call(query, {"ids": ids}).data
    assert [one and one["id"] for one in own["marketplaceJobPostingsContents"]] == [private, None, public]
    assert own["jobsFeaturePredictions"][0]["opening"] == "medium"
    assert (
        world.sofia.call(query, {"ids": ["1"] * 101}).json["errors"][0]["extensions"]["code"] == "UNPROCESSABLE_CONTENT"
    )
