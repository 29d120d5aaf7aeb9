"""Postings through the whole API: made, read, changed, closed, and by whom."""

import pytest

from tests.support.worlds.jobs import ACME, BUILD, DESIGN, RIVAL, STUDIO, Market, fixed_price, hourly

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


def test_a_posting_is_published_at_once_and_told(market: Market) -> None:
    job_id = market.post()
    job = market.olivia.call(READ, {"id": job_id}).data["jobPosting"]
    assert job["info"]["status"] == "REQUESTED"
    assert job["info"]["publishDateTime"] == job["info"]["auditTime"]["createdDateTime"]
    assert job["ownership"]["company"] == {"id": ACME, "name": "Acme"}
    assert job["ownership"]["clientCompany"] == {"id": ACME}
    terms = job["contractTerms"]["fixedPriceContractTerms"]
    assert terms == {"amount": {"rawValue": "1250.50", "currency": "USD", "displayValue": "$1,250.50"}}
    assert job["contractTerms"]["hourlyContractTerms"] is None
    assert market.events() == [("NEW", job_id)]


def test_a_draft_may_lack_everything_and_only_its_client_knows_of_it(market: Market) -> None:
    draft = market.post(jobPostingInfo={"status": "DRAFT"})
    job = market.olivia.call(READ, {"id": draft}).data["jobPosting"]
    assert (job["content"], job["contractTerms"], job["info"]["publishDateTime"]) == (None, None, None)
    assert market.olivia.call(ON_MARKET, {"id": draft}).code == "NOT_FOUND"
    assert market.events() == []

    refused = market.change(draft, jobPostingInfo={"status": "REQUESTED", "title": "Now complete?"})
    assert refused.code == "UNPROCESSABLE_CONTENT"
    paths = {
        one["path"].removeprefix("jobPostingRequest.jobPostingInfo.") for one in refused.error["extensions"]["fields"]
    }
    assert paths == {"description", "categoryId", "type"}

    published = market.change(draft, jobPostingInfo=fixed_price(status="REQUESTED"))
    assert published.data["updateJobPosting"] == {"id": draft, "version": 2}
    assert market.events() == [("NEW", draft)]


def test_what_is_left_out_stays_and_null_clears(market: Market) -> None:
    job_id = market.post(
        jobPostingInfo=fixed_price(endDate="2027-03-01", freelancersToHire=3),
        annotations={"tags": ["a"], "customFields": [{"key": "k", "value": "v"}]},
        questions=[{"question": "Why you?"}],
    )
    market.change(
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
    data = market.olivia.call(query, {"id": job_id}).data
    job = data["jobPosting"]
    assert job["content"] == {"title": "Build a Flask shop", "description": fixed_price()["description"]}
    assert job["contractTerms"] == {"contractEndDate": None, "personsToHire": 3}
    assert job["contractorSelection"]["proposalRequirement"]["screeningQuestions"] is None
    assert data["marketplaceJobPosting"]["annotations"] == {
        "tags": None,
        "customFields": [{"key": "k", "value": "v"}],
    }
    assert market.events() == [("NEW", job_id), ("UPDATE", job_id)]


def test_a_change_of_an_older_version_is_a_conflict(market: Market) -> None:
    job_id = market.post()
    assert market.change(job_id, jobPostingInfo={"title": "Second", "version": 1}).data
    late = market.change(job_id, jobPostingInfo={"title": "Late", "version": 1})
    assert late.code == "CONFLICT"
    assert "version 2" in late.error["message"]
    job = market.olivia.call(READ, {"id": job_id}).data["jobPosting"]
    assert (job["content"]["title"], job["version"]) == ("Second", 2)


@pytest.mark.parametrize(("reason", "status"), [("1901", "FILLED"), ("1904", "CANCELLED"), (None, "CANCELLED")])
def test_closing(market: Market, reason: str | None, status: str) -> None:
    job_id = market.post()
    closed = market.olivia.call(CLOSE, {"id": job_id, "reason": reason}).data["closeJobPosting"]
    assert closed["info"]["status"] == status
    assert bool(closed["info"]["reasonName"]) is (reason is not None)
    assert market.events() == [("NEW", job_id), ("CLOSE", job_id)]
    assert market.olivia.call(CLOSE, {"id": job_id}).code == "CONFLICT"
    assert market.change(job_id, jobPostingInfo={"title": "Too late"}).code == "CONFLICT"
    seen = market.sofia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert seen["workFlowState"] == {"status": "CLOSED", "closeResult": status}
    assert seen["canClientReceiveContractProposal"] is False


def test_closing_for_an_unknown_reason_or_one_that_only_souk_gives(market: Market) -> None:
    job_id = market.post()
    for reason in ("1", "1201", "1910"):
        assert market.olivia.call(CLOSE, {"id": job_id, "reason": reason}).code == "UNPROCESSABLE_CONTENT"


def test_a_draft_is_thrown_away_without_telling_anybody(market: Market) -> None:
    draft = market.post(jobPostingInfo={"status": "DRAFT"})
    assert market.olivia.call(CLOSE, {"id": draft}).data["closeJobPosting"]["info"]["status"] == "DELETED_DRAFT"
    assert market.events() == []


def test_an_update_can_close_too(market: Market) -> None:
    job_id = market.post()
    market.change(job_id, jobPostingInfo={"status": "FILLED", "reasonRid": "1901"})
    info = market.olivia.call(READ, {"id": job_id}).data["jobPosting"]["info"]
    assert (info["status"], info["reasonId"], info["reasonName"]) == ("FILLED", "1901", "I hired through this post")
    assert info["filledDateTime"]
    assert market.events()[-1] == ("CLOSE", job_id)


def test_states_that_nothing_leads_to(market: Market) -> None:
    job_id = market.post()
    for status in ("DRAFT", "DELETED_DRAFT", "VERIFICATION_PENDING", "PENDING_PAYMENT_METHOD"):
        assert market.change(job_id, jobPostingInfo={"status": status}).code == "UNPROCESSABLE_CONTENT"


def test_who_manages_a_posting(market: Market) -> None:
    job_id = market.post(organization_id=DESIGN)
    for somebody in (market.olivia, market.liam, market.max):
        assert somebody.call(READ, {"id": job_id}).data["jobPosting"]["ownership"]["team"]["id"] == DESIGN
    for stranger in (market.omar, market.sofia):
        assert stranger.call(READ, {"id": job_id}).code == "NOT_FOUND"
        assert market.change(job_id, stranger, DESIGN, jobPostingInfo={"title": "Mine"}).code == "NOT_FOUND"
        assert stranger.call(CLOSE, {"id": job_id}).code == "NOT_FOUND"
    assert market.change(job_id, market.max, DESIGN, jobPostingInfo={"title": "Mine"}).code == "FORBIDDEN"
    assert market.max.call(CLOSE, {"id": job_id}).code == "FORBIDDEN"
    assert market.change(job_id, market.liam, DESIGN, jobPostingInfo={"title": "Ours"}).data
    other_team = market.post(organization_id=BUILD)
    assert market.liam.call(READ, {"id": other_team}).code == "NOT_FOUND"


@pytest.mark.parametrize("organization_id", [RIVAL, STUDIO, "999", "", "x"])
def test_a_posting_is_for_an_organization_of_ones_own(market: Market, organization_id: str) -> None:
    request = {"organizationId": organization_id, "jobPostingInfo": fixed_price()}
    create = "mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) { id } }"
    refused = market.olivia.call(create, {"request": request})
    assert refused.code == "FORBIDDEN"
    assert market.sofia.call(create, {"request": {**request, "organizationId": STUDIO}}).code == "FORBIDDEN"
    assert market.events() == []


def test_a_hidden_budget_is_for_the_client_alone(market: Market) -> None:
    job_id = market.post(jobPostingInfo=fixed_price(hideBudget=True))
    own = market.olivia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert own["contractTerms"]["fixedPriceContractTerms"]["amount"]["rawValue"] == "1250.50"
    seen = market.sofia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert seen["contractTerms"] == {"contractType": "FIXED", "fixedPriceContractTerms": None}


def test_the_private_side_of_the_client_is_for_its_members(market: Market) -> None:
    job_id = market.post()
    own = market.olivia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    seen = market.sofia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]
    assert (own["clientCompany"], seen["clientCompany"]) == ({"id": ACME}, None)
    assert seen["clientCompanyPublic"] == {"id": ACME, "city": "Berlin"}
    assert seen["canClientReceiveContractProposal"] is True


def test_hourly_terms(market: Market) -> None:
    job_id = market.post(jobPostingInfo=hourly())
    terms = market.olivia.call(READ, {"id": job_id}).data["jobPosting"]["contractTerms"]
    assert terms["hourlyContractTerms"] == {
        "engagementType": "PART_TIME",
        "hourlyBudgetMin": 25.0,
        "hourlyBudgetMax": 40.5,
    }
    assert terms["fixedPriceContractTerms"] is None


def test_contents_and_predictions_leave_out_what_one_may_not_see(market: Market) -> None:
    public = market.post(jobPostingInfo=fixed_price(freelancersToHire=2))
    private = market.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE", keepOpenOnHire=True))
    query = """query ($ids: [ID!]!) {
      marketplaceJobPostingsContents(ids: $ids) { id ciphertext title publishedDateTime }
      jobsFeaturePredictions(ids: $ids) { id openingMultiFreelancerPrediction opening }
    }"""
    ids = [private, "1", public]
    seen = market.sofia.call(query, {"ids": ids}).data
    assert [one and one["id"] for one in seen["marketplaceJobPostingsContents"]] == [None, None, public]
    assert seen["marketplaceJobPostingsContents"][2]["ciphertext"] == f"~02{public}"
    assert seen["jobsFeaturePredictions"] == [
        {"id": public, "openingMultiFreelancerPrediction": True, "opening": "high"}
    ]
    own = market.olivia.call(query, {"ids": ids}).data
    assert [one and one["id"] for one in own["marketplaceJobPostingsContents"]] == [private, None, public]
    assert own["jobsFeaturePredictions"][0]["opening"] == "medium"
    assert (
        market.sofia.call(query, {"ids": ["1"] * 101}).json["errors"][0]["extensions"]["code"]
        == "UNPROCESSABLE_CONTENT"
    )
