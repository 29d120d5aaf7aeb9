"""Lists of proposals: filters, orders, pages and the number of round trips."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.domains.agreements.model import Parties
from souk.domains.identity.store import USERS
from souk.domains.market.model import FreelancerRecord
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.proposals.filters import Applicant, ClientFilter, people_conditions, proposal_conditions
from souk.domains.proposals.model import ClientStatus, Mark, Proposal, VendorStatus
from souk.domains.proposals.store import PROPOSALS
from souk.domains.reference.ontology import ontology
from souk.domains.talent.model import English, Profile, SpokenLanguage, TalentBadge
from souk.domains.talent.store import PROFILES
from souk.values.times import stamp
from tests.support.api import Answer, Person, Souk
from tests.support.clock import new_id
from tests.support.worlds.jobs import ACME, AUSTIN, LISBON, OLIVIA, SINCE, SOFIA, STUDIO, JobsWorld, hourly, user

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
def world(souk: Souk) -> JobsWorld:
    return JobsWorld(souk)


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


def put(world: JobsWorld, *proposals: Proposal) -> list[str]:
    """Store proposals, each of another person, and return their ids."""
    table = world.souk.table
    for one in proposals:
        add_person(world, one.parties.vendor_user_id)
        tx = table.transaction()
        tx.create(PROPOSALS, one)
        tx.commit()
    return [one.id for one in proposals]


def listed(world: JobsWorld, job_id: str, sort: str = "", page: dict[str, Any] | None = None, **values: Any) -> Answer:
    by = dict(zip(("field", "sortOrder"), sort.split(), strict=False)) or None
    variables = {"id": job_id, "filter": values or None, "sort": by, "page": page}
    return world.olivia.call(CLIENTS, variables)


def ids(answer: Answer, name: str = "clientProposals") -> list[str]:
    return [edge["node"]["id"] for edge in answer.data[name]["edges"]]


def test_client_lists_proposals_newest_first(world: JobsWorld) -> None:
    job, other = world.post(jobPostingInfo=hourly()), world.post(jobPostingInfo=hourly())
    first, second = put(world, proposal(job), proposal(job, "507"))
    put(world, proposal(other))
    answer = listed(world, job)
    assert ids(answer) == [second, first]
    assert answer.data["clientProposals"]["totalCount"] == 2


def test_list_pages_and_cursor_binding(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    there = put(world, *(proposal(job, str(600 + at)) for at in range(5)))
    seen: list[str] = []
    after = "0"
    for size in (2, 2, 1):
        answer = listed(world, job, "CREATEDDATETIME ASC", {"first": 2, "after": after})
        assert len(ids(answer)) == size
        seen += ids(answer)
        after = answer.data["clientProposals"]["pageInfo"]["endCursor"]
    assert seen == there
    assert not answer.data["clientProposals"]["pageInfo"]["hasNextPage"]
    assert listed(world, job, "CREATEDDATETIME DESC", {"first": 2, "after": after}).code == "UNPROCESSABLE_CONTENT"
    assert listed(world, job, status_eq="Created", page={"first": 2, "after": after}).code == "UNPROCESSABLE_CONTENT"
    for first in (0, -1):
        assert listed(world, job, page={"first": first}).code == "UNPROCESSABLE_CONTENT"


def profile(**fields: Any) -> Profile:
    return Profile(user_id=SOFIA, **fields)


def holds(values: dict[str, Any], applicant: Applicant) -> bool:
    wanted = ClientFilter.model_validate(values)
    return all(one(applicant.proposal) for one in proposal_conditions(wanted)) and all(
        one(applicant) for one in people_conditions(wanted, NOW)
    )


BARE = Applicant(proposal("1"))


@pytest.mark.parametrize(
    ("values", "match", "other"),
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
        ({"topRated_eq": "TOP_RATED"}, Applicant(proposal("1"), profile=profile(standing=TalentBadge.TOP_RATED)), BARE),
        ({"topRated_eq": "NON_TOP_RATED"}, BARE, Applicant(proposal("1"), profile=profile(standing=TalentBadge.HIPO))),
        (
            {"englishLevel_eq": "FLUENT"},
            Applicant(
                proposal("1"),
                profile=profile(languages=(SpokenLanguage(code="en", level=English.NATIVE_OR_BILINGUAL),)),
            ),
            Applicant(
                proposal("1"), profile=profile(languages=(SpokenLanguage(code="en", level=English.CONVERSATIONAL),))
            ),
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
        (
            {"languages_any": ["pt", "de"]},
            Applicant(proposal("1"), profile=profile(languages=(SpokenLanguage(code="pt"),))),
            BARE,
        ),
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
def test_each_filter_condition(values: dict[str, Any], match: Applicant, other: Applicant) -> None:
    assert holds(values, match)
    assert not holds(values, other)


@pytest.mark.parametrize(
    "values",
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
    ids=lambda values: next(iter(values)),
)
def test_any_values_match_everything(values: dict[str, Any]) -> None:
    assert holds(values, BARE)


def test_hidden_proposals_are_listed_by_filter_only(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    shown, hidden = put(world, proposal(job), proposal(job, "507", marks=frozenset({Mark.READ, Mark.HIDDEN})))
    assert ids(listed(world, job)) == [shown]
    assert ids(listed(world, job, annotations_eq="Hidden")) == [hidden]
    assert ids(listed(world, job, annotations_eq="Read")) == []


def test_unused_marks_match_nothing(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    put(world, proposal(job, marks=frozenset({Mark.READ})))
    for mark in ("Recommended", "Auto_Hidden", "AiRecommended", "Sponsored"):
        assert ids(listed(world, job, annotations_eq=mark)) == []


@pytest.mark.parametrize(
    "values",
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
def test_unknown_filter_values_are_refused(world: JobsWorld, values: dict[str, Any]) -> None:
    assert listed(world, world.post(jobPostingInfo=hourly()), **values).code == "UNPROCESSABLE_CONTENT"


def test_list_orders(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    table = world.souk.table
    old, cheap, dear = put(
        world,
        proposal(job, "703", amount=5_000),
        proposal(job, "701", amount=1_000, modified="2026-03-01T00:00:00.000Z"),
        proposal(job, "702", amount=9_000, modified="2026-02-01T00:00:00.000Z"),
    )
    tx = table.transaction()
    tx.tally(FREELANCER_RECORDS, FREELANCER_RECORDS.key("703"), earned=500, minutes=60)
    tx.tally(FREELANCER_RECORDS, FREELANCER_RECORDS.key("701"), earned=900, minutes=30)
    tx.commit()
    for sort, values in (
        ("CHARGERATE ASC", [cheap, old, dear]),
        ("EARNINGS DESC", [cheap, old, dear]),
        ("BILLEDHOURS DESC", [old, cheap, dear]),
        ("CREATEDDATETIME ASC", [old, cheap, dear]),
        ("MODIFIEDDATETIME DESC", [cheap, dear, old]),
        ("RECOMMENDATIONSCORE DESC", [dear, cheap, old]),
    ):
        assert ids(listed(world, job, sort)) == values, sort


def test_list_is_not_found_for_others(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    put(world, proposal(job))
    for who in (world.omar, world.sofia, world.liam):
        assert who.call(CLIENTS, {"id": job}).code == "NOT_FOUND"
    for unknown in ("1", "", "#\0" * 2_000):
        assert world.olivia.call(CLIENTS, {"id": unknown}).code == "NOT_FOUND"
    nested = "query ($id: ID!) { marketplaceJobPosting(id: $id) { clientProposals { totalCount } } }"
    assert world.olivia.call(nested, {"id": job}).data == {
        "marketplaceJobPosting": {"clientProposals": {"totalCount": 1}}
    }
    for stranger in (world.sofia, world.omar):
        assert stranger.call(nested, {"id": job}).data == {
            "marketplaceJobPosting": {"clientProposals": {"totalCount": 0}}
        }


def test_reference_example_of_posting_answers_stranger(world: JobsWorld) -> None:
    """The reference selects these fields with every posting (line 1213): an error in one would null the posting."""
    job = world.post(jobPostingInfo=hourly())
    put(world, proposal(job))
    example = """query ($id: ID!) { marketplaceJobPosting(id: $id) { id workFlowState { status } annotations { tags }
      activityStat { jobActivity { invitesSent } } content { title } attachments { id }
      clientCompany { id } clientCompanyPublic { id } canClientReceiveContractProposal
      clientProposals { totalCount edges { node { id } } pageInfo { endCursor hasNextPage } }
      classification { category { id } } customFields { edges { node { id } } } } }"""
    seen = world.sofia.call(example, {"id": job}).data["marketplaceJobPosting"]
    empty = {"totalCount": 0, "edges": [], "pageInfo": {"endCursor": None, "hasNextPage": False}}
    assert (seen["id"], seen["clientCompany"], seen["clientProposals"]) == (job, None, empty)


def own(who: Person, status: str = "Accepted", sort: str = "CREATEDDATETIME", **values: Any) -> Answer:
    by = {"field": sort, "sortOrder": "DESC"}
    return who.call(VENDORS, {"filter": {"status_eq": status, **values}, "sort": by, "page": {"first": 10}})


def test_freelancer_lists_own_proposals(world: JobsWorld) -> None:
    jobs = [world.post(jobPostingInfo=hourly()) for _ in range(3)]
    first, second, _, _ = put(
        world,
        proposal(jobs[0]),
        proposal(jobs[1]),
        proposal(jobs[2], vendor_status=VendorStatus.DECLINED),
        proposal(jobs[0], "507", "3002"),
    )
    assert ids(own(world.sofia), "vendorProposals") == [second, first]
    assert ids(own(world.sofia, jobPostingIds_any=[jobs[0]]), "vendorProposals") == [first]
    assert ids(own(world.sofia, organizationId_eq=STUDIO, sort="MODIFIEDDATETIME"), "vendorProposals") == [
        second,
        first,
    ]
    assert ids(own(world.sofia, organizationId_eq="1"), "vendorProposals") == []
    assert ids(own(world.sofia, annotations_eq="Hidden"), "vendorProposals") == []
    assert ids(own(world.omar), "vendorProposals") == []
    assert own(world.sofia, jobPostingIds_any=["1"] * 101).code == "UNPROCESSABLE_CONTENT"


def test_people_are_read_only_when_needed(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    put(world, proposal(job))
    plain = "query ($id: ID!, $filter: ClientProposalFilter) { clientProposals(jobPostingId: $id, filter: $filter) {"
    cost = {
        name: world.olivia.call(f"{plain} totalCount }} }}", {"id": job, "filter": values}).trips
        for name, values in {
            "nothing": {},
            "anything": {"activityDays_eq": "ANY_TIME", "englishLevel_eq": "ANY_LEVEL", "title_eq": ""},
            "of proposals": {"chargeRate_eq": "DOLLOR_60_AND_ABOVE", "applierType_eq": "AGENCY"},
            "of people": {"earnings_eq": "NO_EARNINGS_YET", "country_any": ["PT"], "title_eq": "tester"},
        }.items()
    }
    assert cost["nothing"] == cost["anything"] == cost["of proposals"] == cost["of people"] - 1


@pytest.mark.parametrize("of", ["client", "vendor"])
def test_list_round_trips_do_not_grow(world: JobsWorld, of: str) -> None:
    few, many = world.post(jobPostingInfo=hourly()), world.post(jobPostingInfo=hourly())
    trips: Callable[[str], int]
    if of == "client":
        for job, count in ((few, 5), (many, 50)):
            for at in range(count):
                put(world, proposal(job, str(900 + at)))

        def trips(job: str) -> int:
            answer = listed(world, job, "EARNINGS DESC", {"first": 50}, earnings_eq="NO_EARNINGS_YET")
            assert len(ids(answer)) == (5 if job == few else 50)
            return answer.trips

        assert trips(few) == trips(many)
    else:
        jobs = [world.post(jobPostingInfo=hourly(title=f"Job {at}")) for at in range(20)]
        put(world, *(proposal(job) for job in jobs[:5]))
        first = own(world.sofia)
        put(world, *(proposal(job) for job in jobs[5:]))
        second = own(world.sofia)
        assert (len(ids(first, "vendorProposals")), len(ids(second, "vendorProposals"))) == (5, 10)
        assert first.trips + 1 == second.trips, "the total of one page is known, that of two is counted"


def add_person(world: JobsWorld, user_id: str) -> None:
    """Store a person with a profile, unless they exist."""
    table = world.souk.table
    if table.get(USERS, user_id) is None:
        tx = table.transaction()
        tx.create(USERS, user(user_id, f"P{user_id}", STUDIO, LISBON))
        tx.create(PROFILES, Profile(user_id=user_id, title="Tester"))
        tx.commit()
