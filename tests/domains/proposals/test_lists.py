"""Lists of proposals: what each filter finds, in which order, page by page, and at which cost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.domains.agreements.model import Parties
from souk.domains.identity.store import USERS
from souk.domains.market.model import FreelancerRecord
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.proposals.filters import Applicant, ClientFilter, conditions
from souk.domains.proposals.model import ClientStatus, Mark, Proposal, VendorStatus
from souk.domains.proposals.store import PROPOSALS
from souk.domains.reference.ontology import ontology
from souk.domains.talent.model import English, Profile, Standing
from souk.domains.talent.store import PROFILES
from souk.values.times import stamp
from tests.domains.jobs.market import ACME, AUSTIN, LISBON, OLIVIA, SINCE, SOFIA, STUDIO, Market, hourly, user
from tests.support.api import Answer, Person, Souk
from tests.support.clock import new_id

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CATEGORY = ontology().categories[0]
SERVICE = next(one for one in ontology().occupations.values() if one.slug == "back-end-development")
CLIENTS = """query ($id: ID!, $filter: ClientProposalFilter, $sort: ClientProposalSortAttribute, $page: Pagination) {
  clientProposals(jobPostingId: $id, filter: $filter, sortAttribute: $sort, pagination: $page) {
    totalCount edges { cursor node { id status { status } user { id name } organization { id name }
      job { id content { title } ownership { company { id name } team { id } } } terms { chargeRate { rawValue } } } }
    pageInfo { endCursor hasNextPage } } }"""
VENDORS = """query ($filter: VendorProposalFilter!, $sort: VendorProposalSortAttribute!, $page: Pagination!) {
  vendorProposals(filter: $filter, sortAttribute: $sort, pagination: $page) {
    totalCount edges { node { id status { status } user { id } organization { id }
      marketplaceJobPosting { id content { title } } } } pageInfo { endCursor hasNextPage } } }"""


@pytest.fixture
def market(souk: Souk) -> Market:
    return Market(souk)


def proposal(job_id: str, user_id: str = SOFIA, organization_id: str = STUDIO, **changes: Any) -> Proposal:
    parties = Parties(
        client_user_id=OLIVIA,
        client_team_id=ACME,
        client_company_id=ACME,
        vendor_user_id=user_id,
        vendor_team_id=organization_id,
        vendor_company_id=organization_id,
        agency=changes.pop("agency", False),
    )
    return Proposal(
        **{
            "id": new_id(),
            "job_id": job_id,
            "parties": parties,
            "hourly": True,
            "amount": 4_000,
            "currency": "USD",
            "vendor_status": VendorStatus.ACCEPTED,
            "client_status": ClientStatus.CREATED,
            "created": SINCE,
            "modified": SINCE,
            "created_by_id": user_id,
            **changes,
        }
    )


def put(market: Market, *proposals: Proposal) -> list[str]:
    """Store proposals, each of somebody else's; returns their ids."""
    table = market.souk.table
    for one in proposals:
        add_person(market, one.parties.vendor_user_id)
        tx = table.transaction()
        tx.create(PROPOSALS, one)
        tx.commit()
    return [one.id for one in proposals]


def listed(market: Market, job_id: str, sort: str = "", page: dict[str, Any] | None = None, **wanted: Any) -> Answer:
    by = dict(zip(("field", "sortOrder"), sort.split(), strict=False)) or None
    variables = {"id": job_id, "filter": wanted or None, "sort": by, "page": page}
    return market.olivia.call(CLIENTS, variables)


def ids(answer: Answer, name: str = "clientProposals") -> list[str]:
    return [edge["node"]["id"] for edge in answer.data[name]["edges"]]


def test_a_client_sees_all_of_a_posting_the_newest_first(market: Market) -> None:
    job, other = market.post(jobPostingInfo=hourly()), market.post(jobPostingInfo=hourly())
    first, second = put(market, proposal(job), proposal(job, "507"))
    put(market, proposal(other))
    answer = listed(market, job)
    assert ids(answer) == [second, first]
    assert answer.data["clientProposals"]["totalCount"] == 2


def test_they_come_page_by_page_and_cursors_belong_to_their_list(market: Market) -> None:
    job = market.post(jobPostingInfo=hourly())
    there = put(market, *(proposal(job, str(600 + at)) for at in range(5)))
    seen: list[str] = []
    after = "0"
    for size in (2, 2, 1):
        answer = listed(market, job, "CREATEDDATETIME ASC", {"first": 2, "after": after})
        assert len(ids(answer)) == size
        seen += ids(answer)
        after = answer.data["clientProposals"]["pageInfo"]["endCursor"]
    assert seen == there
    assert not answer.data["clientProposals"]["pageInfo"]["hasNextPage"]
    assert listed(market, job, "CREATEDDATETIME DESC", {"first": 2, "after": after}).code == "UNPROCESSABLE_CONTENT"
    assert listed(market, job, status_eq="Created", page={"first": 2, "after": after}).code == "UNPROCESSABLE_CONTENT"
    for first in (0, -1, 101):
        assert listed(market, job, page={"first": first}).code == "UNPROCESSABLE_CONTENT"


def profile(**fields: Any) -> Profile:
    return Profile(user_id=SOFIA, **fields)


def holds(wanted: dict[str, Any], applicant: Applicant) -> bool:
    return all(one(applicant) for one in conditions(ClientFilter.model_validate(wanted), NOW))


BARE = Applicant(proposal("1"))


@pytest.mark.parametrize(
    ("wanted", "fits", "not_"),
    [
        ({"status_eq": "Declined"}, Applicant(proposal("1", client_status=ClientStatus.DECLINED)), BARE),
        ({"annotations_eq": "Shortlisted"}, Applicant(proposal("1", marks=frozenset({Mark.SHORTLISTED}))), BARE),
        ({"freelancerId_eq": SOFIA}, BARE, Applicant(proposal("1", "507"))),
        ({"chargeRate_eq": "DOLLOR_10_TO_30"}, Applicant(proposal("1", amount=3_000)), BARE),
        (
            {"chargeRate_eq": "DOLLOR_30_TO_60"},
            Applicant(proposal("1", amount=3_000)),
            Applicant(proposal("1", amount=6_001)),
        ),
        ({"chargeRate_eq": "DOLLOR_60_AND_ABOVE"}, Applicant(proposal("1", amount=6_000)), BARE),
        ({"chargeRate_eq": "DOLLOR_10_AND_BELOW"}, Applicant(proposal("1", amount=1)), BARE),
        ({"chargeRate_eq": "DOLLOR_30_TO_60"}, BARE, Applicant(proposal("1", currency="EUR"))),
        ({"applierType_eq": "AGENCY"}, Applicant(proposal("1", agency=True)), BARE),
        ({"applierType_eq": "FREELANCER"}, BARE, Applicant(proposal("1", agency=True))),
        (
            {"activityDays_eq": "WITHIN_2_WEEKS"},
            Applicant(proposal("1"), profile=profile(last_active=stamp(NOW - timedelta(days=13)))),
            Applicant(proposal("1"), profile=profile(last_active=stamp(NOW - timedelta(days=15)))),
        ),
        (
            {"jobSuccessScore_eq": "PERCENTAGE_90_AND_ABOVE"},
            Applicant(proposal("1"), profile=profile(job_success=90)),
            Applicant(proposal("1"), profile=profile(job_success=89)),
        ),
        ({"earnings_eq": "NO_EARNINGS_YET"}, BARE, Applicant(proposal("1"), record=FreelancerRecord(earned=1))),
        (
            {"earnings_eq": "DOLLOR_1K_PLUS_EARNED"},
            Applicant(proposal("1"), record=FreelancerRecord(earned=100_000)),
            Applicant(proposal("1"), record=FreelancerRecord(earned=99_999)),
        ),
        (
            {"billedHours_eq": "HUNDRED_PLUS_HOURS_BILLED"},
            Applicant(proposal("1"), record=FreelancerRecord(minutes=6_000)),
            Applicant(proposal("1"), record=FreelancerRecord(minutes=5_999)),
        ),
        ({"topRated_eq": "TOP_RATED"}, Applicant(proposal("1"), profile=profile(standing=Standing.TOP_RATED)), BARE),
        ({"topRated_eq": "NON_TOP_RATED"}, BARE, Applicant(proposal("1"), profile=profile(standing=Standing.HIPO))),
        (
            {"englishLevel_eq": "FLUENT"},
            Applicant(proposal("1"), profile=profile(english=English.NATIVE_OR_BILINGUAL)),
            Applicant(proposal("1"), profile=profile(english=English.CONVERSATIONAL)),
        ),
        (
            {"title_eq": "c++ DEVELOPER"},
            Applicant(proposal("1"), profile=profile(title="Developer of C++ engines")),
            BARE,
        ),
        (
            {"textQuery_eq": "moths"},
            Applicant(proposal("1", cover_letter="I know moths.")),
            Applicant(proposal("1", cover_letter="I know beetles."), profile=profile(overview="Beetles")),
        ),
        ({"textQuery_eq": "moths"}, Applicant(proposal("1"), profile=profile(overview="Moths")), BARE),
        ({"languages_any": ["pt", "de"]}, Applicant(proposal("1"), profile=profile(languages=("pt",))), BARE),
        (
            {"category_eq": CATEGORY.preferred_label.upper()},
            Applicant(proposal("1"), profile=profile(category_ids=(CATEGORY.id,))),
            BARE,
        ),
        ({"occupationId": SERVICE.id}, Applicant(proposal("1"), profile=profile(service_ids=(SERVICE.id,))), BARE),
        ({"country_any": ["Portugal"]}, Applicant(proposal("1"), user=user("1", "A", "1", LISBON)), BARE),
        (
            {"region_any": ["Southern Europe"]},
            Applicant(proposal("1"), user=user("1", "A", "1", LISBON)),
            Applicant(proposal("1"), user=user("1", "A", "1", AUSTIN)),
        ),
    ],
    ids=lambda value: "-".join(f"{name}={given}" for name, given in value.items()) if isinstance(value, dict) else "",
)
def test_each_condition_finds_what_it_says(wanted: dict[str, Any], fits: Applicant, not_: Applicant) -> None:
    assert holds(wanted, fits)
    assert not holds(wanted, not_)


@pytest.mark.parametrize(
    "wanted",
    [
        {"chargeRate_eq": "ANY_HOURLY_RATE"},
        {"activityDays_eq": "ANY_TIME"},
        {"jobSuccessScore_eq": "ANY_JOB_SUCCESS"},
        {"earnings_eq": "ANY_AMOUNT_EARNED"},
        {"billedHours_eq": "ANY_HOURS"},
        {"englishLevel_eq": "ANY_LEVEL"},
        {"languages_any": []},
        {"title_eq": " "},
    ],
    ids=lambda wanted: next(iter(wanted)),
)
def test_what_asks_for_anything_finds_everything(wanted: dict[str, Any]) -> None:
    assert holds(wanted, BARE)


def test_what_is_hidden_is_listed_to_who_asks_for_it(market: Market) -> None:
    job = market.post(jobPostingInfo=hourly())
    shown, hidden = put(market, proposal(job), proposal(job, "507", marks=frozenset({Mark.READ, Mark.HIDDEN})))
    assert ids(listed(market, job)) == [shown]
    assert ids(listed(market, job, annotations_eq="Hidden")) == [hidden]
    assert ids(listed(market, job, annotations_eq="Read")) == []


def test_nothing_has_a_mark_that_nothing_puts(market: Market) -> None:
    job = market.post(jobPostingInfo=hourly())
    put(market, proposal(job, marks=frozenset({Mark.READ})))
    for mark in ("Recommended", "Auto_Hidden", "AiRecommended", "Sponsored"):
        assert ids(listed(market, job, annotations_eq=mark)) == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"country_any": ["Atlantis"]},
        {"region_any": ["Middle-earth"]},
        {"occupationId": "x#\0"},
        {"category_eq": "Alchemy"},
        {"languages_any": ["Klingonese"]},
        {"languages_any": ["x" * 101]},
        {"country_any": ["PT"] * 101},
    ],
)
def test_what_there_is_not_is_refused(market: Market, wanted: dict[str, Any]) -> None:
    assert listed(market, market.post(jobPostingInfo=hourly()), **wanted).code == "UNPROCESSABLE_CONTENT"


def test_orders(market: Market) -> None:
    job = market.post(jobPostingInfo=hourly())
    table = market.souk.table
    cheap, dear, old = put(
        market,
        proposal(job, "701", amount=1_000, modified="2026-03-01T00:00:00.000Z"),
        proposal(job, "702", amount=9_000, modified="2026-02-01T00:00:00.000Z"),
        proposal(job, "703", amount=5_000, created="2025-01-01T00:00:00.000Z"),
    )
    tx = table.transaction()
    tx.tally(FREELANCER_RECORDS, FREELANCER_RECORDS.key("703"), earned=500, minutes=60)
    tx.tally(FREELANCER_RECORDS, FREELANCER_RECORDS.key("701"), earned=900, minutes=30)
    tx.commit()
    for sort, wanted in (
        ("CHARGERATE ASC", [cheap, old, dear]),
        ("EARNINGS DESC", [cheap, old, dear]),
        ("BILLEDHOURS DESC", [old, cheap, dear]),
        ("CREATEDDATETIME ASC", [old, cheap, dear]),
        ("MODIFIEDDATETIME DESC", [cheap, dear, old]),
        ("RECOMMENDATIONSCORE DESC", [dear, cheap, old]),
    ):
        assert ids(listed(market, job, sort)) == wanted, sort


def test_others_are_told_of_nothing(market: Market) -> None:
    job = market.post(jobPostingInfo=hourly())
    put(market, proposal(job))
    for who in (market.omar, market.sofia, market.liam):
        assert who.call(CLIENTS, {"id": job}).code == "NOT_FOUND"
    for unknown in ("1", "", "#\0" * 2_000):
        assert market.olivia.call(CLIENTS, {"id": unknown}).code == "NOT_FOUND"
    nested = "query ($id: ID!) { marketplaceJobPosting(id: $id) { clientProposals { totalCount } } }"
    assert market.olivia.call(nested, {"id": job}).data == {
        "marketplaceJobPosting": {"clientProposals": {"totalCount": 1}}
    }
    assert market.sofia.call(nested, {"id": job}).code == "FORBIDDEN"


def own(who: Person, status: str = "Accepted", sort: str = "CREATEDDATETIME", **wanted: Any) -> Answer:
    by = {"field": sort, "sortOrder": "DESC"}
    return who.call(VENDORS, {"filter": {"status_eq": status, **wanted}, "sort": by, "page": {"first": 10}})


def test_a_freelancer_sees_their_own(market: Market) -> None:
    jobs = [market.post(jobPostingInfo=hourly()) for _ in range(3)]
    first, second, _, _ = put(
        market,
        proposal(jobs[0]),
        proposal(jobs[1]),
        proposal(jobs[2], vendor_status=VendorStatus.DECLINED),
        proposal(jobs[0], "507", "3002"),
    )
    assert ids(own(market.sofia), "vendorProposals") == [second, first]
    assert ids(own(market.sofia, jobPostingIds_any=[jobs[0]]), "vendorProposals") == [first]
    assert ids(own(market.sofia, organizationId_eq=STUDIO, sort="MODIFIEDDATETIME"), "vendorProposals") == [
        second,
        first,
    ]
    assert ids(own(market.sofia, organizationId_eq="1"), "vendorProposals") == []
    assert ids(own(market.sofia, annotations_eq="Hidden"), "vendorProposals") == []
    assert ids(own(market.omar), "vendorProposals") == []
    assert own(market.sofia, jobPostingIds_any=["1"] * 101).code == "UNPROCESSABLE_CONTENT"


def test_facts_of_people_are_read_where_they_are_asked_for(market: Market) -> None:
    job = market.post(jobPostingInfo=hourly())
    put(market, proposal(job))
    plain = "query ($id: ID!, $filter: ClientProposalFilter) { clientProposals(jobPostingId: $id, filter: $filter) {"
    cost = {
        name: market.olivia.call(f"{plain} totalCount }} }}", {"id": job, "filter": wanted}).trips
        for name, wanted in {
            "nothing": {},
            "anything": {"activityDays_eq": "ANY_TIME", "englishLevel_eq": "ANY_LEVEL", "title_eq": ""},
            "of proposals": {"chargeRate_eq": "DOLLOR_60_AND_ABOVE", "applierType_eq": "AGENCY"},
            "of people": {"earnings_eq": "NO_EARNINGS_YET", "country_any": ["PT"], "title_eq": "tester"},
        }.items()
    }
    assert cost["nothing"] == cost["anything"] == cost["of proposals"] == cost["of people"] - 1


@pytest.mark.parametrize("of", ["client", "vendor"])
def test_fifty_cost_as_many_round_trips_as_five(market: Market, of: str) -> None:
    few, many = market.post(jobPostingInfo=hourly()), market.post(jobPostingInfo=hourly())
    trips: Callable[[str], int]
    if of == "client":
        for job, count in ((few, 5), (many, 50)):
            for at in range(count):
                put(market, proposal(job, str(900 + at)))

        def trips(job: str) -> int:
            answer = listed(market, job, "EARNINGS DESC", {"first": 50}, earnings_eq="NO_EARNINGS_YET")
            assert len(ids(answer)) == (5 if job == few else 50)
            return answer.trips

        assert trips(few) == trips(many)
    else:
        jobs = [market.post(jobPostingInfo=hourly(title=f"Job {at}")) for at in range(20)]
        put(market, *(proposal(job) for job in jobs[:5]))
        first = own(market.sofia)
        put(market, *(proposal(job) for job in jobs[5:]))
        second = own(market.sofia)
        assert (len(ids(first, "vendorProposals")), len(ids(second, "vendorProposals"))) == (5, 10)
        assert first.trips == second.trips


def add_person(market: Market, user_id: str) -> None:
    """Store somebody with a profile, if they are not there."""
    table = market.souk.table
    if table.get(USERS, user_id) is None:
        tx = table.transaction()
        tx.create(USERS, user(user_id, f"P{user_id}", STUDIO, LISBON))
        tx.create(PROFILES, Profile(user_id=user_id, title="Tester"))
        tx.commit()
