"""The work history of a freelancer, as they and others see it."""

from typing import Any

import pytest

from souk.domains.contracts.model import ContractStatus
from souk.domains.jobs.model import Access
from souk.domains.talent.model import Preferences, Visibility
from souk.domains.talent.store import PROFILES
from tests.domains.identity.people import SOFIA
from tests.domains.reputation.work import ENDED, DeliveryModel, ended, parties, posting, review, store
from tests.domains.talent.world import TalentWorld
from tests.support.api import Answer, Person

QUERY = """query ($filter: TalentWorkHistoryFilterInput) { talentWorkHistory(filter: $filter) { totalCount
  workHistoryList { contract { id title status startDate endDate clientTeamId clientOrgId createDate
      terms { hourlyRate jobType stipendAmount fixedAmount } }
    contractAggregate { totalCharge hours }
    feedback { feedbackToFreelancer { comment response score scores { label score weight } feedbackSuppressed isPublic
        commentPublic point } feedbackToClient { score comment } }
    opening { id title visibility } } } }"""


def ask(who: Person, **wanted: Any) -> Answer:
    return who.call(QUERY, {"filter": {"personId": SOFIA, **wanted}})


def listed(who: Person, **wanted: Any) -> dict[str, dict[str, Any]]:
    found = ask(who, **wanted).data["talentWorkHistory"]["workHistoryList"]
    return {one["contract"]["id"]: one for one in found}


def prefer(world: TalentWorld, **preferences: Any) -> None:
    tx = world.table.transaction()
    profile = world.profile()
    tx.update(PROFILES, profile.model_copy(update={"preferences": Preferences(**preferences)}))
    tx.commit()


@pytest.fixture
def work(world: TalentWorld) -> dict[str, str]:
    """Store contracts of all kinds, with canaries in all that strangers must not see. Return their ids by kind."""
    table, shown = world.table, {"shown": ENDED}
    contracts = {
        "public": store(
            table,
            ended(title="Gulls", description="canary-description"),
            earned=123_45,
            job=posting(),
            client=review(5, "Splendid."),
            freelancer=review(4, "Clear.", SOFIA),
            **shown,
        ),
        "private": store(
            table,
            ended(title="canary-private"),
            earned=777_77,
            job=posting(Access.ACCESS_PRIVATE, "42"),
            client=review(3, "canary-comment"),
            **shown,
        ),
        "direct": store(table, ended(title="canary-direct"), earned=500, client=review(1, "canary-hidden")),
        "gig": store(table, ended(title="A poster", delivery_model=DeliveryModel.CATALOG_PROJECT), earned=9_000),
        "agency": store(table, ended(title="canary-agency", parties=parties(agency=True)), earned=888_88),
        "unpaid": store(table, ended(title="canary-unpaid")),
        "active": store(
            table,
            ended(title="canary-active", status=ContractStatus.ACTIVE, ends=None),
            earned=666_66,
        ),
    }
    return {kind: one.id for kind, one in contracts.items()}


def test_freelancer_sees_everything(world: TalentWorld, work: dict[str, str]) -> None:
    answer = ask(world.sofia)
    assert answer.data["talentWorkHistory"]["totalCount"] == 7
    found = listed(world.sofia)
    assert list(found) == sorted(work.values(), reverse=True)
    assert found[work["public"]] == {
        "contract": {
            "id": work["public"],
            "title": "Gulls",
            "status": "CLOSED",
            "startDate": "2026-01-05T08:00:00.000Z",
            "endDate": ENDED,
            "clientTeamId": parties().client_team_id,
            "clientOrgId": parties().client_company_id,
            "createDate": "2026-01-05T08:00:00.000Z",
            "terms": {"hourlyRate": None, "jobType": "FIXED", "stipendAmount": None, "fixedAmount": "1000.00"},
        },
        "contractAggregate": {"totalCharge": "123.45", "hours": "0.00"},
        "feedback": {
            "feedbackToFreelancer": {
                "comment": "Splendid.",
                "response": None,
                "score": 5.0,
                "scores": [
                    {"label": "Skills", "score": 5, "weight": 0.5},
                    {"label": "Quality", "score": 5, "weight": 0.5},
                ],
                "feedbackSuppressed": False,
                "isPublic": True,
                "commentPublic": True,
                "point": None,
            },
            "feedbackToClient": {"score": 4.0, "comment": "Clear."},
        },
        "opening": {"id": "41", "title": "canary-posting-41", "visibility": "PUBLIC"},
    }
    assert found[work["active"]]["contractAggregate"]["totalCharge"] == "666.66"
    assert found[work["direct"]]["feedback"]["feedbackToFreelancer"] is None, "it is still hidden"
    assert list(listed(world.sofia, status=["ACTIVE"])) == [work["active"]]
    assert listed(world.sofia).keys() == listed(world.ada).keys(), "operators see everything"


def test_strangers_see_public_parts(world: TalentWorld, work: dict[str, str]) -> None:
    for who in (world.olivia, world.omar, world.mia):
        found = listed(who)
        assert found.keys() == {id_ for kind, id_ in work.items() if kind != "unpaid"}
        assert ask(who).data["talentWorkHistory"]["totalCount"] == 6
        private, active = found[work["private"]], found[work["active"]]
        assert (private["contract"]["title"], private["opening"]) == ("Private job", None)
        assert private["feedback"]["feedbackToFreelancer"]["score"] == 3.0
        assert private["contract"]["clientOrgId"] is None
        assert (active["contract"]["title"], active["contractAggregate"]["totalCharge"]) == ("Private job", None)
        assert active["contract"]["terms"]["fixedAmount"] is None
        assert found[work["gig"]]["contract"]["title"] == "A poster"
        assert found[work["public"]]["contract"]["title"] == "canary-posting-41", "the title of the posting"
        text = str(ask(who).json).replace("canary-posting-41", "")
        assert not any(secret in text for secret in ("canary", "666.66")), text


def test_hidden_earnings_show_no_amounts(world: TalentWorld, work: dict[str, str]) -> None:
    prefer(world, hide_agency_earnings=True)
    found = listed(world.omar)
    assert found[work["agency"]]["contractAggregate"]["totalCharge"] is None
    assert found[work["gig"]]["contractAggregate"]["totalCharge"] == "90.00"
    prefer(world, hide_earnings=True)
    assert all(one["contractAggregate"]["totalCharge"] is None for one in listed(world.omar).values())
    assert all(set(one["contract"]["terms"].values()) <= {None, "FIXED"} for one in listed(world.omar).values())
    assert "123.45" in str(ask(world.sofia).json)
    by_size = listed(world.omar, sort={"type": "LARGEST", "order": "ASC"})
    assert list(by_size) == sorted(by_size), "the order tells nothing of hidden amounts"


def test_history_of_hidden_profile_is_null(world: TalentWorld, work: dict[str, str]) -> None:
    tx = world.table.transaction()
    tx.update(PROFILES, world.profile().model_copy(update={"visibility": Visibility.PRIVATE}))
    tx.commit()
    assert ask(world.omar).data == {"talentWorkHistory": None}
    assert len(listed(world.sofia)) == len(work)
    assert world.omar.call(QUERY, {"filter": {"personId": "999"}}).data == {"talentWorkHistory": None}
    assert world.omar.call(QUERY, {"filter": None}).code == "UNPROCESSABLE_CONTENT"


def test_filters_orders_and_pages(world: TalentWorld, work: dict[str, str]) -> None:
    assert list(listed(world.omar, contractIds=[work["gig"], work["unpaid"], None, "1"])) == [work["gig"]]
    assert set(listed(world.omar, excludeNoFeedback=True)) == {work["public"], work["private"]}
    assert set(listed(world.omar, visibility="PUBLIC")) == {work["public"], work["gig"]}
    assert listed(world.omar, visibility="INDEX") == {}
    assert list(listed(world.omar, sort={"type": "LARGEST", "order": "DESC"}))[:2] == [work["agency"], work["private"]]
    rated = list(listed(world.omar, sort={"type": "FEEDBACK_RATE", "order": "DESC"}))
    assert rated[:2] == [work["public"], work["private"]]
    pages = [
        list(listed(world.omar, pagination={"offset": offset, "limit": 2}, sort={"type": "NEWEST", "order": "ASC"}))
        for offset in range(0, 8, 2)
    ]
    assert [id_ for page in pages for id_ in page] == sorted(id_ for kind, id_ in work.items() if kind != "unpaid")
    for paging in ({"offset": 0, "limit": 101}, {"offset": 0, "limit": 0}, {"offset": -1, "limit": 1}):
        assert ask(world.omar, pagination=paging).code == "UNPROCESSABLE_CONTENT"
        assert ask(world.omar, personId="999", pagination=paging).code == "UNPROCESSABLE_CONTENT"


def test_round_trips_do_not_grow_with_the_page(world: TalentWorld, work: dict[str, str]) -> None:
    few = ask(world.omar, pagination={"offset": 0, "limit": 1}).trips
    assert ask(world.omar, pagination={"offset": 0, "limit": 100}).trips <= few
    assert work
