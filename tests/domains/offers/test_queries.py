"""Reading offers: visibility, fields, and the search by attributes."""

from typing import Any

import pytest

from souk.domains.agreements.model import DeliveryModel, Payroll
from souk.domains.jobs.model import Access, Job, PostingInfo, Status
from souk.domains.jobs.model.parts import JobType
from souk.domains.jobs.store import JOBS
from souk.domains.offers.model import CustomAnswer, LastEvent, OfferKind, OfferState, Place, SourceType, StipendPay
from souk.domains.proposals.model import ClientStatus, Proposal, VendorStatus
from souk.domains.proposals.store import PROPOSALS
from tests.support.api import Person
from tests.support.worlds.jobs import ACME, DESIGN, LIAM, OLIVIA, SOFIA, STUDIO
from tests.support.worlds.stored_offers import (
    AGENCY,
    FIXED,
    HOURLY,
    IVY,
    PARTIES,
    SINCE,
    THROUGH_AGENCY,
    StoredOffersWorld,
    numbered,
)

ONE = """query ($id: ID!) { offer(id: $id) {
  id title description type state messageToContractor closeJobPostingOnAccept createdUsingBYOFlow payrollOffer
  deliveryModel
  job { id content { title } } vendorProposal { id } client { id name } clientCompany { id name }
  offerTerms { expectedStartDate expectedEndDate fixedPriceTerm { budget { rawValue currency } }
    hourlyTerms { rate { rawValue currency } weeklyHoursLimit weeklyStipend { rawValue } manualTimeAllowed } }
  offerFeatures { onSiteType country { name } state localDescription localFlexibilityDescription eor
    purchaseOrder { id } privateTalentCloud { id } }
  milestones { id description state depositAmount { rawValue } }
  freelancer { fullName firstName lastName email countryDetails { name } portrait { portrait portrait32 }
    userDetails { id name } }
  customFields { edges { node { labelSnap displayValueSnap offerId creator { id } } } pageInfo { hasNextPage } }
} }"""
FOUND = """query ($filter: SearchOffersInput!) { offersByAttribute(filter: $filter) {
  offers { id milestones { id } } } }"""
MODERN = """query ($filter: SearchOffersByAttributesInput!) { offersByAttributes(filter: $filter) { offers {
  id kind offeror clientUserId clientTeamId clientOrgId vendorUserId vendorTeamId vendorOrgId agencyRootCompanyId
  staffingManagerId instanceId previousOfferId newOfferId actors { user }
  metadata { sourceType sourceId data occupationUid }
  expirationDateTime title description attachments contractStartDateTime contractEndDateTime
  hourlyRateTerms { rate { rawValue } weeklyHoursLimit } stipendTerms { stipend { rawValue } vendorRate { rawValue }
    period }
  milestoneTerms { budget { rawValue } milestones { id } }
  deliveryModel state legacyState type vendorType termsVersion closePostingUponAccept contractId createdDateTime
  lastEvent { reasonId message lastEventTime }
} } }"""
PAST = "2026-01-06T00:00:00.000Z"


def read_offer(who: Person, id_: str) -> Any:
    """Return an offer as a person sees it."""
    return who.call(ONE, {"id": id_}).data["offer"]


def search_ids(who: Person, by: str, id_: str, **wanted: Any) -> list[str]:
    """Return the ids of the offers that a person finds."""
    answer = who.call(FOUND, {"filter": {"searchAttribute": by, "id": id_, **wanted}})
    return [one["id"] for one in answer.data["offersByAttribute"]["offers"]]


def search_by_ids(who: Person, by: str, *ids: str, **wanted: Any) -> list[dict[str, Any]]:
    """Return the offers that a person finds by several ids."""
    answer = who.call(MODERN, {"filter": {"searchAttribute": by, "ids": ids, **wanted}})
    offers: list[dict[str, Any]] = answer.data["offersByAttributes"]["offers"]
    return offers


def private_posting(stored_world: StoredOffersWorld) -> str:
    """Store a private posting, and return its id."""
    job = Job(
        id=numbered(900),
        organization_id=DESIGN,
        company_id=ACME,
        owner_id=LIAM,
        currency="USD",
        status=Status.REQUESTED,
        created=SINCE,
        modified=SINCE,
        changed_by_id=LIAM,
        last_client_activity=SINCE,
        info=PostingInfo(title="Hush", description="Hush.", type=JobType.HOURLY, access=Access.ACCESS_PRIVATE),
    )
    stored_world.put(JOBS, job)
    return job.id


def proposal(stored_world: StoredOffersWorld, job_id: str) -> str:
    """Store Sofia's proposal to a posting, and return its id."""
    made = Proposal(
        id=numbered(901),
        job_id=job_id,
        parties=PARTIES,
        hourly=True,
        amount=4_912,
        currency="USD",
        vendor_status=VendorStatus.OFFERED,
        client_status=ClientStatus.OFFERED,
        created=SINCE,
        modified=SINCE,
        created_by_id=SOFIA,
        modified_by_id=SOFIA,
    )
    stored_world.put(PROPOSALS, made)
    return made.id


def test_both_parties_see_whole_offer(stored_world: StoredOffersWorld) -> None:
    job_id = private_posting(stored_world)
    proposal_id = proposal(stored_world, job_id)
    made = stored_world.add_offer(
        **HOURLY,
        source_type=SourceType.JOB_APPLICATION,
        source_id=proposal_id,
        job_id=job_id,
        proposal_id=proposal_id,
        description="As we said.",
        stipend=StipendPay(amount=25_000),
        starts="2026-02-01T00:00:00.000Z",
        ends="2026-03-01T00:00:00.000Z",
        close_on_accept=True,
        custom_fields=(CustomAnswer(key="cost-center", value="4711"), CustomAnswer(key="room", value="12")),
    )
    seen = read_offer(stored_world.liam, made.id)
    assert seen["type"] == "MARKET_PLACE_HOURLY"
    assert seen["state"] == "PENDING_VENDOR_ACCEPTANCE"
    assert seen["closeJobPostingOnAccept"] is True
    assert seen["createdUsingBYOFlow"] is seen["payrollOffer"] is False
    assert seen["deliveryModel"] == "TalentMarketplace"
    assert seen["messageToContractor"] == seen["description"] == "As we said."
    assert seen["client"] == seen["clientCompany"] == {"id": ACME, "name": "Acme"}
    assert seen["milestones"] == []
    assert seen["offerFeatures"] is None
    assert seen["offerTerms"] == {
        "expectedStartDate": "2026-02-01T00:00:00.000Z",
        "expectedEndDate": "2026-03-01T00:00:00.000Z",
        "fixedPriceTerm": None,
        "hourlyTerms": {
            "rate": {"rawValue": "49.12", "currency": "USD"},
            "weeklyHoursLimit": 40,
            "weeklyStipend": {"rawValue": "250.00"},
            "manualTimeAllowed": False,
        },
    }
    assert seen["job"] == {"id": job_id, "content": {"title": "Hush"}}
    hers = read_offer(stored_world.sofia, made.id)
    assert hers["vendorProposal"] == {"id": proposal_id}
    sides = ("customFields", "vendorProposal", "freelancer")
    assert {name: value for name, value in hers.items() if name not in sides} == {
        name: value for name, value in seen.items() if name not in sides
    }


def test_private_data_is_hidden_from_other_side(stored_world: StoredOffersWorld) -> None:
    job_id = private_posting(stored_world)
    proposal_id = proposal(stored_world, job_id)
    answers = (CustomAnswer(key="cost-center", value="4711"), CustomAnswer(key="room", value="12"))
    made = stored_world.add_offer(**HOURLY, job_id=job_id, proposal_id=proposal_id, custom_fields=answers)
    clients, freelancers = read_offer(stored_world.olivia, made.id), read_offer(stored_world.sofia, made.id)
    assert clients["vendorProposal"] is None
    assert [edge["node"] for edge in clients["customFields"]["edges"]] == [
        {"labelSnap": "cost-center", "displayValueSnap": "4711", "offerId": made.id, "creator": {"id": LIAM}},
        {"labelSnap": "room", "displayValueSnap": "12", "offerId": made.id, "creator": {"id": LIAM}},
    ]
    assert freelancers["customFields"] == {"edges": [], "pageInfo": {"hasNextPage": False}}
    assert clients["freelancer"] == {
        "fullName": "Sofia E.",
        "firstName": "Sofia",
        "lastName": "E.",
        "email": None,
        "countryDetails": {"name": "Portugal"},
        "portrait": None,
        "userDetails": {"id": SOFIA, "name": "Sofia E."},
    }
    assert freelancers["freelancer"]["fullName"] == "Sofia Example"
    assert freelancers["freelancer"]["email"] == "sofia@souk.test"


def test_custom_fields_are_paginated(stored_world: StoredOffersWorld) -> None:
    made = stored_world.add_offer(
        **HOURLY, custom_fields=tuple(CustomAnswer(key=f"k{at}", value=f"v{at}") for at in range(3))
    )
    query = """query ($id: ID!, $page: Pagination) { offer(id: $id) { customFields(pagination: $page) {
      edges { cursor node { labelSnap } } pageInfo { endCursor hasNextPage } } } }"""

    def page(after: str) -> Any:
        asked = {"id": made.id, "page": {"first": 2, "after": after}}
        return stored_world.liam.call(query, asked).data["offer"]["customFields"]

    first = page("0")
    assert [edge["node"]["labelSnap"] for edge in first["edges"]] == ["k0", "k1"]
    assert first["pageInfo"] == {"endCursor": first["edges"][-1]["cursor"], "hasNextPage": True}
    second = page(first["pageInfo"]["endCursor"])
    assert [edge["node"]["labelSnap"] for edge in second["edges"]] == ["k2"]
    assert second["pageInfo"]["hasNextPage"] is False


def test_fixed_price_enterprise_offer(stored_world: StoredOffersWorld) -> None:
    made, parts = stored_world.add_fixed_offer(
        {"description": "First"},
        {"description": "Second", "deposit": 90_000},
        kind=OfferKind.ENTERPRISE,
        payroll=Payroll(),
        place=Place(
            work_type="PERMANENT",
            country="DE",
            state="Berlin",
            description="By the river",
            flexibility_description="Or not",
        ),
    )
    seen = read_offer(stored_world.sofia, made.id)
    assert seen["type"] == "ENTERPRISE_FIXED_PRICE"
    assert seen["offerTerms"]["fixedPriceTerm"] == {"budget": {"rawValue": "1000.00", "currency": "USD"}}
    assert seen["offerTerms"]["hourlyTerms"] is None
    assert seen["milestones"] == [
        {"id": parts[0].id, "description": "First", "state": "InOffer", "depositAmount": {"rawValue": "100.00"}},
        {"id": parts[1].id, "description": "Second", "state": "InOffer", "depositAmount": {"rawValue": "900.00"}},
    ]
    assert seen["payrollOffer"] is True
    assert seen["offerFeatures"] == {
        "onSiteType": "PERMANENT",
        "country": {"name": "Germany"},
        "state": "Berlin",
        "localDescription": "By the river",
        "localFlexibilityDescription": "Or not",
        "eor": False,
        "purchaseOrder": None,
        "privateTalentCloud": None,
    }


def test_cloud_of_an_earlier_release_that_does_not_exist_is_null(stored_world: StoredOffersWorld) -> None:
    made = stored_world.add_offer(**HOURLY, kind=OfferKind.ENTERPRISE, payroll=Payroll(talent_cloud_id="1"))
    seen = read_offer(stored_world.liam, made.id)
    assert seen["offerFeatures"]["privateTalentCloud"] is None


def test_only_parties_see_offer(stored_world: StoredOffersWorld) -> None:
    made = stored_world.add_offer(**HOURLY)
    assert read_offer(stored_world.olivia, made.id)["id"] == read_offer(stored_world.liam, made.id)["id"] == made.id
    for stranger in (stored_world.omar, stored_world.ada, stored_world.noah, stored_world.max):
        assert read_offer(stranger, made.id) is None
    through_agency = stored_world.add_offer(**HOURLY, parties=THROUGH_AGENCY)
    for party in (stored_world.olivia, stored_world.max, stored_world.ada, stored_world.ivy):
        assert read_offer(party, through_agency.id)["id"] == through_agency.id
    for stranger in (stored_world.liam, stored_world.sofia, stored_world.omar):
        assert read_offer(stranger, through_agency.id) is None


@pytest.mark.parametrize("id_", ["", "0", "1#2", "\x00", "9" * 5_000, "OFFER#1", "🦄"])
def test_unknown_id_returns_null(stored_world: StoredOffersWorld, id_: str) -> None:
    assert read_offer(stored_world.olivia, id_) is None
    assert search_ids(stored_world.olivia, "JobPosting", id_) == []
    assert search_by_ids(stored_world.olivia, "JobPosting", id_) == []


def test_offer_past_deadline_is_shown_as_expired(stored_world: StoredOffersWorld) -> None:
    made = stored_world.add_offer(**HOURLY, expires=PAST)
    assert read_offer(stored_world.sofia, made.id)["state"] == "EXPIRED"
    (seen,) = search_by_ids(stored_world.sofia, "VendorUser", SOFIA)
    assert (seen["state"], seen["legacyState"]) == ("Expired", "Expired")
    assert seen["lastEvent"] == {"reasonId": None, "message": None, "lastEventTime": PAST}
    assert search_ids(stored_world.sofia, "VendorUser", SOFIA, states=["New"]) == []
    assert search_ids(stored_world.sofia, "VendorUser", SOFIA, states=["Expired"]) == [made.id]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OfferState.ACTIVE, ("PENDING_VENDOR_ACCEPTANCE", "Active", "New")),
        (OfferState.EXPIRED, ("EXPIRED", "Expired", "Expired")),
        (OfferState.DECLINED, ("REJECTED", "Declined", "Declined")),
        (OfferState.WITHDRAWN, ("WITHDRAWN", "Withdrawn", "Withdrawn")),
        (OfferState.COMMITTED, ("ACCEPTED", "Committed", "Accepted")),
        (OfferState.CANCELED, ("CANCELED", "Canceled", "Canceled")),
    ],
)
def test_states_in_all_enums(stored_world: StoredOffersWorld, state: OfferState, words: tuple[str, str, str]) -> None:
    made = stored_world.add_offer(**HOURLY, state=state)
    (seen,) = search_by_ids(stored_world.liam, "ClientUser", LIAM)
    assert (read_offer(stored_world.liam, made.id)["state"], seen["state"], seen["legacyState"]) == words
    assert search_ids(stored_world.liam, "ClientUser", LIAM, states=[words[2]]) == [made.id]


def test_offer_with_parties_as_ids(stored_world: StoredOffersWorld) -> None:
    stored_world.add_offer(
        **HOURLY,
        source_type=SourceType.DIRECT,
        data='{"a": 1}',
        occupation_id="77",
        stipend=StipendPay(amount=25_000),
        delivery_model=DeliveryModel.CATALOG_PROJECT,
        last_event=LastEvent(time=SINCE, reason_id="9", message="No."),
        state=OfferState.DECLINED,
    )
    (seen,) = search_by_ids(stored_world.sofia, "VendorOrg", STUDIO)
    assert seen == {
        "id": numbered(1),
        "kind": "Vanilla",
        "offeror": "Client",
        "clientUserId": LIAM,
        "clientTeamId": DESIGN,
        "clientOrgId": ACME,
        "vendorUserId": SOFIA,
        "vendorTeamId": None,
        "vendorOrgId": STUDIO,
        "agencyRootCompanyId": None,
        "staffingManagerId": None,
        "instanceId": None,
        "previousOfferId": None,
        "newOfferId": None,
        "actors": [],
        "metadata": {"sourceType": "Direct", "sourceId": None, "data": '{"a": 1}', "occupationUid": "77"},
        "expirationDateTime": "2099-01-01T00:00:00.000Z",
        "title": "A website",
        "description": None,
        "attachments": None,
        "contractStartDateTime": None,
        "contractEndDateTime": None,
        "hourlyRateTerms": {"rate": {"rawValue": "49.12"}, "weeklyHoursLimit": 40},
        "stipendTerms": {"stipend": {"rawValue": "250.00"}, "vendorRate": {"rawValue": "49.12"}, "period": "Weekly"},
        "milestoneTerms": None,
        "deliveryModel": "CatalogProject",
        "state": "Declined",
        "legacyState": "Declined",
        "type": "Hourly",
        "vendorType": "FREELANCER",
        "termsVersion": "V2",
        "closePostingUponAccept": False,
        "contractId": None,
        "createdDateTime": SINCE,
        "lastEvent": {"reasonId": "9", "message": "No.", "lastEventTime": SINCE},
    }
    stored_world.add_offer(**FIXED, parties=THROUGH_AGENCY)
    (agencys,) = search_by_ids(stored_world.ada, "VendorTeam", AGENCY)
    assert (agencys["vendorTeamId"], agencys["vendorOrgId"], agencys["agencyRootCompanyId"]) == (AGENCY,) * 3
    assert (agencys["vendorType"], agencys["type"], agencys["hourlyRateTerms"]) == ("AGENCY", "FixedPrice", None)
    assert agencys["milestoneTerms"] == {"budget": {"rawValue": "1000.00"}, "milestones": []}


def test_search_by_every_attribute(stored_world: StoredOffersWorld) -> None:
    first = stored_world.add_offer(**HOURLY, job_id="31", proposal_id="41")
    _, contract = stored_world.add_contract(first)
    second = stored_world.add_offer(**HOURLY, parties=THROUGH_AGENCY, job_id="32")
    for by, id_, expected in (
        ("JobApplication", "41", [first.id]),
        ("JobPosting", "32", [second.id]),
        ("ClientUser", OLIVIA, [second.id]),
        ("VendorUser", IVY, [second.id]),
        ("ClientTeam", DESIGN, [first.id]),
        ("VendorTeam", STUDIO, [first.id]),
        ("ClientOrg", ACME, [first.id, second.id]),
        ("VendorOrg", AGENCY, [second.id]),
        ("Contract", contract.id, [first.id]),
        ("Contract", "1", []),
        ("ClientTeam", ACME, []),
    ):
        assert (
            search_ids(stored_world.olivia, by, id_)
            == [one["id"] for one in search_by_ids(stored_world.olivia, by, id_)]
            == expected
        ), by
    assert [one["id"] for one in search_by_ids(stored_world.olivia, "JobPosting", "32", "31", "31", "33")] == [
        first.id,
        second.id,
    ]
    assert search_by_ids(stored_world.olivia, "JobPosting") == []


def test_search_returns_only_own_offers(stored_world: StoredOffersWorld) -> None:
    stored_world.add_offer(**HOURLY)
    stored_world.add_offer(**HOURLY, parties=THROUGH_AGENCY)
    ones, others = [numbered(1)], [numbered(2)]
    for who, expected in (
        (stored_world.olivia, ones + others),
        (stored_world.liam, ones),
        (stored_world.max, others),
        (stored_world.sofia, ones),
        (stored_world.ada, others),
        (stored_world.ivy, others),
        (stored_world.noah, []),
        (stored_world.omar, []),
    ):
        assert search_ids(who, "ClientOrg", ACME) == expected
        assert [one["id"] for one in search_by_ids(who, "ClientOrg", ACME, STUDIO)] == expected


def test_search_pages_and_order(stored_world: StoredOffersWorld) -> None:
    for _ in range(12):
        stored_world.add_offer(**HOURLY)
    ids = [numbered(at) for at in range(1, 13)]
    assert search_ids(stored_world.liam, "ClientOrg", ACME) == ids[:10]
    assert search_ids(stored_world.liam, "ClientOrg", ACME, page=2) == ids[10:]
    assert search_ids(stored_world.liam, "ClientOrg", ACME, page=3) == []
    assert search_ids(stored_world.liam, "ClientOrg", ACME, limit=0) == ids
    assert search_ids(stored_world.liam, "ClientOrg", ACME, limit=5, page=2) == ids[5:10]
    assert search_ids(stored_world.liam, "ClientOrg", ACME, limit=3, ascendingOrder=False) == ids[:-4:-1]
    assert (
        search_ids(stored_world.liam, "ClientOrg", ACME, limit=None, page=None, states=[], ascendingOrder=None)
        == ids[:10]
    )


def test_excluded_parts_are_left_out(stored_world: StoredOffersWorld) -> None:
    stored_world.add_fixed_offer({}, {})
    query = {"searchAttribute": "ClientOrg", "id": ACME, "includeMilestones": False}
    (seen,) = stored_world.liam.call(FOUND, {"filter": query}).data["offersByAttribute"]["offers"]
    assert seen["milestones"] == []
    (without,) = search_by_ids(stored_world.liam, "ClientOrg", ACME, includeMilestones=False, includeAttachments=False)
    assert (without["milestoneTerms"]["milestones"], without["attachments"]) == ([], None)
    (whole,) = search_by_ids(stored_world.liam, "ClientOrg", ACME)
    assert len(whole["milestoneTerms"]["milestones"]) == 2


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"limit": -1}, "1 to 100"),
        ({"limit": 101}, "1 to 100"),
        ({"limit": 2**31 - 1}, "1 to 100"),
        ({"page": 0}, "filter.page"),
        ({"page": -(2**31)}, "filter.page"),
    ],
)
def test_invalid_page_is_refused(stored_world: StoredOffersWorld, wanted: dict[str, int], said: str) -> None:
    answer = stored_world.liam.call(FOUND, {"filter": {"searchAttribute": "ClientOrg", "id": ACME, **wanted}})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert said in answer.error["message"]


def test_too_many_ids_are_refused(stored_world: StoredOffersWorld) -> None:
    ids = [str(at) for at in range(101)]
    answer = stored_world.liam.call(MODERN, {"filter": {"searchAttribute": "ClientOrg", "ids": ids}})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert search_by_ids(stored_world.liam, "ClientOrg", *ids[:100]) == []


def test_page_after_last_is_empty(stored_world: StoredOffersWorld) -> None:
    stored_world.add_offer(**HOURLY)
    assert search_ids(stored_world.liam, "ClientOrg", ACME, page=2**31 - 1, limit=0) == []


def test_search_for_all_offers_is_refused_if_they_do_not_fit(stored_world: StoredOffersWorld) -> None:
    for _ in range(101):
        stored_world.add_offer(**HOURLY)
    query = "query ($filter: SearchOffersInput!) { offersByAttribute(filter: $filter) { offers { id } } }"
    answer = stored_world.liam.call(query, {"filter": {"searchAttribute": "ClientOrg", "id": ACME, "limit": 0}})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "ask for pages" in answer.error["message"]


def test_search_round_trips_are_constant(stored_world: StoredOffersWorld) -> None:
    query = """query ($filter: SearchOffersInput!) { offersByAttribute(filter: $filter) { offers {
      id job { id ownership { company { id } } } client { id } clientCompany { id } milestones { id createdBy { id } }
      freelancer { fullName userDetails { id } } vendorProposal { id } } } }"""

    def trips(count: int) -> int:
        while stored_world.count < count:
            stored_world.add_fixed_offer({}, {}, job_id=job_id)
        answer = stored_world.olivia.call(query, {"filter": {"searchAttribute": "ClientOrg", "id": ACME, "limit": 0}})
        assert len(answer.data["offersByAttribute"]["offers"]) == count
        return answer.trips

    job_id = private_posting(stored_world)
    assert trips(5) == trips(50)
