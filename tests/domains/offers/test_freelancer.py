"""The freelancer of an offer: their profile, for the parties."""

from typing import Any

from souk.domains.moderation.model import Takedown
from souk.domains.talent.store import PROFILES
from tests.support.worlds.jobs import SOFIA
from tests.support.worlds.offers import OffersWorld


def test_offer_shows_freelancer_without_profile(world: OffersWorld) -> None:
    """`Offer.freelancer` and these parts are required."""
    offer = world.make_offer(world.post_job())
    query = """query ($id: ID!) { offer(id: $id) { freelancer { user { id name } userDetails { id }
      personalData { firstName lastName address { cityName street } chargeRate { rawValue currency } }
      userPreferences { visibilityLevel exposeFullName hideJss } aggregates { user { id } }
      otherExperiences { totalCount edges { __typename } } languages { edges { __typename } }
      educationRecords { __typename } employmentRecords { __typename } skills { edges { __typename } }
      linkedExternalAccountsList { edges { __typename } } privateTalentCloud { totalCount } } } }"""
    seen = world.olivia.call(query, {"id": offer}).data["offer"]["freelancer"]
    nothing: dict[str, Any] = {"edges": []}
    assert seen == {
        "user": {"id": SOFIA, "name": "Sofia E."},
        "userDetails": {"id": SOFIA},
        "personalData": {
            "firstName": "Sofia",
            "lastName": "E.",
            "address": {"cityName": "Lisbon", "street": None},
            "chargeRate": {"rawValue": "0.00", "currency": "USD"},
        },
        "userPreferences": {"visibilityLevel": "PUBLIC", "exposeFullName": False, "hideJss": False},
        "aggregates": {"user": {"id": SOFIA}},
        "otherExperiences": {"totalCount": 0, "edges": []},
        "languages": nothing,
        "educationRecords": [],
        "employmentRecords": [],
        "skills": nothing,
        "linkedExternalAccountsList": nothing,
        "privateTalentCloud": {"totalCount": 0},
    }


def test_parties_of_offer_see_private_profile(world: OffersWorld) -> None:
    private = 'input: {title: "Operator of servers", visibilityLevel: PRIVATE}'
    assert world.sofia.call(f"mutation {{ updateFreelancerProfile({private}) {{ fullName }} }}").data
    by_key = f'{{ freelancerProfileByProfileKey(profileKey: "~01{SOFIA}") {{ personalData {{ title }} }} }}'
    assert world.olivia.call(by_key).code == "NOT_FOUND"
    offer = world.make_offer(world.post_job())
    title = {"personalData": {"title": "Operator of servers"}}
    query = """query ($id: ID!) { offer(id: $id) { freelancer { personalData { title }
      userDetails { freelancerProfile { personalData { title } } } } } }"""
    seen = title | {"userDetails": {"freelancerProfile": title}}
    assert world.olivia.call(query, {"id": offer}).data["offer"]["freelancer"] == seen
    assert world.olivia.call(by_key).data["freelancerProfileByProfileKey"] == title
    assert world.omar.call(by_key).code == "NOT_FOUND"


def test_parties_see_name_and_country_of_a_hidden_profile(world: OffersWorld) -> None:
    own = """input: {title: "Operator of servers", overview: "All.", chargeRate: {amount: "85", currency: "USD"},
      skills: ["rust"], exposeFullName: true}"""
    assert world.sofia.call(f"mutation {{ updateFreelancerProfile({own}) {{ fullName }} }}").data
    offer = world.make_offer(world.post_job())
    profile = world.souk.table.get(PROFILES, SOFIA)
    assert profile
    tx = world.souk.table.transaction()
    taken_down = Takedown(reason="Copied", at="2026-01-01T00:00:00.000Z")
    tx.update(PROFILES, profile.model_copy(update={"takedown": taken_down}))
    tx.commit()
    query = """query ($id: ID!) { offer(id: $id) { freelancer { fullName countryDetails { name } portrait { portrait }
      personalData { title description chargeRate { rawValue } profileState profileStateReason }
      skills { edges { node { id } } }
      userDetails { freelancerProfile { fullName } talentProfile { personId } } } } }"""
    nothing = {"title": None, "description": None, "profileStateReason": None, "profileState": "NOT_STARTED"}
    assert world.olivia.call(query, {"id": offer}).data["offer"]["freelancer"] == {
        "fullName": "Sofia E.",
        "countryDetails": {"name": "Portugal"},
        "portrait": None,
        "personalData": nothing | {"chargeRate": {"rawValue": "0.00"}},
        "skills": {"edges": []},
        "userDetails": {"freelancerProfile": None, "talentProfile": None},
    }
    own_view = world.sofia.call(query, {"id": offer}).data["offer"]["freelancer"]["personalData"]
    assert (own_view["title"], own_view["profileStateReason"]) == ("Operator of servers", "Copied")


def test_offer_and_profile_are_one_round_trip(world: OffersWorld) -> None:
    offer = world.make_offer(world.post_job())
    plain = world.olivia.call("query ($id: ID!) { offer(id: $id) { freelancer { firstName } } }", {"id": offer})
    parts = "personalData { title } employmentRecords { id } languages { edges { node { id } } }"
    full = world.olivia.call(f"query ($id: ID!) {{ offer(id: $id) {{ freelancer {{ {parts} }} }} }}", {"id": offer})
    assert full.data
    assert full.trips == plain.trips
