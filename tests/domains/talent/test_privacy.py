"""What strangers, colleagues, the other side and operators see of a profile."""

from typing import Any

import orjson
import pytest

from souk.authentication.principal import Role
from souk.domains.agreements.model import Parties
from souk.domains.audit.store import ACTIONS
from souk.domains.identity.store import create_user
from souk.domains.market.store import record_contact
from souk.domains.talent.model import Profile, Visibility
from souk.domains.talent.store import PROFILES
from tests.domains.identity.people import ACME, OLIVIA, OMAR, SOFIA, user
from tests.domains.talent.world import AGENCY, COMPLETE, MIA, TalentWorld
from tests.support.api import Person, person

LOCK = """mutation ($input: LockFreelancerVisibilityInput!) { lockFreelancerVisibility(input: $input) {
  locked risky currentVisibility originalVisibility } }"""
VISIBILITY = "query ($id: ID) { freelancerVisibility(id: $id) { locked risky currentVisibility originalVisibility } }"
EVERYTHING = """fullName lastName email phoneNumber { code number } user { id email } userDetails { lastName email }
  personalData { lastName workPhone profileStateReason address { street zip } }
  certificates { name submissionCode } linkedExternalAccountsList { edges { node { userProfile } } }
  profileCompletenessSummary { certificatesCount } verifications { idBadgeStatus }"""
TALENT_EVERYTHING = """personalData { lastName location { zip } } communityCertificates { certificate { name } }
  profileCompleteness { certificatesCount }"""


def lock(world: TalentWorld, by: Person | None = None, **fields: Any) -> Any:
    given = {"userId": SOFIA, "locked": True, "reason": "Reported"} | fields
    return (by or world.ada).call(LOCK, {"input": given})


def sees(world: TalentWorld, by: Person) -> bool:
    """Return whether a caller sees Sofia's profile, in all places alike."""
    key = {"key": f"~01{SOFIA}"}
    answer = by.call("query ($key: String!) { freelancerProfileByProfileKey(profileKey: $key) { firstName } }", key)
    found = "errors" not in answer.json
    assert found or answer.code == "NOT_FOUND"
    assert (world.talent(by, "personId") is not None) is found
    assert (by.call(VISIBILITY, {"id": SOFIA}).data["freelancerVisibility"] is not None) is found
    return found


def parties(client: str) -> Parties:
    """Return a client and Sofia as the sides of an agreement."""
    return Parties(
        client_user_id="1",
        client_team_id=client,
        client_company_id=client,
        vendor_user_id=SOFIA,
        vendor_team_id="2",
        vendor_company_id="2",
    )


def test_no_private_word_reaches_strangers(world: TalentWorld) -> None:
    """Sofia's phone numbers, e-mail address, street, last name and private records are canaries."""
    world.complete()
    world.update(workPhone="+351999888777")
    world.added("certificate", name="canary-private", submissionCode="canary-code", visibility="PRIVATE")
    world.added("certificate", name="canary-enterprise", visibility="ENTERPRISE_CLIENTS_ONLY")
    world.added("certificate", name="Shown", submissionCode="canary-code")
    account = world.added("account", name="github", userProfile="https://canary-account.example/sofia")
    world.sofia.call("mutation ($id: ID!) { unlinkExternalAccount(id: $id) { id } }", {"id": account})
    canaries = ("canary", "999888777", "912345678", "Silva", "@Example", "Torstr", "10115")
    own = orjson.dumps([world.seen(world.sofia, EVERYTHING), world.talent(world.sofia, TALENT_EVERYTHING)]).decode()
    assert [one for one in canaries if one not in own] == []
    tx = world.table.transaction()
    record_contact(tx, parties("301"))
    tx.commit()
    seen = orjson.dumps([world.seen(world.omar, EVERYTHING), world.talent(world.omar, TALENT_EVERYTHING)]).decode()
    assert [one for one in canaries if one in seen] == []
    assert "Shown" in seen
    colleague = orjson.dumps(world.seen(world.mia, EVERYTHING)).decode()
    assert [one for one in canaries if one in colleague] == ["Silva", "@Example", "Torstr", "10115"]


def test_enterprise_client_sees_certificates_for_enterprises(world: TalentWorld) -> None:
    world.added("certificate", name="For enterprises", visibility="ENTERPRISE_CLIENTS_ONLY")
    assert world.seen(world.olivia, "certificates { name }") == {"certificates": [{"name": "For enterprises"}]}
    assert world.seen(world.omar, "certificates { name }") == {"certificates": []}


def test_full_name_is_shown_only_when_exposed(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    name = "fullName lastName personalData { lastName }"
    short = {"fullName": "Sofia S.", "lastName": "S.", "personalData": {"lastName": "S."}}
    assert world.seen(world.omar, name) == short
    world.update(exposeFullName=True)
    whole = {"fullName": "Sofia Silva", "lastName": "Silva", "personalData": {"lastName": "Silva"}}
    assert world.seen(world.omar, name) == whole


@pytest.mark.parametrize("level", ["PUBLIC", "ONLY_UPWORK_USERS", "AUTH"])
def test_profile_for_users_is_seen_by_all(world: TalentWorld, level: str) -> None:
    world.update(title="Painter", visibilityLevel=level)
    assert sees(world, world.omar)
    assert world.omar.call(VISIBILITY, {"id": SOFIA}).data["freelancerVisibility"] == {
        "locked": False,
        "risky": None,
        "currentVisibility": level,
        "originalVisibility": level,
    }


def test_private_profile_is_seen_by_parties_and_colleagues(world: TalentWorld) -> None:
    world.update(**COMPLETE, visibilityLevel="PRIVATE")
    assert [sees(world, one) for one in (world.sofia, world.mia, world.ivo, world.ada)] == [True] * 4
    assert [sees(world, one) for one in (world.omar, world.olivia)] == [False] * 2
    tx = world.table.transaction()
    record_contact(tx, parties(ACME))
    tx.commit()
    assert sees(world, world.olivia)
    assert not sees(world, world.omar)


def test_person_without_profile_has_none(world: TalentWorld) -> None:
    assert not sees(world, world.omar)
    own = world.sofia.call("{ user { freelancerProfile { fullName } talentProfile { personId } } }").data
    assert own == {"user": {"freelancerProfile": None, "talentProfile": None}}
    assert world.sofia.call(VISIBILITY).data["freelancerVisibility"]["currentVisibility"] == "PUBLIC"
    unknown = world.omar.call('{ freelancerProfileByProfileKey(profileKey: "~0142") { fullName } }')
    assert unknown.code == "NOT_FOUND"


def test_profile_key_is_taken_with_and_without_prefix(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    query = "query ($key: String!) { talentProfileByProfileKey(profileKey: $key) { personId } }"
    for key in (SOFIA, f"~01{SOFIA}"):
        assert world.omar.call(query, {"key": key}).data == {"talentProfileByProfileKey": {"personId": SOFIA}}


def test_lock_replaces_what_the_person_has_chosen(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    locked = lock(world, risky=True).data["lockFreelancerVisibility"]
    assert locked == {"locked": True, "risky": True, "currentVisibility": "PRIVATE", "originalVisibility": "PUBLIC"}
    assert not sees(world, world.omar)
    world.update(visibilityLevel="AUTH")
    own = world.sofia.call(VISIBILITY).data["freelancerVisibility"]
    assert own == {"locked": True, "risky": None, "currentVisibility": "PRIVATE", "originalVisibility": "AUTH"}
    unlocked = lock(world, locked=False).data["lockFreelancerVisibility"]
    assert unlocked == {"locked": False, "risky": True, "currentVisibility": "AUTH", "originalVisibility": "AUTH"}
    assert sees(world, world.omar)
    trail = world.table.query(ACTIONS, f"AUDIT#SUBJECT#{SOFIA}", index="GSI1").items
    assert [one.action for one in trail] == ["lockFreelancerVisibility"] * 2
    assert world.events() == ["UPDATE", "UPDATE", "UPDATE"]  # the choice below the lock is seen by nobody


def test_decisions_are_for_operators(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    assert lock(world, world.mia).code == "FORBIDDEN"
    assert lock(world, userId=OMAR).code == "NOT_FOUND"
    assert lock(world, reason=" ").code == "UNPROCESSABLE_CONTENT"
    check = """mutation ($input: UpdateFreelancerVerificationsInput!) { updateFreelancerVerifications(input: $input) {
      verifications { idVerified phoneVerified webcamVerified idBadgeStatus } } }"""
    given = {"input": {"userId": SOFIA, "phoneVerified": True, "reason": "She answered"}}
    assert world.omar.call(check, given).code == "FORBIDDEN"
    for _ in range(2):
        found = world.ada.call(check, given).data["updateFreelancerVerifications"]["verifications"]
        assert (found["phoneVerified"], found["webcamVerified"], found["idVerified"]) == (True, False, False)
    (action,) = world.table.query(ACTIONS, f"AUDIT#SUBJECT#{SOFIA}", index="GSI1").items
    assert [(one.field, one.before, one.after) for one in action.changes] == [("phoneVerified", "false", "true")]


AGENCY_HIDES = """mutation ($input: UpdateAgencyFreelancerPreferencesInput!) {
  updateAgencyFreelancerPreferences(input: $input) { hideAgencyEarnings } }"""


def test_agency_hides_earnings_of_its_own_freelancers(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    given = {"input": {"userId": SOFIA, "hideAgencyEarnings": True}}
    assert world.mia.call(AGENCY_HIDES, given).data["updateAgencyFreelancerPreferences"] == {"hideAgencyEarnings": True}
    assert world.seen(world.omar, "userPreferences { hideAgencyEarnings }")["userPreferences"]["hideAgencyEarnings"]
    assert world.ivo.call(AGENCY_HIDES, given).code == "FORBIDDEN"
    assert world.sofia.call(AGENCY_HIDES, given).code == "FORBIDDEN"
    for stranger in (world.omar, world.olivia):
        assert stranger.call(AGENCY_HIDES, given).code == "NOT_FOUND"
    for unknown in ("42", MIA):
        answer = world.mia.call(AGENCY_HIDES, {"input": {"userId": unknown, "hideAgencyEarnings": True}})
        assert answer.code == "NOT_FOUND"


def test_ids_by_email_show_title_and_visibility(world: TalentWorld) -> None:
    world.update(**COMPLETE, visibilityLevel="AUTH")
    query = """{ userIdsByEmail(email: "sofia@example.test") { edges { node { title visibilityLevel user {
      talentProfile { personId } } } } } }"""
    (edge,) = world.sofia.call(query).data["userIdsByEmail"]["edges"]
    profile = {"talentProfile": {"personId": SOFIA}}
    assert edge["node"] == {"title": "Illustrator", "visibilityLevel": "AUTH", "user": profile}


@pytest.mark.usefixtures("paged")
def test_public_address_is_that_of_deployment(world: TalentWorld) -> None:
    query = "query ($id: ID!) { userDetails(id: $id) { publicUrl } }"
    assert world.sofia.call(query, {"id": SOFIA}).data == {"userDetails": {"publicUrl": None}}
    world.update(**COMPLETE)
    address = f"https://example.test/people/~01{SOFIA}"
    assert world.sofia.call(query, {"id": SOFIA}).data == {"userDetails": {"publicUrl": address}}
    part = "personalData { profileUrl } userDetails { publicUrl }"
    assert world.seen(world.omar, part) == {
        "personalData": {"profileUrl": address},
        "userDetails": {"publicUrl": address},
    }
    world.update(visibilityLevel="PRIVATE")
    assert world.sofia.call(query, {"id": SOFIA}).data == {"userDetails": {"publicUrl": None}}


def test_phone_number_is_cut_into_its_parts(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    assert world.seen(world.sofia, "phoneNumber { code number }") == {
        "phoneNumber": {"code": "+351", "number": "912345678"}
    }


def test_nested_profiles_cost_no_more_when_many(world: TalentWorld) -> None:
    """The staff of an agency, each with a private profile and numbers: one batch for all, and their days at once."""
    query = """{ organization { staffs(pagination: {first: 100, after: "0"}) { edges { node { user { freelancerProfile {
      fullName personalData { title } skills { edges { node { id } } } employmentRecords { user { id } }
      aggregates { totalFixedJobs totalFixedJobsRecent recentCharge { rawValue } }
      userDetails { talentProfile { personId certificate: communityCertificates { personId } } } } } } } } } }"""

    def hire(numbers: range) -> None:
        for number in numbers:
            tx = world.table.transaction()
            create_user(tx, user(str(number), f"P{number}", "Q", AGENCY))
            tx.create(PROFILES, Profile(user_id=str(number), title="Painter", visibility=Visibility.PRIVATE))
            tx.commit()
            person(world.souk, str(number), AGENCY, role=Role.MEMBER)

    hire(range(700, 705))
    few = world.mia.call(query)
    hire(range(705, 750))
    many = world.mia.call(query)
    titles = [edge["node"]["user"]["freelancerProfile"] for edge in many.data["organization"]["staffs"]["edges"]]
    assert sum(one is not None for one in titles) == 50
    assert few.trips == many.trips


def test_clients_person_can_read_but_has_no_profile(world: TalentWorld) -> None:
    assert world.omar.call(VISIBILITY, {"id": OLIVIA}).data == {"freelancerVisibility": None}
