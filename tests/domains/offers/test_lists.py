"""Lists of offers with their contracts: filters, orders, pages and permissions."""

from typing import Any

import pytest

from souk.domains.agreements.model import DeliveryModel, Payroll
from souk.domains.contracts.model import ContractStatus
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.store import MILESTONES
from souk.domains.offers.model import Offer, OfferState
from tests.support.api import Answer, Person
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, LIAM, OLIVIA, SOFIA, STUDIO
from tests.support.worlds.stored_offers import (
    AGENCY,
    HOURLY,
    IVY,
    PARTIES,
    SINCE,
    THROUGH_AGENCY,
    StoredOffersWorld,
    numbered,
)

PAGE = """totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage }"""
NODE = """{ id title type state milestoneState escrowRefundStatus startDateTime endDateTime lastUpdatedDateTime
  lastPublishedDateTime offerCreatedDateTime inPrivateTalentCloud catalogProject
  company { id } team { id } contactPerson { id } freelancer { id } agency { id }
  offer { id state } contract { id contractId } contractDetails { id status } }"""
CLIENTS = f"""query ($filter: OfferByClientFilter, $sort: SortAttribute, $page: Pagination!) {{ organization {{
  list: clientOffers(offerByClientFilter: $filter, sortAttribute: $sort, pagination: $page) {{ {PAGE} }} }} }}"""
AGENCYS = f"""query ($filter: OfferByRootCompanyFilter, $sort: SortAttribute, $page: Pagination!) {{ organization {{
  list: agencyOffers(offerByRootCompanyFilter: $filter, sortAttribute: $sort, pagination: $page) {{ {PAGE} }} }} }}"""
PERSONS = f"""query ($filter: OfferForFreelancerFilter, $sort: SortAttribute, $page: Pagination!) {{ user {{
  list: offer(offerForFreelancerFilter: $filter, sortAttribute: $sort, pagination: $page) {{ {PAGE} }} }} }}"""
WHOLE = f"query {{ organization {{ clientOffers(pagination: {{first: 50}}) {{ edges {{ node {NODE} }} }} }} }}"


def query_list(who: Person, query: str, filter_: dict[str, Any] | None, **more: Any) -> Answer:
    """Query a list."""
    return who.call(query, {"filter": filter_, "page": {"first": 50}, **more})


def list_ids(who: Person, query: str, sort: str | None = None, *, ascending: bool = True, **filter_: Any) -> list[str]:
    """Return the ids in a person's list."""
    order = {"field": sort, "sortOrder": "ASC" if ascending else "DESC"} if sort else None
    (holder,) = query_list(who, query, filter_, sort=order).data.values()
    found = [edge["node"]["id"] for edge in holder["list"]["edges"]]
    assert holder["list"]["totalCount"] == len(found)
    return found


def common_filter_ids(who: Person, **filter_: Any) -> list[str]:
    """Return the ids in a client's list under a commonFilter."""
    return list_ids(who, CLIENTS, commonFilter=filter_)


def list_nodes(who: Person) -> dict[str, dict[str, Any]]:
    """Return the nodes of a client's list, by id."""
    edges = who.call(WHOLE).data["organization"]["clientOffers"]["edges"]
    return {edge["node"]["id"]: edge["node"] for edge in edges}


def test_offer_is_listed_with_its_contract(stored_world: StoredOffersWorld) -> None:
    pending = stored_world.add_offer(**HOURLY, title="To be answered", ends="2026-05-01T00:00:00.000Z")
    accepted, made = stored_world.add_contract(
        starts="2026-02-01T00:00:00.000Z", modified="2026-02-02T00:00:00.000Z", title="It goes on"
    )
    seen = list_nodes(stored_world.liam)
    assert list(seen) == [accepted.id, pending.id]
    assert seen[pending.id] == {
        "id": pending.id,
        "title": "To be answered",
        "type": "Hourly",
        "state": "Pending",
        "milestoneState": None,
        "escrowRefundStatus": None,
        "startDateTime": SINCE,
        "endDateTime": "2026-05-01T00:00:00.000Z",
        "lastUpdatedDateTime": SINCE,
        "lastPublishedDateTime": SINCE,
        "offerCreatedDateTime": SINCE,
        "inPrivateTalentCloud": False,
        "catalogProject": False,
        "company": {"id": ACME},
        "team": {"id": DESIGN},
        "contactPerson": {"id": LIAM},
        "freelancer": {"id": SOFIA},
        "agency": None,
        "offer": {"id": pending.id, "state": "PENDING_VENDOR_ACCEPTANCE"},
        "contract": None,
        "contractDetails": None,
    }
    now = seen[accepted.id]
    assert (now["title"], now["state"], now["type"]) == ("It goes on", "Active", "FixedPrice")
    assert (now["startDateTime"], now["lastUpdatedDateTime"]) == (made.starts, made.modified)
    assert now["offer"] == {"id": accepted.id, "state": "ACCEPTED"}
    assert now["contract"] == {"id": made.term.id, "contractId": made.id}
    assert now["contractDetails"] == {"id": made.id, "status": "ACTIVE"}


def test_agency_of_listed_offer(stored_world: StoredOffersWorld) -> None:
    stored_world.add_offer(
        **HOURLY,
        parties=THROUGH_AGENCY,
        payroll=Payroll(talent_cloud_id="1"),
        delivery_model=DeliveryModel.CATALOG_PROJECT,
    )
    (seen,) = list_nodes(stored_world.olivia).values()
    assert (seen["agency"], seen["freelancer"], seen["team"]) == ({"id": AGENCY}, {"id": IVY}, {"id": BUILD})
    assert seen["inPrivateTalentCloud"] is seen["catalogProject"] is True


def test_current_milestone_state_is_listed(stored_world: StoredOffersWorld) -> None:
    offered, _ = stored_world.add_fixed_offer({}, {})
    first, parts = stored_world.add_fixed_offer({"state": MilestoneState.PAID}, {"state": MilestoneState.PAID})
    later = parts[0].model_copy(update={"id": "3", "version": 0, "sequence": 3, "state": MilestoneState.SUBMITTED})
    stored_world.put(MILESTONES, later)
    begun, _ = stored_world.add_contract(first, milestone_ids=(*first.milestone_ids, "3"))
    done = stored_world.add_contract(stored_world.add_fixed_offer({"state": MilestoneState.PAID})[0])[0]
    seen = list_nodes(stored_world.liam)
    assert seen[offered.id]["milestoneState"] == "InOffer"
    assert seen[begun.id]["milestoneState"] == "Submitted"
    assert seen[done.id]["milestoneState"] == "Paid"
    assert list_ids(stored_world.liam, CLIENTS, milestoneState_any=["Submitted", "Rejected"]) == [begun.id]
    assert list_ids(stored_world.liam, CLIENTS, milestoneState_any=["Paid"]) == [done.id]
    assert list_ids(stored_world.liam, CLIENTS, milestoneState_any=["Active"]) == []


@pytest.fixture
def six(stored_world: StoredOffersWorld) -> dict[str, Offer]:
    """Return six offers of Acme by name, oldest first, each in another state or of another kind."""
    there = {
        "pending": stored_world.add_offer(**HOURLY, title="Paint a gate", description="In green."),
        "late": stored_world.add_offer(**HOURLY, title="Never answered", expires="2026-01-06T00:00:00.000Z"),
        "active": stored_world.add_contract(starts="2026-02-01T12:00:00.000Z")[0],
        "paused": stored_world.add_contract(status=ContractStatus.PAUSED, starts="2026-03-01T00:00:00.000Z")[0],
        "closed": stored_world.add_contract(
            status=ContractStatus.CLOSED, starts="2026-01-10T00:00:00.000Z", ends="2026-01-20T10:00:00.000Z"
        )[0],
        "agencys": stored_world.add_offer(
            **HOURLY, parties=THROUGH_AGENCY, delivery_model=DeliveryModel.CATALOG_PROJECT
        ),
    }
    assert [int(one.id) for one in there.values()] == sorted(int(one.id) for one in there.values())
    return there


def ids(offers: dict[str, Offer], *names: str) -> list[str]:
    """Return ids by names."""
    return [offers[name].id for name in names]


NEWEST_FIRST = ("agencys", "closed", "paused", "active", "late", "pending")


def test_client_filter(stored_world: StoredOffersWorld, six: dict[str, Offer]) -> None:
    who = stored_world.olivia
    assert list_ids(who, CLIENTS) == ids(six, *NEWEST_FIRST)
    assert list_ids(who, CLIENTS, teamId_any=[BUILD]) == ids(six, "agencys")
    assert list_ids(who, CLIENTS, contactPersonId_any=[OLIVIA, "1"]) == ids(six, "agencys")
    assert list_ids(who, CLIENTS, offerType_any=["FixedPrice"]) == ids(six, "closed", "paused", "active")
    assert list_ids(who, CLIENTS, freelancerId_any=[IVY]) == ids(six, "agencys")
    assert list_ids(who, CLIENTS, agreementKind_any=["Contract"]) == ids(six, "closed", "paused", "active")
    assert list_ids(who, CLIENTS, agreementKind_any=["Offer"]) == ids(six, "agencys", "late", "pending")
    assert list_ids(who, CLIENTS, agreementKind_any=["Offer", "Contract"]) == ids(six, *NEWEST_FIRST)
    assert list_ids(who, CLIENTS, escrowRefundStatus_any=["Open"]) == []
    assert list_ids(who, CLIENTS, freelancerId_any=[], offerType_any=[], commonFilter={}) == ids(six, *NEWEST_FIRST)
    assert list_ids(who, CLIENTS, agreementKind_any=["Offer"], freelancerId_any=[SOFIA]) == ids(six, "late", "pending")


def test_common_filter(stored_world: StoredOffersWorld, six: dict[str, Offer]) -> None:
    who = stored_world.olivia
    assert common_filter_ids(who, text_eq="GREEN gate") == ids(six, "pending")
    assert common_filter_ids(who, text_eq="gate red") == []
    assert common_filter_ids(who, text_eq="  ") == ids(six, *NEWEST_FIRST)
    assert common_filter_ids(who, catalogProject=True) == ids(six, "agencys")
    assert common_filter_ids(who, catalogProject=False) == ids(six, *NEWEST_FIRST[1:])
    assert common_filter_ids(who, states_any=["Pending"]) == ids(six, "agencys", "pending")
    assert common_filter_ids(who, states_any=["Ended", "Paused"]) == ids(six, "closed", "paused", "late")
    assert common_filter_ids(who, states_any=["Active"]) == ids(six, "active")
    assert common_filter_ids(who, startDatePeriod_bt=["2026-02-01", "2026-02-01"]) == ids(six, "active")
    assert common_filter_ids(who, startDatePeriod_bt=["2026-02-01T12:00Z", "2026-03-01T00:00Z"]) == ids(
        six, "paused", "active"
    )
    assert common_filter_ids(who, startDatePeriod_bt=["2026-02-01T12:01Z", "2026-02-28"]) == []
    assert common_filter_ids(who, endDatePeriod_bt=["2026-01-01", "2026-01-20"]) == ids(six, "closed")
    assert common_filter_ids(who, endDatePeriod_bt=["2026-01-01", "2026-01-19"]) == []
    assert common_filter_ids(who, endDatePeriod_bt=[], startDatePeriod_bt=[], states_any=[]) == ids(six, *NEWEST_FIRST)


def test_agency_and_freelancer_filters(stored_world: StoredOffersWorld, six: dict[str, Offer]) -> None:
    assert (
        list_ids(stored_world.ada, AGENCYS)
        == list_ids(stored_world.ivy, AGENCYS)
        == list_ids(stored_world.ivy, PERSONS)
        == ids(six, "agencys")
    )
    for filter_, names in (
        ({"freelancerId_any": [IVY]}, ["agencys"]),
        ({"freelancerId_any": [SOFIA]}, []),
        ({"agencyTeamOrgId_any": [AGENCY]}, ["agencys"]),
        ({"agencyTeamOrgId_any": [STUDIO]}, []),
        ({"clientOrgId_any": [ACME]}, ["agencys"]),
        ({"clientOrgId_any": [BUILD]}, ["agencys"]),
        ({"clientOrgId_any": [DESIGN]}, []),
        ({"commonFilter": {"states_any": ["Pending"], "catalogProject": True}}, ["agencys"]),
    ):
        assert list_ids(stored_world.ada, AGENCYS, **filter_) == ids(six, *names), filter_
    assert list_ids(stored_world.ivy, PERSONS, agencyRootCompanyOrgId_any=[AGENCY]) == ids(six, "agencys")
    assert list_ids(stored_world.ivy, PERSONS, agencyRootCompanyOrgId_any=[STUDIO]) == []
    assert list_ids(stored_world.ivy, PERSONS, agencyTeamOrgId_any=[AGENCY], clientOrgId_any=[ACME]) == ids(
        six, "agencys"
    )
    assert list_ids(stored_world.sofia, PERSONS) == ids(six, *NEWEST_FIRST[1:])
    assert list_ids(stored_world.sofia, PERSONS, agencyRootCompanyOrgId_any=[STUDIO]) == []  # she has no agency
    assert list_ids(stored_world.sofia, AGENCYS) == ids(six, *NEWEST_FIRST[1:])


def test_lists_contain_only_own_offers(stored_world: StoredOffersWorld, six: dict[str, Offer]) -> None:
    assert list_ids(stored_world.liam, CLIENTS) == ids(six, *NEWEST_FIRST[1:])
    assert list_ids(stored_world.max, CLIENTS) == ids(six, "agencys")
    another = THROUGH_AGENCY.model_copy(update={"vendor_user_id": SOFIA})
    stored_world.add_offer(**HOURLY, parties=another)
    assert list_ids(stored_world.ada, AGENCYS) == [numbered(7), *ids(six, "agencys")]
    assert list_ids(stored_world.ivy, AGENCYS) == ids(six, "agencys")
    assert numbered(7) not in list_ids(
        stored_world.sofia, PERSONS
    )  # it is the agency's, and she calls for her own organization
    for nobody in (stored_world.noah, stored_world.omar):
        assert list_ids(nobody, CLIENTS) == list_ids(nobody, AGENCYS) == list_ids(nobody, PERSONS) == []


def test_only_members_see_organization_lists(stored_world: StoredOffersWorld) -> None:
    made = stored_world.add_offer(**HOURLY)
    for connection in ("clientOffers", "agencyOffers"):
        query = f"""query ($id: ID!) {{ offer(id: $id) {{ client {{
          {connection}(pagination: {{first: 1}}) {{ totalCount }} }} }} }}"""
        assert stored_world.sofia.call(query, {"id": made.id}).code == "FORBIDDEN"
        assert stored_world.liam.call(query, {"id": made.id}).code == "FORBIDDEN"  # he acts for a team of it
        assert stored_world.olivia.call(query, {"id": made.id}).data["offer"]["client"][connection] is not None
    answer = stored_world.liam.call("{ organization { agencyOffers(pagination: {first: 1}) { totalCount } } }")
    assert answer.data["organization"]["agencyOffers"] is None


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("Team", ("agencys", "pending", "late", "active", "paused", "closed")),
        ("ClientName", ("pending", "late", "active", "paused", "closed", "agencys")),
        ("FreelancerName", ("agencys", "pending", "late", "active", "paused", "closed")),
        ("ClientCompanyName", ("pending", "late", "active", "paused", "closed", "agencys")),
        ("ContractName", ("active", "paused", "closed", "agencys", "late", "pending")),
        ("StartDate", ("pending", "late", "agencys", "closed", "active", "paused")),
        ("EndDate", ("closed", "pending", "late", "active", "paused", "agencys")),
        ("State", ("pending", "agencys", "active", "paused", "late", "closed")),
    ],
)
def test_sort_orders(stored_world: StoredOffersWorld, six: dict[str, Offer], sort: str, names: tuple[str, ...]) -> None:
    assert list_ids(stored_world.olivia, CLIENTS, sort) == ids(six, *names)
    assert list_ids(stored_world.olivia, CLIENTS, sort, ascending=False) == ids(six, *reversed(names))
    one_team = [name for name in names if name != "agencys"]
    assert list_ids(stored_world.sofia, PERSONS, sort) == ids(six, *one_team)
    states = ["Pending", "Active", "Paused", "Ended"]
    assert list_ids(stored_world.olivia, CLIENTS, sort, commonFilter={"states_any": states}) == ids(six, *names)


@pytest.mark.parametrize("sort", [None, "State"])
def test_pagination(stored_world: StoredOffersWorld, six: dict[str, Offer], sort: str | None) -> None:
    order = {"field": sort, "sortOrder": "ASC"} if sort else None
    after, seen = "0", []
    while True:
        page = {"first": 4, "after": after}
        answer = query_list(stored_world.olivia, CLIENTS, None, sort=order, page=page).data["organization"]["list"]
        assert answer["totalCount"] == len(six)
        seen += [edge["node"]["id"] for edge in answer["edges"]]
        after = answer["pageInfo"]["endCursor"]
        if not answer["pageInfo"]["hasNextPage"]:
            break
        assert answer["edges"][-1]["cursor"] == after
    assert seen == list_ids(stored_world.olivia, CLIENTS, sort)
    for who, filter_ in ((stored_world.liam, None), (stored_world.olivia, {"teamId_any": [BUILD]})):
        assert (
            query_list(who, CLIENTS, filter_, sort=order, page={"first": 4, "after": after}).code
            == "UNPROCESSABLE_CONTENT"
        )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"page": {"first": 0}}, "at least 1"),
        ({"page": {"first": 1, "after": "nonsense"}}, "cursor"),
        ({"sort": {"field": "Color", "sortOrder": "ASC"}}, "sortAttribute.field"),
        ({"sort": {"field": "x" * 5_000, "sortOrder": "ASC"}}, "sortAttribute.field"),
        ({"filter": {"teamId_any": ["1"] * 101}}, "teamId_any"),
        ({"filter": {"freelancerId_any": ["1"] * 101}}, "freelancerId_any"),
        ({"filter": {"commonFilter": {"text_eq": "x" * 501}}}, "commonFilter.text_eq"),
        ({"filter": {"commonFilter": {"startDatePeriod_bt": ["2026-01-01"]}}}, "startDatePeriod_bt"),
        ({"filter": {"commonFilter": {"startDatePeriod_bt": ["2026-01-01"] * 3}}}, "startDatePeriod_bt"),
        ({"filter": {"commonFilter": {"endDatePeriod_bt": ["2026-02-30", "2026-03-01"]}}}, "endDatePeriod_bt"),
        ({"filter": {"commonFilter": {"endDatePeriod_bt": ["2026-02-02", "2026-02-01"]}}}, "endDatePeriod_bt"),
        ({"filter": {"commonFilter": {"endDatePeriod_bt": ["\x00", "9" * 5_000]}}}, "endDatePeriod_bt"),
    ],
)
def test_invalid_list_request_is_refused(stored_world: StoredOffersWorld, variables: dict[str, Any], said: str) -> None:
    answer = stored_world.liam.call(CLIENTS, {"page": {"first": 10}, **variables})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert said in answer.error["message"]


@pytest.mark.parametrize("text", ["\x00", "'; DROP TABLE", "🦄", "*", "a AND (b", "ﷺ" * 500])
def test_any_text_can_be_searched(stored_world: StoredOffersWorld, text: str) -> None:
    stored_world.add_offer(**HOURLY)
    answer = query_list(stored_world.liam, CLIENTS, {"commonFilter": {"text_eq": text}})
    assert answer.data["organization"]["list"]["totalCount"] in (0, 1)


def test_agency_has_larger_pages(stored_world: StoredOffersWorld) -> None:
    for _ in range(60):
        stored_world.add_offer(**HOURLY, parties=THROUGH_AGENCY)
    answer = query_list(stored_world.ada, AGENCYS, None, page={"first": 100}).data["organization"]["list"]
    assert len(answer["edges"]) == answer["totalCount"] == 60


def test_page_of_a_client_is_clamped(stored_world: StoredOffersWorld) -> None:
    for _ in range(51):
        stored_world.add_offer(**HOURLY)
    answer = query_list(stored_world.liam, CLIENTS, None, page={"first": 500}).data["organization"]["list"]
    assert len(answer["edges"]) == 50
    assert (answer["totalCount"], answer["pageInfo"]["hasNextPage"]) == (51, True)


@pytest.mark.parametrize("filter_", [None, {"commonFilter": {"states_any": ["Active"]}}])
def test_list_round_trips_are_constant(stored_world: StoredOffersWorld, filter_: dict[str, Any] | None) -> None:
    query = f"""query ($filter: OfferByClientFilter) {{ organization {{
      clientOffers(offerByClientFilter: $filter, pagination: {{first: 50}}) {{ edges {{ node {NODE} }} }} }} }}"""

    def trips(count: int) -> int:
        while stored_world.count < count:
            stored_world.add_contract(
                stored_world.add_fixed_offer(
                    {"state": MilestoneState.ACTIVE}, state=OfferState.COMMITTED, parties=PARTIES
                )[0]
            )
        answer = stored_world.olivia.call(query, {"filter": filter_})
        assert len(answer.data["organization"]["clientOffers"]["edges"]) == count
        return answer.trips

    assert trips(5) == trips(50)
