"""Contracts by the API: what each side sees, and what each of them may do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from souk.domains.contracts.model import ChangedAs, ContractStatus
from souk.domains.contracts.store import CONTRACTS, history_of
from souk.domains.jobs.store import JOBS
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.rules.requirements import MAX_OPEN
from souk.domains.milestones.store import create_milestone, milestones_of
from souk.domains.payments.model import AccountKind
from tests.domains.contracts.deal import Deal, hourly_contract, term
from tests.domains.jobs.market import ACME, DESIGN, LIAM, OLIVIA, RIVAL, SOFIA, STUDIO, Market
from tests.support.api import Answer, Person, Souk
from tests.support.workshop import SINCE, contract

ENDS = "mutation ($id: ID!, $input: EndContractInput!) {{ {name}(contractId: $id, input: $input) {{ success }} }}"


def test_both_sides_see_the_whole_contract(fixed: Deal) -> None:
    milestone = fixed.planned(description="A sketch")
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


def test_of_the_other_side_one_sees_what_others_see(fixed: Deal) -> None:
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
    profile = fixed.older(fixed.liam)["freelancer"]
    assert profile == {
        "firstName": "Sofia",
        "lastName": "E.",
        "fullName": "Sofia E.",
        "email": None,
        "userDetails": {"id": SOFIA, "email": None},
    }
    assert fixed.older(fixed.sofia)["freelancer"]["fullName"] == "Sofia Example"


QUERIES = (
    ("contractDetails", "query ($id: ID!) { contractDetails(id: $id) { id } }", "contract"),
    ("contractByTerm", "query ($id: ID!) { contractByTerm(termId: $id) { id } }", "term"),
    ("contractTerm", "query ($id: ID!) { contractTerm(termId: $id) { id } }", "term"),
)
STRANGE_IDS = ("", "1", "0" * 5_000, "#", "1#CONTRACT", "\0", "😀", "-1")


@pytest.mark.parametrize(("name", "query", "by"), QUERIES)
def test_strangers_hear_what_they_hear_of_what_is_not_there(hourly: Deal, name: str, query: str, by: str) -> None:
    id_ = hourly.contract.id if by == "contract" else hourly.contract.term.id
    assert hourly.sofia.call(query, {"id": id_}).data[name] == {"id": hourly.contract.id}
    missing = hourly.omar.call(query, {"id": "1"})
    refused = hourly.omar.call(query, {"id": id_})
    assert refused.code == missing.code == "NOT_FOUND"
    assert refused.error["message"] == missing.error["message"]
    for strange in STRANGE_IDS:
        assert hourly.sofia.call(query, {"id": strange}).code == "NOT_FOUND"


def test_a_freelancer_in_another_organization_of_theirs_is_a_stranger(hourly: Deal) -> None:
    from tests.support.api import person  # noqa: PLC0415 - only here

    elsewhere = person(hourly.souk, SOFIA, ACME)
    assert hourly.ask_details(elsewhere).data, "as a member of the client's company she acts for the client"
    assert hourly.ask_end(elsewhere, by_client=False).code == "FORBIDDEN"


def test_lists_leave_out_what_is_not_the_callers(hourly: Deal) -> None:
    other = hourly.add(hourly_contract(parties=hourly.contract.parties.model_copy(update={"client_team_id": "1"})))
    query = "query ($ids: [ID!]) { contractList(ids: $ids) { contracts { id } } }"

    def listed(who: Person, *ids: str) -> list[str]:
        return [one["id"] for one in who.call(query, {"ids": ids}).data["contractList"]["contracts"]]

    ids = (other.id, "1", hourly.contract.id)
    assert listed(hourly.sofia, *ids) == [other.id, hourly.contract.id]
    assert listed(hourly.liam, *ids) == [hourly.contract.id], "the other is of another team"
    assert listed(hourly.omar, *ids) == []
    assert hourly.sofia.call(query, {"ids": None}).data == {"contractList": {"contracts": []}}
    assert hourly.sofia.call(query, {"ids": ["1"] * 11}).code == "UNPROCESSABLE_CONTENT"


def test_older_programs_know_a_contract_by_its_term(hourly: Deal) -> None:
    shown = hourly.older(hourly.sofia)
    assert (shown["id"], shown["contractId"]) == (hourly.contract.term.id, hourly.contract.id)
    assert (shown["contractType"], shown["status"], shown["paused"], shown["last"]) == ("HOURLY", "ACTIVE", False, True)
    assert shown["hourlyChargeRate"] == {"rawValue": "47.25"}
    assert (shown["weeklyHoursLimit"], shown["weeklyChargeAmount"], shown["hasAgency"]) == (20.0, None, False)
    assert (shown["firstContractStartDateTime"], shown["startDateTime"], shown["endDateTime"]) == (SINCE, SINCE, None)
    assert shown["clientCompany"] == {"id": ACME, "name": "Acme"}
    assert (shown["feedback"], shown["clientProposal"], shown["vendorProposal"]) == (None, None, None)
    assert hourly.older(hourly.omar) is None
    assert hourly.older(hourly.sofia, hourly.contract.id) is None, "that is no term"


def test_a_contract_that_is_yet_to_begin_is_pending_to_older_programs(souk: Souk) -> None:
    deal = Deal(souk, hourly_contract(starts="2099-01-01T00:00:00.000Z"))
    assert deal.older(deal.sofia)["status"] == "PENDING"
    deal.ended()
    shown = deal.details(deal.sofia)
    assert shown["status"] == "CLOSED"
    assert shown["terms"]["hourlyTerms"][0]["endDate"] == "2099-01-01T00:00:00.000Z", "it never came into force"


def test_terms_of_a_day(souk: Souk) -> None:
    first = term(rate=4_000, starts="2026-01-05T08:00:00.000Z", ends="2026-03-05T08:00:00.000Z")
    second = term(rate=5_000, stipend=10_000, starts="2026-03-05T08:00:00.000Z")
    deal = Deal(souk, hourly_contract(terms=(first, second)))

    def rates(date: str | None) -> list[str]:
        terms = deal.details(deal.sofia, date=date)["terms"]
        return [one["hourlyRate"]["rawValue"] for one in terms["hourlyTerms"]] if terms else []

    assert rates(None) == ["40.00", "50.00"]
    assert rates("2026-02-01") == ["40.00"]
    assert rates("2026-03-05") == ["40.00", "50.00"]
    assert rates("2026-03-05T09:00+0100") == ["50.00"]
    assert rates("2026-03-05T08:59+0100") == ["40.00"]
    assert rates("2025-12-31") == []
    for wrong in ("", "yesterday", "2026-02-30", "20260301", "2026-03-05T08:00", "9999-12-31T23:59-1400", "2026-W10-1"):
        assert deal.ask_details(deal.sofia, date=wrong).code == "UNPROCESSABLE_CONTENT", wrong
    alone = deal.sofia.call(f'{{ contractTerm(termId: "{first.id}") {{ terms {{ hourlyTerms {{ id }} }} }} }}').data
    assert alone["contractTerm"]["terms"]["hourlyTerms"] == [{"id": first.id}]
    (stipend,) = deal.details(deal.sofia)["terms"]["stipendTerms"]
    assert (stipend["id"], stipend["stipendAmount"], stipend["minGuaranteedHours"]) == (
        second.id,
        {"rawValue": "100.00"},
        None,
    )
    older = deal.older(deal.sofia, first.id)
    assert (older["status"], older["last"], older["endDateTime"]) == ("CLOSED", False, "2026-03-05T08:00:00.000Z")
    assert deal.older(deal.sofia, second.id)["weeklyChargeAmount"] == {"rawValue": "105.00"}


def test_a_direct_hire_is_shown_as_a_posting_of_its_own(fixed: Deal) -> None:
    for who in (fixed.liam, fixed.sofia):
        assert fixed.details(who)["job"] == {
            "id": fixed.contract.id,
            "content": {"title": "A website", "description": ""},
            "info": {"status": "FILLED"},
            "ownership": {"team": {"id": DESIGN}},
        }
    assert fixed.older(fixed.sofia)["job"] is None
    own = "query ($id: ID!) { jobPosting(jobPostingId: $id) { id } }"
    assert fixed.liam.call(own, {"id": fixed.contract.id}).code == "NOT_FOUND", "it is no posting"


CLIENTS_OWN = """query ($id: ID!) { contractDetails(id: $id) { job { id content { title }
  info { hidden siteSource hourlyBudgetMin { rawValue } hideBudget changedByUser { id } company { id } status }
  contractTerms { fixedPriceContractTerms { amount { rawValue } } } customFields { value }
  additionalInfo { clientTotalSpentOnCreate { rawValue } } proposalsStatistics { totalProposals }
  ptcInfo { jobPostingPtcVisibility } ownership { clientCompany { id } company { id } } } } }"""


def test_what_a_client_keeps_with_a_posting_is_not_told_to_the_freelancer(fixed: Deal) -> None:
    market = Market.__new__(Market)
    market.souk = fixed.souk
    job_id = market.post(
        fixed.liam,
        customFields={"responses": [{"id": "1", "customFieldId": "2", "value": "secret"}]},
        ptcInfo={"visibility": "ONLY_INVITED"},
        jobPostingInfo={
            "title": "A website",
            "description": "A private one",
            "type": "FIXED_PRICE",
            "amount": "1250.50",
            "hideBudget": True,
            "siteSource": "secret",
            "hidden": False,
            "categoryId": _subcategory(),
        },
    )
    made = fixed.add(contract(job_id=job_id))
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


def _subcategory() -> str:
    from tests.domains.jobs.market import SUBCATEGORY  # noqa: PLC0415 - only here

    return SUBCATEGORY


# Pausing and going on


def test_pausing_and_going_on(fixed: Deal) -> None:
    assert fixed.pause(fixed.liam, "Back on Monday").data == {"pauseContract": {"success": True}}
    shown = fixed.details(fixed.sofia)
    assert (shown["status"], shown["changedBy"], shown["changingUserType"]) == ("PAUSED", {"id": LIAM}, "CLIENT")
    assert fixed.older(fixed.sofia)["paused"] is True
    assert fixed.pause(fixed.liam).code == "CONFLICT"
    milestone = fixed.do("createMilestoneV2", contractId=fixed.contract.id, depositAmount="1", description="More")
    assert milestone.code == "CONFLICT", "a paused contract gets no more work"
    assert fixed.restart(fixed.olivia).data == {"restartContract": {"success": True}}
    assert fixed.details(fixed.sofia)["status"] == "ACTIVE"
    assert fixed.restart(fixed.olivia).code == "CONFLICT"
    history = history_of(fixed.souk.table, fixed.contract.id)
    assert [(one.what, one.by_id, one.by, one.message) for one in history] == [
        ("BEGIN", LIAM, ChangedAs.CLIENT, None),
        ("PAUSE", LIAM, ChangedAs.CLIENT, "Back on Monday"),
        ("RESTART", OLIVIA, ChangedAs.CLIENT, None),
    ]


def test_only_who_hires_for_the_client_pauses_and_changes_the_limit(hourly: Deal) -> None:
    acts = (hourly.pause, hourly.restart, lambda who: hourly.limit(who, weeklyLimit="1"))
    for act in acts:
        assert act(hourly.max).code == "FORBIDDEN"
        assert act(hourly.sofia).code == "FORBIDDEN"
        assert act(hourly.omar).code == "NOT_FOUND"
    assert hourly.now() == hourly.contract


@pytest.mark.parametrize("message", ["x" * 5_001, "\0", "\u202e", "a\x07b"])
def test_a_message_is_a_text(hourly: Deal, message: str) -> None:
    assert hourly.pause(hourly.liam, message).code == "UNPROCESSABLE_CONTENT"
    assert hourly.now().status is ContractStatus.ACTIVE


# The weekly limit


def test_a_new_limit_follows_the_old_one(hourly: Deal) -> None:
    for wanted in ("30", "0", None, "168"):
        assert hourly.limit(hourly.liam, weeklyLimit=wanted).data
    shown = hourly.details(hourly.sofia)["hourlyLimits"]
    assert [one["weeklyLimit"] for one in shown][-1] == "168"
    assert hourly.older(hourly.sofia)["weeklyHoursLimit"] == 168.0
    for before, after in pairwise(shown):
        assert before["endDate"] == after["startDate"]
    assert shown[0]["startDate"] == SINCE
    assert shown[-1]["endDate"] is None
    before = hourly.now()
    assert hourly.limit(hourly.liam, weeklyLimit="168", notifications={"notifyVendor": True}).data
    assert hourly.now() == before, "the same limit changes nothing"


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"notifications": {}},
        *({"weeklyLimit": wrong} for wrong in ("", "-1", "169", "1.5", "٣٠", "1e2", "9" * 5_000, "\0", " 4")),
    ],
)
def test_a_limit_is_whole_hours_of_a_week(hourly: Deal, request_: dict[str, Any]) -> None:
    answer = hourly.limit(hourly.liam, **request_)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "updateHourlyLimitRequest.weeklyLimit" in answer.error["message"]
    bare = "mutation ($id: ID!) { updateContractHourlyLimit(contractId: $id) { success } }"
    assert hourly.liam.call(bare, {"id": hourly.contract.id}).code == "UNPROCESSABLE_CONTENT"


def test_a_fixed_price_has_no_weekly_limit(fixed: Deal) -> None:
    assert fixed.limit(fixed.liam, weeklyLimit="30").code == "CONFLICT"


# Ending


@pytest.mark.parametrize("by_client", [True, False])
def test_each_side_ends_it(hourly: Deal, by_client: bool) -> None:
    who, user_id, part = (hourly.liam, LIAM, "CLIENT") if by_client else (hourly.sofia, SOFIA, "PROFESSIONAL")
    assert hourly.ask_end(who, by_client=by_client).data
    shown = hourly.details(hourly.sofia)
    assert (shown["status"], shown["endedBy"], shown["changingUserType"]) == ("CLOSED", {"id": user_id}, part)
    assert shown["closingReason"] == {"id": "1201", "apiRef": "work-completed", "reason": "The work is done"}
    ended = shown["endDate"]
    assert datetime.now(UTC) - datetime.fromisoformat(ended) < timedelta(minutes=5)
    assert shown["terms"]["hourlyTerms"][0]["endDate"] == ended
    assert shown["hourlyLimits"][-1]["endDate"] == ended
    assert hourly.older(hourly.sofia)["status"] == "CLOSED"
    for again in (hourly.ask_end(hourly.liam, by_client=True), hourly.ask_end(hourly.sofia, by_client=False)):
        assert again.code == "CONFLICT"
    for late in (hourly.pause(hourly.liam), hourly.restart(hourly.liam), hourly.limit(hourly.liam, weeklyLimit="1")):
        assert late.code == "CONFLICT"
    change = history_of(hourly.souk.table, hourly.contract.id)[-1]
    assert (change.what, change.by_id, change.details) == (
        "END_BY_CLIENT" if by_client else "END_BY_FREELANCER",
        user_id,
        {"reason": "1201"},
    )


def test_each_side_has_its_own_request_for_that(hourly: Deal) -> None:
    assert hourly.ask_end(hourly.sofia, by_client=True).code == "FORBIDDEN"
    assert hourly.ask_end(hourly.liam, by_client=False).code == "FORBIDDEN"
    assert hourly.ask_end(hourly.max, by_client=True).code == "FORBIDDEN"
    for by_client in (True, False):
        assert hourly.ask_end(hourly.omar, by_client=by_client).code == "NOT_FOUND"
        for strange in STRANGE_IDS:
            answer = hourly.ask_end(hourly.liam, by_client=by_client, contract_id=strange)
            assert answer.code == "NOT_FOUND"
    assert hourly.now().status is ContractStatus.ACTIVE


def test_a_paused_contract_can_be_ended(hourly: Deal) -> None:
    hourly.pause(hourly.liam)
    hourly.ended()
    assert hourly.now().status is ContractStatus.CLOSED


@pytest.mark.parametrize("reason", ["", "1", "1211", "1301", "1" * 5_000, "\0"])
def test_the_reason_is_one_of_those_offered_for_this_kind_of_work(hourly: Deal, reason: str) -> None:
    answer = hourly.ask_end(hourly.liam, by_client=True, reasonRef=reason)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "CONTRACT_END_HOURLY" in answer.error["message"]


def test_it_ends_today_wherever_that_is(hourly: Deal) -> None:
    today = datetime.now(UTC).date()
    for wrong in (
        str(today - timedelta(days=3)),
        str(today + timedelta(days=3)),
        "soon",
        "",
        "0001-01-01",
        "9999-12-31",
    ):
        assert hourly.ask_end(hourly.liam, by_client=True, endDate=wrong).code == "UNPROCESSABLE_CONTENT", wrong
    assert hourly.ask_end(hourly.liam, by_client=True, endDate=f"{today}T00:00+0000").data


def test_what_is_in_escrow_goes_back_in_the_same_moment(fixed: Deal) -> None:
    funded, planned = fixed.active(10_000), fixed.planned(5_000)
    assert fixed.on(AccountKind.ESCROW) == 10_000
    told = fixed.events()
    assert fixed.ask_end(fixed.liam, by_client=True).data
    assert fixed.on(AccountKind.ESCROW) == 0
    assert fixed.on(AccountKind.FUNDS) == 0, "the fee went back too"
    states = {
        one["id"]: one["state"] for one in fixed.details(fixed.sofia)["terms"]["fixedPriceTerms"][0]["milestones"]
    }
    assert states == {funded: "CancelledByClient", planned: "NotFundedClosed"}
    assert sorted(fixed.events()[len(told) :]) == sorted(("MILESTONE", "REFRESH", one) for one in (funded, planned))
    fixed.audit()


def test_a_client_answers_submitted_work_before_ending(fixed: Deal) -> None:
    fixed.submitted()
    assert fixed.ask_end(fixed.liam, by_client=True).code == "CONFLICT"
    assert fixed.now().status is ContractStatus.ACTIVE
    assert fixed.ask_end(fixed.sofia, by_client=False).data
    assert fixed.on(AccountKind.ESCROW) == 0
    fixed.audit()


def test_as_many_open_milestones_as_there_can_be_end_with_it(fixed: Deal) -> None:
    funded = fixed.active(1_000)
    example = fixed.stored(funded).model_copy(
        update={"state": MilestoneState.NOT_FUNDED, "funded": 0, "escrow": 0, "charged_fee": 0, "version": 0}
    )
    tx = fixed.souk.table.transaction()
    for number in range(2, MAX_OPEN + 1):  # each with a checkout that is called off
        create_milestone(tx, example.model_copy(update={"id": f"{number}", "checkout_id": f"{number}"}))
    tx.commit()
    assert fixed.ask_end(fixed.liam, by_client=True, feedbackInfo={"skillsScore": 5}).data
    assert fixed.on(AccountKind.ESCROW) == 0
    states = [one.state for one in milestones_of(fixed.souk.table, fixed.contract.offer_id)]
    assert sorted(states) == ["CancelledByClient", *["NotFundedClosed"] * (MAX_OPEN - 1)]


# The contracts of a freelancer

VENDOR = """query ($filter: VendorContractSearchFilter!, $options: ContractOptionsInput, $paging: ContractPagingInput) {
  vendorContracts(filter: $filter, options: $options, paging: $paging) { paging { limit offset }
    contracts { id terms { hourlyTerms { id createdBy { id } } } hourlyLimits { id }
      freelancer { id } clientTeam { id company { id } } supervisor { id } job { id ownership { user { id } } }
      offer { id } } } }"""


def vendors(who: Person, options: Any = None, paging: Any = None, **filter_: Any) -> Answer:
    return who.call(VENDOR, {"filter": {"vendorId": SOFIA, **filter_}, "options": options, "paging": paging})


def ids(answer: Answer) -> list[str]:
    return [one["id"] for one in answer.data["vendorContracts"]["contracts"]]


def test_the_contracts_of_a_freelancer(hourly: Deal) -> None:
    later = hourly.add(hourly_contract(starts="2026-05-05T08:00:00.000Z"))
    foreign = hourly.contract.parties.model_copy(update={"client_team_id": RIVAL, "client_company_id": RIVAL})
    elsewhere = hourly.add(hourly_contract(parties=foreign))
    first = hourly.contract.id
    assert ids(vendors(hourly.sofia)) == [elsewhere.id, later.id, first], "the newest first"
    assert ids(vendors(hourly.liam)) == [later.id, first]
    assert ids(vendors(hourly.omar)) == [elsewhere.id]
    assert ids(vendors(hourly.liam, vendorId="1#")) == []
    shown = vendors(hourly.liam).data["vendorContracts"]
    assert shown["paging"] == {"limit": 10, "offset": 0}
    assert (shown["contracts"][0]["terms"], shown["contracts"][0]["hourlyLimits"]) == (None, None)
    whole = vendors(hourly.liam, {"addTerms": True, "addHourLimits": True}).data["vendorContracts"]["contracts"][0]
    assert len(whole["terms"]["hourlyTerms"]) == len(whole["hourlyLimits"]) == 1
    assert ids(vendors(hourly.liam, startDateBefore="2026-05-05")) == [first]
    assert ids(vendors(hourly.liam, startDateBefore="2026-05-05T10:30+0200")) == [later.id, first]
    assert ids(vendors(hourly.liam, paging={"limit": 1, "offset": 1, "includeTotalCount": True})) == [first]
    hourly.ended()
    assert ids(vendors(hourly.liam, contractStatuses=["CLOSED", None])) == [first]
    assert ids(vendors(hourly.liam, contractStatuses=["PAUSED"])) == []
    assert ids(vendors(hourly.liam, contractStatuses=[])) == [later.id, first]
    today = datetime.now(UTC).date()
    assert ids(vendors(hourly.liam, endDateAfter=str(today - timedelta(days=1)))) == [first]
    assert ids(vendors(hourly.liam, endDateAfter=str(today))) == [], "it ended on that day, not after it"
    assert ids(vendors(hourly.liam, endDateAfter=f"{today - timedelta(days=1)}T00:00+0000")) == [first]
    for wrong in ({"limit": 0}, {"limit": 101}, {"limit": -1}, {"offset": -1}):
        assert vendors(hourly.liam, paging=wrong).code == "UNPROCESSABLE_CONTENT"
    assert ids(vendors(hourly.liam, paging={"offset": 2_147_483_647})) == []
    for name in ("startDateBefore", "endDateAfter"):
        assert vendors(hourly.liam, **{name: "soon"}).code == "UNPROCESSABLE_CONTENT"


def test_lists_are_flat(hourly: Deal) -> None:
    options = {"addTerms": True, "addHourLimits": True}

    def trips(limit: int) -> int:
        return vendors(hourly.liam, options, {"limit": limit}).trips

    for _ in range(4):
        hourly.add(hourly_contract())
    few = trips(50)
    for _ in range(45):
        hourly.add(hourly_contract())
    assert len(ids(vendors(hourly.liam, options, {"limit": 50}))) == 50
    assert trips(50) == few


def test_a_freelancer_has_not_proposed_a_contract(hourly: Deal) -> None:
    query = 'query { contractProposal(id: "1") { id state } }'
    assert hourly.sofia.call(query).data == {"contractProposal": None}


def test_the_time_domain_is_not_built(hourly: Deal) -> None:
    query = """query ($id: ID!) { contract(id: $id) {
      workDays(timeRange: {rangeStart: "2026-01-01", rangeEnd: "2026-01-02"}) { date } } }"""
    assert hourly.sofia.call(query, {"id": hourly.contract.term.id}).code == "NOT_BUILT"


def test_what_is_stored_is_what_was_made(hourly: Deal) -> None:
    assert hourly.souk.table.get(CONTRACTS, hourly.contract.id) == hourly.contract
