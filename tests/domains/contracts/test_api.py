"""Reading contracts through the API: visibility and fields."""

import pytest

from souk.authentication.principal import Role
from souk.domains.agreements.model import Payroll
from souk.domains.contracts.store import CONTRACTS
from souk.domains.jobs.store import JOBS
from tests.support.api import Person, Souk, person
from tests.support.worlds.contracts import STRANGE_IDS, ContractsWorld, hourly_contract, term
from tests.support.worlds.jobs import (
    ACME,
    DESIGN,
    LIAM,
    NOAH,
    OMAR,
    RIVAL,
    SOFIA,
    STUDIO,
    SUBCATEGORY,
    JobsWorld,
    store_field,
)
from tests.support.worlds.milestones import PARTIES, SINCE, contract


def test_both_parties_see_whole_contract(fixed: ContractsWorld) -> None:
    milestone = fixed.add_milestone(description="A sketch")
    for who in (fixed.liam, fixed.olivia, fixed.max, fixed.sofia):
        shown = fixed.details(who)
        assert (shown["id"], shown["title"], shown["status"]) == (fixed.contract.id, "A website", "ACTIVE")
        assert shown["offer"] == {"id": fixed.contract.offer_id}
        assert (shown["startDate"], shown["endDate"], shown["createDate"]) == (SINCE, None, SINCE)
        assert shown["vendorOrganization"] == {"id": STUDIO, "name": "Sofia"}
        assert (shown["clientOrganization"]["id"], shown["clientTeam"]["id"]) == (ACME, DESIGN)
        assert (shown["hiringManager"]["id"], shown["supervisor"]["id"]) == (LIAM, LIAM)
        assert shown["metadata"] == {"agencyContract": False}
        for empty in ("closingReason", "kind", "agencyManager", "endedBy", "projectId", "hourlyLimits"):
            assert shown[empty] is None, empty
        (one,) = shown["terms"]["fixedPriceTerms"]
        assert one["fixedAmount"] == {"rawValue": "1000.00"}
        assert one["fpCharge"] == {"rawValue": "1050.00"}, "the client's fee is on top"
        assert one["milestones"] == [{"id": milestone, "description": "A sketch", "state": "NotFunded"}]
        assert (one["jobType"], one["isFP2"], one["creatorUserType"]) == ("FIXED", True, "CLIENT")
        assert (one["createdBy"], one["changedBy"], one["ptcData"]) == ({"id": LIAM}, {"id": LIAM}, None)
        assert (shown["terms"]["hourlyTerms"], shown["terms"]["stipendTerms"]) == ([], [])


def test_party_sees_public_data_of_other_party(fixed: ContractsWorld) -> None:
    freelancer = fixed.details(fixed.liam)["freelancer"]
    assert freelancer == {
        "id": SOFIA,
        "rid": SOFIA,
        "name": "Sofia E.",
        "photoUrl": None,
        "firstName": "Sofia",
        "lastName": None,
        "email": None,
        "address": {"cityName": "Lisbon", "countryName": "Portugal", "street": None, "zip": None},
    }
    own = fixed.details(fixed.sofia)["freelancer"]
    assert (own["lastName"], own["email"]) == ("Example", "sofia@souk.test")
    manager = fixed.details(fixed.sofia)["hiringManager"]
    assert (manager["name"], manager["lastName"], manager["email"]) == ("Liam E.", None, None)
    profile = fixed.older_contract(fixed.liam)["freelancer"]
    assert profile == {
        "firstName": "Sofia",
        "lastName": "E.",
        "fullName": "Sofia E.",
        "email": None,
        "userDetails": {"id": SOFIA, "email": None},
    }
    assert fixed.older_contract(fixed.sofia)["freelancer"]["fullName"] == "Sofia Example"


QUERIES = (
    ("contractDetails", "query ($id: ID!) { contractDetails(id: $id) { id } }", "contract"),
    ("contractByTerm", "query ($id: ID!) { contractByTerm(termId: $id) { id } }", "term"),
    ("contractTerm", "query ($id: ID!) { contractTerm(termId: $id) { id } }", "term"),
)


@pytest.mark.parametrize(("name", "query", "by"), QUERIES)
def test_stranger_gets_same_answer_as_for_missing_contract(
    hourly: ContractsWorld, name: str, query: str, by: str
) -> None:
    id_ = hourly.contract.id if by == "contract" else hourly.contract.term.id
    assert hourly.sofia.call(query, {"id": id_}).data[name] == {"id": hourly.contract.id}
    missing = hourly.omar.call(query, {"id": "1"})
    refused = hourly.omar.call(query, {"id": id_})
    assert refused.code == missing.code == "NOT_FOUND"
    assert refused.error["message"] == missing.error["message"]
    for strange in STRANGE_IDS:
        assert hourly.sofia.call(query, {"id": strange}).code == "NOT_FOUND"


def test_freelancer_in_other_organization_is_stranger(hourly: ContractsWorld) -> None:
    elsewhere = person(hourly.souk, SOFIA, ACME)
    assert hourly.query_details(elsewhere).data, "as a member of the client's company she acts for the client"
    assert hourly.end_contract(elsewhere, by_client=False).code == "FORBIDDEN"


def test_lists_contain_only_own_contracts(hourly: ContractsWorld) -> None:
    other = hourly.add_contract(
        hourly_contract(parties=hourly.contract.parties.model_copy(update={"client_team_id": "1"}))
    )
    query = "query ($ids: [ID!]) { contractList(ids: $ids) { contracts { id } } }"

    def listed(who: Person, *ids: str) -> list[str]:
        return [one["id"] for one in who.call(query, {"ids": ids}).data["contractList"]["contracts"]]

    ids = (other.id, "1", hourly.contract.id)
    assert listed(hourly.sofia, *ids) == [other.id, hourly.contract.id]
    assert listed(hourly.liam, *ids) == [hourly.contract.id], "the other is of another team"
    assert listed(hourly.omar, *ids) == []
    assert hourly.sofia.call(query, {"ids": None}).data == {"contractList": {"contracts": []}}
    assert hourly.sofia.call(query, {"ids": ["1"] * 11}).code == "UNPROCESSABLE_CONTENT"


def test_older_contract_has_term_id(hourly: ContractsWorld) -> None:
    shown = hourly.older_contract(hourly.sofia)
    assert (shown["id"], shown["contractId"]) == (hourly.contract.term.id, hourly.contract.id)
    assert (shown["contractType"], shown["status"], shown["paused"], shown["last"]) == ("HOURLY", "ACTIVE", False, True)
    assert shown["hourlyChargeRate"] == {"rawValue": "47.25"}
    assert (shown["weeklyHoursLimit"], shown["weeklyChargeAmount"], shown["hasAgency"]) == (20.0, None, False)
    assert (shown["firstContractStartDateTime"], shown["startDateTime"], shown["endDateTime"]) == (SINCE, SINCE, None)
    assert shown["clientCompany"] == {"id": ACME, "name": "Acme"}
    assert (shown["feedback"], shown["clientProposal"], shown["vendorProposal"]) == (None, None, None)
    assert hourly.older_contract(hourly.omar) is None
    assert hourly.older_contract(hourly.sofia, hourly.contract.id) is None, "that is no term"


def test_older_contract_is_pending_before_start(souk: Souk) -> None:
    contract_world = ContractsWorld(souk, hourly_contract(starts="2099-01-01T00:00:00.000Z"))
    assert contract_world.older_contract(contract_world.sofia)["status"] == "PENDING"
    contract_world.end_as_freelancer()
    shown = contract_world.details(contract_world.sofia)
    assert shown["status"] == "CLOSED"
    assert shown["terms"]["hourlyTerms"][0]["endDate"] == "2099-01-01T00:00:00.000Z", "it never came into force"


def test_date_filters_terms(souk: Souk) -> None:
    first = term(rate=4_000, starts="2026-01-05T08:00:00.000Z", ends="2026-03-05T08:00:00.000Z")
    second = term(rate=5_000, stipend=10_000, starts="2026-03-05T08:00:00.000Z")
    contract_world = ContractsWorld(souk, hourly_contract(terms=(first, second)))

    def rates(date: str | None) -> list[str]:
        terms = contract_world.details(contract_world.sofia, date=date)["terms"]
        return [one["hourlyRate"]["rawValue"] for one in terms["hourlyTerms"]] if terms else []

    assert rates(None) == ["40.00", "50.00"]
    assert rates("2026-02-01") == ["40.00"]
    assert rates("2026-03-05") == rates("20260305") == ["40.00", "50.00"]
    assert rates("2026-03-05T09:00+0100") == ["50.00"]
    assert rates("2026-03-05T08:59+0100") == ["40.00"]
    assert rates("2025-12-31") == []
    for wrong in ("", "yesterday", "2026-02-30", "9999-12-31T23:59-1400", "2026-W10-1"):
        assert contract_world.query_details(contract_world.sofia, date=wrong).code == "UNPROCESSABLE_CONTENT", wrong
    alone = contract_world.sofia.call(
        f'{{ contractTerm(termId: "{first.id}") {{ terms {{ hourlyTerms {{ id }} }} }} }}'
    ).data
    assert alone["contractTerm"]["terms"]["hourlyTerms"] == [{"id": first.id}]
    (stipend,) = contract_world.details(contract_world.sofia)["terms"]["stipendTerms"]
    assert (stipend["id"], stipend["stipendAmount"], stipend["minGuaranteedHours"]) == (
        second.id,
        {"rawValue": "100.00"},
        None,
    )
    older = contract_world.older_contract(contract_world.sofia, first.id)
    assert (older["status"], older["last"], older["endDateTime"]) == ("CLOSED", False, "2026-03-05T08:00:00.000Z")
    assert contract_world.older_contract(contract_world.sofia, second.id)["weeklyChargeAmount"] == {
        "rawValue": "105.00"
    }


def test_direct_hire_is_shown_as_posting(fixed: ContractsWorld) -> None:
    for who in (fixed.liam, fixed.sofia):
        assert fixed.details(who)["job"] == {
            "id": fixed.contract.id,
            "content": {"title": "A website", "description": ""},
            "info": {"status": "FILLED"},
            "ownership": {"team": {"id": DESIGN}},
        }
    assert fixed.older_contract(fixed.sofia)["job"] is None
    own = "query ($id: ID!) { jobPosting(jobPostingId: $id) { id } }"
    assert fixed.liam.call(own, {"id": fixed.contract.id}).code == "NOT_FOUND", "it is no posting"


def test_payroll_contract_kind(fixed: ContractsWorld) -> None:
    assert (fixed.details(fixed.sofia)["kind"], fixed.details(fixed.sofia)["isPtc"]) == (None, False)
    for payroll, is_ptc in ((Payroll(), False), (Payroll(talent_cloud_id="91"), True)):
        shown = fixed.details(fixed.sofia, fixed.add_contract(contract(payroll=payroll)).id)
        assert (shown["kind"], shown["isPtc"]) == ("PAYROLL", is_ptc)


def test_agency_leader_acts_for_freelancer(souk: Souk) -> None:
    agency = {"vendor_company_id": RIVAL, "vendor_team_id": RIVAL, "agency": True}
    contract_world = ContractsWorld(souk, hourly_contract(parties=PARTIES.model_copy(update=agency)))
    assert contract_world.details(contract_world.omar)["metadata"] == {"agencyContract": True}
    assert contract_world.query_details(contract_world.sofia).code == "NOT_FOUND", (
        "she is in an organization of her own now"
    )
    assert contract_world.end_contract(contract_world.omar, by_client=False, feedbackInfo={"skillsScore": 5}).data
    ended = contract_world.details(contract_world.liam)
    assert (ended["endedBy"], ended["changingUserType"]) == ({"id": OMAR}, "PROFESSIONAL")
    worker = person(souk, SOFIA, RIVAL, role=Role.MEMBER)
    assert contract_world.details(worker)["status"] == "CLOSED", "who does the work is a party in the agency"
    colleague = person(souk, NOAH, RIVAL, role=Role.MEMBER)
    assert contract_world.query_details(colleague).code == "NOT_FOUND", "another member of the agency is none"


CLIENTS_OWN = """query ($id: ID!) { contractDetails(id: $id) { job { id content { title }
  info { hidden siteSource hourlyBudgetMin { rawValue } hideBudget changedByUser { id } company { id } status }
  contractTerms { fixedPriceContractTerms { amount { rawValue } } } customFields { value }
  additionalInfo { clientTotalSpentOnCreate { rawValue } } proposalsStatistics { totalProposals }
  ptcInfo { jobPostingPtcVisibility } ownership { clientCompany { id } company { id } } } } }"""


def test_internal_posting_data_is_hidden_from_freelancer(fixed: ContractsWorld) -> None:
    world = JobsWorld.__new__(JobsWorld)
    world.souk = fixed.souk
    job_id = world.post(
        fixed.liam,
        customFields={"responses": [{"customFieldId": store_field(fixed.souk.table), "value": "secret"}]},
        ptcInfo={"visibility": "ONLY_INVITED"},
        jobPostingInfo={
            "title": "A website",
            "description": "A private one",
            "type": "FIXED_PRICE",
            "amount": "1250.50",
            "hideBudget": True,
            "siteSource": "secret",
            "hidden": False,
            "categoryId": SUBCATEGORY,
        },
    )
    made = fixed.add_contract(contract(job_id=job_id))
    client = fixed.liam.call(CLIENTS_OWN, {"id": made.id}).data["contractDetails"]["job"]
    assert client["customFields"] == [{"value": "secret"}]
    assert client["contractTerms"]["fixedPriceContractTerms"]["amount"] == {"rawValue": "1250.50"}
    assert client["info"]["siteSource"] == "secret"
    assert client["ownership"] == {"clientCompany": {"id": ACME}, "company": {"id": ACME}}
    shown = fixed.sofia.call(CLIENTS_OWN, {"id": made.id}).data["contractDetails"]["job"]
    assert (shown["id"], shown["content"]) == (job_id, {"title": "A website"})
    info = dict.fromkeys(("hidden", "siteSource", "hourlyBudgetMin", "changedByUser", "company"))
    assert shown["info"] == {**info, "hideBudget": True, "status": "REQUESTED"}
    assert shown["contractTerms"] == {"fixedPriceContractTerms": None}
    for part in ("customFields", "additionalInfo", "proposalsStatistics", "ptcInfo"):
        assert shown[part] is None, part
    assert shown["ownership"] == {"clientCompany": None, "company": {"id": ACME}}
    assert fixed.souk.table.get(JOBS, job_id)


def test_contract_proposal_is_null(hourly: ContractsWorld) -> None:
    query = 'query { contractProposal(id: "1") { id state } }'
    assert hourly.sofia.call(query).data == {"contractProposal": None}


def test_work_days_are_empty(hourly: ContractsWorld) -> None:
    query = """query ($id: ID!) { contract(id: $id) {
      workDays(timeRange: {rangeStart: "2026-01-01", rangeEnd: "2026-01-02"}) { date } } }"""
    assert hourly.sofia.call(query, {"id": hourly.contract.term.id}).data == {"contract": {"workDays": []}}


def test_stored_contract_equals_created_contract(hourly: ContractsWorld) -> None:
    assert hourly.souk.table.get(CONTRACTS, hourly.contract.id) == hourly.contract
