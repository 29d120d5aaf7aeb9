"""The search record of a freelancer: complete, private where it has to be, and read in few round trips."""

from typing import Any

import pytest

from souk.domains.identity.store import create_user
from souk.domains.jobs.model import Access
from souk.domains.market.store import FREELANCER_RECORDS, freelancer_record_key
from souk.domains.talent.model import Availability, Capacity, Preferences
from souk.domains.talent.search import index
from tests.domains.identity.people import SOFIA, user
from tests.domains.reputation.work import DeliveryModel, ended, parties, posting, review, store
from tests.domains.talent.search_world import SearchWorld
from tests.domains.talent.world import AGENCY
from tests.support.api import Person, Souk

CONTRACTS = """contracts { title description totalHours hourlyRate { rawValue } totalCharges { rawValue }
  startedDateTime endDateTime feedback { score comment publicComment } }"""
RECORD = """... on FreelancerProfilesSearchRecord { id title description shortName ciphertext portrait
  lastActiveDateTime totalHourlyJobs totalFixedPriceJobs skills { prettyName } hourlyRate { rawValue } topRatedStatus
  avgFeedbackScore hideEarnings freelancer { id email } location { country city state } jobSuccessScore totalHours
  availability { name }
  %s %s }"""
PROFILE = """freelancerProfile { fullName personalData { title } skills { edges { node { prettyName } } }
  employmentRecords { jobTitle } certificates { name } aggregates { user { id } } }"""


@pytest.fixture
def searched(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> SearchWorld:
    """Return a marketplace with freelancers who can be found."""
    world = SearchWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: world.index)
    return world


def record(world: SearchWorld, by: Person) -> dict[str, Any]:
    """Return the search record of Sofia as somebody sees it."""
    answer = world.search(by, RECORD % (CONTRACTS, PROFILE), keyword="title:gull")
    (edge,) = answer.data["freelancerProfileSearchRecords"]["edges"]
    node: dict[str, Any] = edge["node"]
    return node


def test_record_is_complete(searched: SearchWorld) -> None:
    world, table = searched, searched.table
    world.write(SOFIA, availability=Availability(capacity=Capacity.FULL_TIME, created="2026-01-01", updated=""))
    for at in range(11):
        store(
            table,
            ended(id=str(9000 + at), title=f"Gull {at}", description="canary"),
            earned=10_00,
            job=posting(id_=str(500 + at)),
            client=review(5, "Splendid."),
            shown="2026-02-05T08:00:00.000Z",
        )
    store(table, ended(id="9100", title="canary-private"), earned=50_00, job=posting(Access.ACCESS_PRIVATE, "42"))
    store(table, ended(id="9101", title="canary-without-posting"), earned=50_00)
    store(table, ended(id="9102", title="canary-unpaid"), job=posting(id_="43"))
    store(
        table,
        ended(id="9103", title="A gig", delivery_model=DeliveryModel.CATALOG_PROJECT, parties=parties(agency=True)),
        earned=5_00,
    )
    tx = table.transaction()
    tx.tally(FREELANCER_RECORDS, freelancer_record_key(SOFIA), minutes=90, reviews=2, stars=900)
    tx.commit()
    world.rebuild()
    shown = record(world, world.omar)
    contracts = shown.pop("contracts")
    titles = [f"canary-posting-{500 + at}" for at in range(10, 1, -1)]  # those of the postings, which are public
    assert [one.pop("title") for one in contracts] == ["A gig", *titles]
    assert contracts[1]["totalCharges"] == {"rawValue": "10.00"}
    assert contracts[1]["feedback"] == {"score": 5.0, "comment": "Splendid.", "publicComment": True}
    assert "canary" not in str(contracts)
    profile = shown.pop("freelancerProfile")
    assert profile["fullName"] == "Sofia S."
    assert shown == {
        "id": SOFIA,
        "title": "Gull illustrator",
        "description": "I draw birds.",
        "shortName": "Sofia S.",
        "ciphertext": f"~01{SOFIA}",
        "portrait": "https://studio.test/sofia.jpg",
        "lastActiveDateTime": "2026-11-20T10:00:00.000Z",
        "totalHourlyJobs": 0,
        "totalFixedPriceJobs": 14,
        "skills": [{"prettyName": "illustration"}, {"prettyName": "photography"}],
        "hourlyRate": {"rawValue": "85.00"},
        "topRatedStatus": "top_rated",
        "avgFeedbackScore": 4.5,
        "hideEarnings": False,
        "freelancer": None,
        "location": {"country": "Portugal", "city": "Lisbon", "state": None},
        "jobSuccessScore": 97.0,
        "totalHours": 1.5,
        "availability": {"name": "More than 30 hrs/week"},
    }
    assert record(world, world.sofia)["freelancer"] == {"id": SOFIA, "email": "Sofia@Example.test"}
    world.write(SOFIA, preferences=Preferences(hide_earnings=True, hide_jss=True))
    hidden = record(world, world.omar)
    assert (hidden["jobSuccessScore"], hidden["hideEarnings"]) == (None, True)
    assert {one["totalCharges"] for one in hidden["contracts"]} == {None}
    assert {one["hourlyRate"] for one in hidden["contracts"]} == {None}
    own = record(world, world.sofia)
    assert own["jobSuccessScore"] == 97.0
    assert own["contracts"][2]["totalCharges"] == {"rawValue": "10.00"}  # behind an unpaid one


def test_round_trips_do_not_grow_with_the_page(searched: SearchWorld) -> None:
    world, trips = searched, []
    for ids in (range(800, 801), range(801, 850)):
        for id_ in ids:
            tx = world.table.transaction()
            create_user(tx, user(str(id_), "Ann", f"Lee{id_}", AGENCY, email=f"a{id_}@x.test", nickname=f"a{id_}"))
            tx.commit()
        for id_ in ids:
            world.write(str(id_), title="Gardener", skills=("python",))
            sides = parties().model_copy(update={"vendor_user_id": str(id_)})
            gig = {"delivery_model": DeliveryModel.CATALOG_PROJECT, "parties": sides}
            store(world.table, ended(id=str(9_000 + id_), **gig))
        world.rebuild()
        asked = [
            world.search(world.omar, RECORD % parts, {"first": 100}, keyword="gardener")
            for parts in (("", ""), ("", PROFILE), (CONTRACTS, PROFILE))
        ]
        assert len(asked[0].data["freelancerProfileSearchRecords"]["edges"]) == ids.stop - 800
        trips.append([answer.trips for answer in asked])
    assert trips[0] == trips[1]
    plain, nested, with_contracts = trips[1]
    assert nested - plain <= 2
    assert with_contracts - nested == 2  # the contracts; their totals, postings and feedback
