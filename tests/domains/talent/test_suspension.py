"""Profiles of suspended people, and of people whose only organization is suspended: strangers do not find them."""

from souk.authentication.standing import company_key, person_key
from tests.domains.identity.people import ACME, OLIVIA, SOFIA, SOLO
from tests.domains.talent.search_world import SearchWorld
from tests.domains.talent.world import AGENCY
from tests.support.api import person
from tests.support.standing import reactivate, suspend

PROFILE = "query ($key: String!) { freelancerProfileByProfileKey(profileKey: $key) { firstName } }"


def test_profiles_of_the_suspended_are_not_found(searched: SearchWorld) -> None:
    table, key = searched.table, {"key": f"~01{SOFIA}"}
    sofia = person(searched.souk, SOFIA, SOLO)
    searched.rebuild()

    def seen() -> bool:
        answer = searched.omar.call(PROFILE, key)
        assert ("errors" not in answer.json) is (SOFIA in searched.found())
        return "errors" not in answer.json

    assert seen()
    suspend(table, SOLO)
    assert seen(), "she also works for an agency"
    reactivate(table, SOLO)
    for companies, who, place in (((), {"user_id": SOFIA}, person_key(SOFIA)), ((SOLO, AGENCY), {}, company_key(SOLO))):
        suspend(table, *companies, **who)
        assert not seen(), "at once"
        assert searched.ada.call(PROFILE, key).data, "operators see it"
        searched.stream(place)
        assert not seen()
        reactivate(table, *companies, **who)
        searched.stream(place)
        assert seen()
    assert sofia.call(PROFILE, key).data


def test_people_of_suspended_clients_are_not_found(searched: SearchWorld) -> None:
    searched.rebuild()

    def found() -> bool:
        client = "... on UserFreelancerProfilesSearchRecord { user { id } }"
        answer = searched.search(selected=client, userType="Client", keyword="Acme")
        edges = answer.data["freelancerProfileSearchRecords"]["edges"]
        return OLIVIA in [edge["node"]["user"]["id"] for edge in edges]

    assert found()
    suspend(searched.table, ACME)
    assert not found()
    (piece,) = searched.stream(company_key(ACME))
    assert (piece.field, piece.value) == ("companies", ACME)
    assert not found()
    reactivate(searched.table, ACME)
    searched.stream(company_key(ACME))
    assert found()
