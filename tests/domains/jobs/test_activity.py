"""The activity around a posting, as each side sees it."""

from typing import Any

from souk.domains.market.store import ACTIVITY, activity_key
from tests.support.worlds.jobs import ACME, JobsWorld

MARKET = """query ($id: ID!) { marketplaceJobPosting(id: $id) { activityStat {
  applicationsBidStats { avgRateBid { rawValue } minRateBid { rawValue } maxRateBid { rawValue }
    avgInterviewedRateBid { rawValue } }
  jobActivity { invitesSent totalInvitedToInterview totalHired totalUnansweredInvites totalOffered totalRecommended }
} } }"""
OWN = """query ($id: ID!) { jobPosting(jobPostingId: $id) { proposalsStatistics {
  totalProposals totalMessaged totalHired totalInvitesSent totalApplicantsWithAutoHidden totalArchived totalAutoHidden
  totalDeclined totalHidden totalOffered totalShortlisted totalWithdrawn } } }"""
FOUND = """query ($filter: MarketplaceJobPostingsSearchFilter) {
  marketplaceJobPostingsSearch(marketPlaceJobFilter: $filter) { edges { node {
    totalApplicants freelancersToHire relevance { effectiveCandidates recommendedEffectiveCandidates uniqueImpressions }
    job { activityStat { jobActivity { totalHired } } }
  } } }
}"""
LIST = """query ($first: Int!) { organization {
  jobPosting(jobPostingFilter: { pagination_eq: { first: $first } }) { edges { node { proposalsStatistics {
    totalProposals } } } } } }"""


def count(world: JobsWorld, job_id: str, **by: int) -> None:
    tx = world.souk.table.transaction()
    tx.tally(ACTIVITY, activity_key(job_id), **by)
    tx.commit()


def test_new_posting_has_no_activity(world: JobsWorld) -> None:
    job_id = world.post()
    stat = world.sofia.call(MARKET, {"id": job_id}).data["marketplaceJobPosting"]["activityStat"]
    assert set(stat["applicationsBidStats"].values()) == {None}
    assert set(stat["jobActivity"].values()) == {0}
    own = world.olivia.call(OWN, {"id": job_id}).data["jobPosting"]["proposalsStatistics"]
    assert set(own.values()) == {0}


def test_market_sees_bids_and_invitations(world: JobsWorld) -> None:
    job_id = world.post()
    count(world, job_id, proposals=3, bids=3, bid_total=10_000, lowest_bid=2_000, highest_bid=5_000)
    count(world, job_id, interviewed=1, interviewed_bids=1, interviewed_bid_total=3_000, invites_sent=2, offered=1)
    stat = world.sofia.call(MARKET, {"id": job_id}).data["marketplaceJobPosting"]["activityStat"]
    assert {name: one["rawValue"] for name, one in stat["applicationsBidStats"].items()} == {
        "avgRateBid": "33.33",
        "minRateBid": "20.00",
        "maxRateBid": "50.00",
        "avgInterviewedRateBid": "30.00",
    }
    assert stat["jobActivity"]["invitesSent"] == 2
    assert stat["jobActivity"]["totalInvitedToInterview"] == 1
    assert stat["jobActivity"]["totalOffered"] == 1


def test_client_sees_its_decisions(world: JobsWorld) -> None:
    job_id = world.post()
    count(world, job_id, proposals=9, declined=2, shortlisted=3, withdrawn=1, hidden=4, archived=5, messaged=6)
    own = world.olivia.call(OWN, {"id": job_id}).data["jobPosting"]["proposalsStatistics"]
    assert own == {
        "totalProposals": 9,
        "totalMessaged": 6,
        "totalHired": 0,
        "totalInvitesSent": 0,
        "totalApplicantsWithAutoHidden": 9,
        "totalArchived": 5,
        "totalAutoHidden": 0,
        "totalDeclined": 2,
        "totalHidden": 4,
        "totalOffered": 0,
        "totalShortlisted": 3,
        "totalWithdrawn": 1,
    }


def test_search_counts_and_filters_by_applicants(world: JobsWorld) -> None:
    quiet, busy = world.post(), world.post()
    count(world, busy, proposals=12, hired=1)
    world.refresh()
    edges = world.sofia.call(FOUND, {"filter": {}}).data["marketplaceJobPostingsSearch"]["edges"]
    (of_busy, of_quiet) = (edge["node"] for edge in edges)
    assert (of_busy["totalApplicants"], of_busy["freelancersToHire"]) == (12, 0)
    assert of_busy["relevance"]["effectiveCandidates"] == 12
    assert of_busy["job"]["activityStat"]["jobActivity"]["totalHired"] == 1
    assert (of_quiet["totalApplicants"], of_quiet["freelancersToHire"]) == (0, 1)
    few: dict[str, Any] = {"proposalRange_eq": {"rangeStart": 0, "rangeEnd": 4}}
    assert world.search(world.sofia, **few) == [quiet]


def test_list_round_trips_do_not_grow(world: JobsWorld) -> None:
    for _ in range(50):
        count(world, world.post(organization_id=ACME), proposals=1)
    few, many = (world.olivia.call(LIST, {"first": first}) for first in (5, 50))
    edges = many.data["organization"]["jobPosting"]["edges"]
    assert [edge["node"]["proposalsStatistics"]["totalProposals"] for edge in edges] == [1] * 50
    assert few.trips == many.trips
