"""The numbers of a freelancer's work: windows of days, privacy, and storage round trips."""

from datetime import timedelta
from typing import Any

from souk.authentication.standing import PERSON, STANDINGS, Span, Standing
from souk.domains.market.store import (
    DAYS,
    FREELANCER_RECORDS,
    HIDDEN_REASONS,
    day_key,
    freelancer_record_key,
    hidden_key,
)
from souk.domains.reference.rules import reasons
from souk.domains.talent.model import Checks, Preferences, TalentBadge
from souk.domains.talent.store import PROFILES
from souk.values.times import stamp
from tests.domains.identity.people import SOFIA
from tests.domains.talent.world import TalentWorld
from tests.support.clock import CLOCK

RECORD = """lastWorkedDateTime lastApplicationDate totalHourlyJobs totalFixedJobs totalRevenue { rawValue }
  activeInterviews currentContracts totalHours totalHoursRounded totalHoursActual totalFeedback billedContracts
  adjustedFeedbackScore lastActivityDateTime totalEarnings { rawValue } qualityScore"""
RECENT = """totalHourlyJobsRecent totalFixedJobsRecent responsiveness totalHoursRecent totalFeedbackRecent
  billedContractsRecent adjustedFeedbackScoreRecent recentEarnings { rawValue } averageRecentEarnings { rawValue }
  recentCharge { rawValue } averageRecentCharge { rawValue }"""
JUDGED = "jobSuccessScore topRatedStatus topRatedPlusStatus topRatedStatusDatetime vetted"
STATS = """totalCharge360 { rawValue } totalCharge360NoAgency { rawValue } adjustedScore360 longTermClients suspensions
  suspensions360 suspensions90limited topLevelJobCategoryApplied90Days proposalsCount90Days
  medianProposalsForTheTopLevelCategory365 fitProposalsViewRatio90Days hiddenProposalsViewedRatio90Days
  totalProposalsViewedRatio90Days proposalInterviewedRation90Days proposalsHiredRatio90Days hideReasonsForProposals
  totalInvites90Days totalInviteResponses90Days inviteResponsesPerDay90Days totalCharge365NoPending { rawValue }
  totalCharge90 { rawValue } weeksEligibleWithin16wks"""
ALL = f"aggregates {{ user {{ id }} {RECORD} {RECENT} {JUDGED} profileStats {{ {STATS} }} }}"


def on_day(world: TalentWorld, ago: int, *, mark: str = "", **counts: int) -> None:
    """Store counts of a day."""
    day = (CLOCK.market() - timedelta(days=ago)).date().isoformat()
    tx = world.table.transaction()
    tx.tally(DAYS, day_key(SOFIA, day), **counts)
    if mark:
        tx.mark(day_key(SOFIA, day), "contracts", mark, most=100)
    tx.commit()


def count(world: TalentWorld, **counts: int) -> None:
    tx = world.table.transaction()
    tx.tally(FREELANCER_RECORDS, freelancer_record_key(SOFIA), **counts)
    tx.commit()


def change(world: TalentWorld, **changes: Any) -> None:
    tx = world.table.transaction()
    tx.update(PROFILES, world.profile().model_copy(update=changes))
    tx.commit()


def numbers(found: Any) -> dict[str, Any]:
    """Return the numbers of an answer, amounts as strings."""
    return {
        name: one["rawValue"] if isinstance(one, dict) and "rawValue" in one else one for name, one in found.items()
    }


def aggregates(world: TalentWorld, by: Any = None, selected: str = ALL) -> dict[str, Any]:
    return numbers(world.seen(by or world.sofia, selected)["aggregates"])


def test_windows_end_today_to_the_day(world: TalentWorld) -> None:
    world.complete()
    for ago in (0, 89, 90, 179, 180, 359, 360, 364, 365):
        on_day(world, ago, mark=f"{ago}#H", earned=100, received=90, agency_earned=10, applied=1, invited=1, reviews=1)
    found = aggregates(world)
    stats = numbers(found["profileStats"])
    assert (stats["totalCharge90"], stats["totalCharge360"], stats["totalCharge365NoPending"]) == (
        "2.00",
        "6.00",
        "8.00",
    )
    assert stats["totalCharge360NoAgency"] == "5.40"
    assert (stats["proposalsCount90Days"], stats["totalInvites90Days"]) == (2, 2)
    assert (found["recentCharge"], found["recentEarnings"], found["averageRecentCharge"]) == ("4.00", "3.60", "0.67")
    assert (found["totalHourlyJobsRecent"], found["totalFixedJobsRecent"], found["billedContractsRecent"]) == (4, 0, 4)
    assert found["totalFeedbackRecent"] == 4.0


def test_new_freelancer_has_zeros_and_nulls(world: TalentWorld) -> None:
    world.complete()
    found = aggregates(world)
    assert (found["totalEarnings"], found["totalFixedJobs"], found["totalFeedback"]) == ("0.00", 0, 0.0)
    for name in ("adjustedFeedbackScore", "responsiveness", "lastWorkedDateTime", "jobSuccessScore", "topRatedStatus"):
        assert found[name] is None, name
    assert found["profileStats"]["totalProposalsViewedRatio90Days"] is None
    assert found["profileStats"]["suspensions"] == 0
    assert found["profileStats"]["hideReasonsForProposals"] == []


def test_suspensions_are_counted(world: TalentWorld) -> None:
    world.complete()
    old, new = (stamp(CLOCK.market() - timedelta(days=days)) for days in (361, 359))
    tx = world.table.transaction()
    spans = tuple(Span(since=one, until=new) for one in (old, new))
    tx.create(STANDINGS, Standing(kind=PERSON, id=SOFIA, past=spans))
    tx.commit()
    stats = aggregates(world)["profileStats"]
    assert (stats["suspensions"], stats["suspensions360"], stats["suspensions90limited"]) == (2, 1, None)


def test_shares_of_proposals_and_reasons(world: TalentWorld) -> None:
    world.complete()
    on_day(
        world, 3, applied=4, viewed=3, hidden_viewed=1, interviewed=2, won=1, invited=3, answered=2, answered_in_a_day=1
    )
    why = reasons("PROPOSAL_REJECT")[:4]
    tx = world.table.transaction()
    for number, one in enumerate(why, 1):
        tx.tally(HIDDEN_REASONS, hidden_key(SOFIA, one.id), proposals=number)
    tx.commit()
    found = aggregates(world)
    assert found["responsiveness"] == "67%"
    stats = found["profileStats"]
    assert stats["totalProposalsViewedRatio90Days"] == 0.75
    assert stats["hiddenProposalsViewedRatio90Days"] == 0.25
    assert stats["proposalInterviewedRation90Days"] == 0.5
    assert stats["proposalsHiredRatio90Days"] == 0.25
    assert (stats["totalInviteResponses90Days"], stats["inviteResponsesPerDay90Days"]) == (2, 1)
    assert stats["hideReasonsForProposals"] == [one.reason for one in reversed(why[1:])]


def test_others_see_what_is_not_hidden(world: TalentWorld) -> None:
    world.complete()
    count(world, earned=10_000, received=9_000, agency_earned=4_000, agency_received=3_600, fixed_jobs=2, interviews=1)
    on_day(world, 0, earned=10_000, received=9_000, agency_earned=4_000, agency_received=3_600)
    since = "2026-06-01T00:00:00.000Z"
    change(world, standing=TalentBadge.TOP_RATED_PLUS, standing_since=since, job_success=97, checks=Checks(vetted=True))
    shown = aggregates(world, world.omar)
    assert (shown["totalEarnings"], shown["totalRevenue"], shown["jobSuccessScore"]) == ("100.00", "90.00", 97.0)
    assert (shown["topRatedStatus"], shown["topRatedPlusStatus"]) == ("top_rated_plus", "top_rated_plus")
    assert (shown["topRatedStatusDatetime"], shown["vetted"], shown["totalFixedJobs"]) == (since, True, 2)
    assert shown["profileStats"] is shown["activeInterviews"] is shown["lastApplicationDate"] is None
    change(world, preferences=Preferences(hide_agency_earnings=True, hide_jss=True))
    shown = aggregates(world, world.omar)
    assert (shown["totalEarnings"], shown["totalRevenue"], shown["jobSuccessScore"]) == ("60.00", "54.00", None)
    assert (shown["recentCharge"], shown["recentEarnings"]) == ("60.00", "54.00")
    change(world, preferences=Preferences(hide_earnings=True))
    for who in (world.omar, world.olivia, world.mia):
        shown = aggregates(world, who)
        amounts = ("totalEarnings", "totalRevenue", "recentCharge", "recentEarnings", "averageRecentCharge")
        assert {shown[name] for name in (*amounts, "averageRecentEarnings")} == {None}
    assert aggregates(world)["totalEarnings"] == "100.00"
    assert aggregates(world, world.ada)["totalEarnings"] == "100.00"
    talent = """profileAggregates { lastWorkedOn totalHourlyJobs totalFixedJobs topRatedStatus totalFeedback
      totalEarnings totalJobs adjustedCategoryScores { averageCategoryScore } }"""
    assert world.talent(world.omar, talent)["profileAggregates"]["totalEarnings"] is None
    assert world.talent(world.sofia, talent)["profileAggregates"] == {
        "lastWorkedOn": None,
        "totalHourlyJobs": 0,
        "totalFixedJobs": 2,
        "topRatedStatus": "top_rated_plus",
        "totalFeedback": 0.0,
        "totalEarnings": 100.0,
        "totalJobs": 2,
        "adjustedCategoryScores": None,
    }


def test_only_selected_tallies_are_read(world: TalentWorld) -> None:
    world.complete()
    query = "query ($key: String!) { freelancerProfileByProfileKey(profileKey: $key) { fullName %s } }"

    def trips(selected: str) -> int:
        return world.sofia.call(query % selected, {"key": SOFIA}).trips

    nothing = trips("")
    assert trips(f"aggregates {{ {JUDGED} }}") == nothing
    assert trips(f"aggregates {{ {RECORD} }}") == nothing + 1
    assert trips(ALL) == nothing + 1, "days, record and reasons are read at the same time"
