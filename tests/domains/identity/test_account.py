"""One's own account: reading it, changing it, and what others see of the change."""

from typing import Any

import pytest

from souk.authentication.records import MEMBERSHIPS
from souk.domains.identity.model import Location
from souk.domains.identity.store import USERS
from tests.domains.identity.callers import Callers
from tests.domains.identity.people import ACME, BERLIN, LIAM, OLIVIA, OPS, RIVAL, SINCE, SOFIA, WEB, settle
from tests.support.api import Answer, Person, Souk, person
from tests.support.racing import meanwhile

FIELDS = """{
  user { id } firstName lastName email phone photoUrl language operator authenticator identityVerification
  location { street additionalInfo city state zip country { twoLetterAbbreviation } timezone }
  termsVersion termsAcceptedDateTime termsToAccept deletionDateTime createdDateTime mailMessages
}"""
ACCOUNT = f"{{ account {FIELDS} }}"
DETAILS = "query ($id: ID!) { userDetails(id: $id) { name location { cityName timezone street } } }"
UPDATE = f"mutation ($input: UpdateAccountInput!) {{ updateAccount(input: $input) {FIELDS} }}"


def change(who: Person, **changes: Any) -> Answer:
    return who.call(UPDATE, {"input": changes})


def test_account_of_new_person_is_complete(callers: Callers) -> None:
    assert callers.olivia.call(ACCOUNT).data["account"] == {
        "user": {"id": OLIVIA},
        "firstName": "Olivia",
        "lastName": "Ortega",
        "email": "Olivia@Example.test",
        "phone": None,
        "photoUrl": None,
        "language": "en",
        "operator": False,
        "authenticator": False,
        "identityVerification": "NOT_VERIFIED",
        "location": {
            "street": None,
            "additionalInfo": None,
            "city": None,
            "state": None,
            "zip": None,
            "country": None,
            "timezone": "UTC",
        },
        "termsVersion": None,
        "termsAcceptedDateTime": None,
        "termsToAccept": None,
        "deletionDateTime": None,
        "createdDateTime": SINCE,
        "mailMessages": True,
    }


def test_every_field_comes_back(callers: Callers) -> None:
    given = {
        "firstName": "  Olívia ",
        "lastName": "Ortega Díaz",
        "phone": "+351 (912) 345-678",
        "language": "en",
        "mailMessages": False,
        "location": {
            "street": "Rua da Prata 80",
            "additionalInfo": "2º esq.",
            "city": "Lisbon",
            "zip": "1100-420",
            "country": "Portugal",
        },
    }
    changed = change(callers.olivia, **given).data["updateAccount"]
    assert changed == callers.olivia.call(ACCOUNT).data["account"]
    assert (changed["firstName"], changed["lastName"]) == ("Olívia", "Ortega Díaz")
    assert (changed["phone"], changed["mailMessages"]) == ("+351912345678", False)
    assert changed["location"] == {
        "street": "Rua da Prata 80",
        "additionalInfo": "2º esq.",
        "city": "Lisbon",
        "state": None,
        "zip": "1100-420",
        "country": {"twoLetterAbbreviation": "PT"},
        "timezone": "Europe/Lisbon",
    }
    seen = callers.liam.call(DETAILS, {"id": OLIVIA}).data
    location = {"cityName": "Lisbon", "timezone": "Europe/Lisbon", "street": "Rua da Prata 80"}
    assert seen["userDetails"] == {"name": "Olívia O.", "location": location}


def test_left_out_fields_stay_and_null_clears(callers: Callers) -> None:
    change(callers.sofia, phone="+4930123456")
    changed = change(callers.sofia, location={"zip": None}).data["updateAccount"]
    assert changed["phone"] == "+4930123456"
    assert callers.user(SOFIA).location == BERLIN.model_copy(update={"zip": None})
    assert change(callers.sofia, phone=None).data["updateAccount"]["phone"] is None
    assert change(callers.sofia, location=None).data["updateAccount"]["location"]["country"] is None
    assert callers.user(SOFIA).location == Location()
    assert callers.user(SOFIA).first_name == "Sofia"


def test_time_zone_follows_place_unless_given(callers: Callers) -> None:
    def zone(**location: Any) -> str:
        zone: str = change(callers.sofia, location=location).data["updateAccount"]["location"]["timezone"]
        return zone

    assert zone(city="Toronto", country="CA") == "America/Toronto"
    assert zone(timezone="Asia/Tokyo") == "Asia/Tokyo"
    assert zone(street="Somewhere 1") == "Asia/Tokyo"
    assert zone(timezone=None) == "America/Toronto"
    assert zone(city=None, country="NO") == "Europe/Oslo", "the only one of the country"
    assert zone(country="US") == "UTC", "which one is not known"
    assert zone(country="US", timezone="America/Denver") == "America/Denver"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"firstName": None}, "input.firstName"),
        ({"firstName": " "}, "input.firstName"),
        ({"lastName": "x" * 51}, "input.lastName"),
        ({"lastName": "a\u202eb"}, "input.lastName"),
        ({"lastName": "---"}, "input.lastName"),
        ({"phone": "912345678"}, "input.phone"),
        ({"phone": "+0123456789"}, "input.phone"),
        ({"phone": "+1 (call me)"}, "input.phone"),
        ({"phone": "+" + "1" * 16}, "input.phone"),
        ({"language": "de"}, "input.language"),
        ({"location": {"country": "Atlantis"}}, "input.location.country"),
        ({"location": {"timezone": "../../etc/passwd"}}, "input.location.timezone"),
        ({"location": {"timezone": "Mars/Olympus"}}, "input.location.timezone"),
        ({"location": {"street": "x" * 201}}, "input.location.street"),
        ({"location": {"additionalInfo": "a\u0000b"}}, "input.location.additionalInfo"),
        ({"defaultOrganizationId": None}, "input.defaultOrganizationId"),
    ],
)
def test_invalid_change_is_refused_with_its_path(callers: Callers, changes: dict[str, Any], path: str) -> None:
    before = callers.user(OLIVIA)
    refused = change(callers.olivia, **changes)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert [one["path"] for one in refused.error["extensions"]["fields"]] == [path]
    assert callers.user(OLIVIA) == before


def test_all_problems_are_reported_and_nothing_is_stored(callers: Callers) -> None:
    refused = change(callers.olivia, firstName="Ollie", phone="1", language="xx")
    assert [one["path"] for one in refused.error["extensions"]["fields"]] == ["input.phone", "input.language"]
    assert callers.user(OLIVIA).first_name == "Olivia"


def test_default_organization_must_be_ones_own(callers: Callers) -> None:
    assert callers.user(LIAM).organization_id == WEB
    for foreign in (RIVAL, OPS, "999", "x"):
        assert change(callers.liam, defaultOrganizationId=foreign).code == "UNPROCESSABLE_CONTENT"
    callers.olivia.call(
        """mutation ($input: UpdateMemberInput!) { updateMember(input: $input) { id } }""",
        {"input": {"userId": LIAM, "organizationId": OPS, "role": "MEMBER"}},
    )
    assert change(callers.liam, defaultOrganizationId=OPS).data
    assert callers.user(LIAM).organization_id == OPS
    left = callers.souk.table.get(MEMBERSHIPS, LIAM, WEB)
    assert left
    tx = callers.souk.table.transaction()
    tx.update(MEMBERSHIPS, left.model_copy(update={"active": False}))
    tx.commit()
    again = person(callers.souk, LIAM, OPS, company_id=ACME)
    assert change(again, defaultOrganizationId=WEB).code == "UNPROCESSABLE_CONTENT", "a former member"


def test_operator_is_shown_in_every_context(callers: Callers) -> None:
    membership = callers.souk.table.get(MEMBERSHIPS, OLIVIA, ACME)
    assert membership
    tx = callers.souk.table.transaction()
    tx.update(MEMBERSHIPS, membership.model_copy(update={"operator": True}))
    tx.commit()
    elsewhere = person(callers.souk, OLIVIA, WEB, company_id=ACME)
    assert elsewhere.call("{ account { operator } }").data == {"account": {"operator": True}}


def test_change_that_changes_nothing_writes_nothing(callers: Callers) -> None:
    change(callers.olivia, phone="+4930123456")
    before = callers.user(OLIVIA)
    assert change(callers.olivia, phone="+49 30 123456").data
    assert callers.user(OLIVIA).version == before.version


def test_concurrent_changes_are_both_kept(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    other = meanwhile(monkeypatch, lambda: change(callers.olivia, phone="+4930123456"))
    assert change(callers.olivia, firstName="Olívia").data
    assert other[0].data
    stored = callers.user(OLIVIA)
    assert (stored.first_name, stored.phone) == ("Olívia", "+4930123456")


def test_country_without_a_time_zone_shows_a_location(callers: Callers) -> None:
    """People who signed up before the time zone was asked for have only a country."""
    for country, zone in (("NO", "Europe/Oslo"), ("US", "UTC")):
        tx = callers.souk.table.transaction()
        tx.update(USERS, callers.user(OLIVIA).model_copy(update={"location": Location(country=country)}))
        tx.commit()
        shown = callers.liam.call(DETAILS, {"id": OLIVIA}).data["userDetails"]["location"]
        assert shown == {"cityName": None, "timezone": zone, "street": None}


def test_account_needs_its_scope(souk: Souk) -> None:
    settle(souk.table)
    limited = person(souk, OLIVIA, ACME, scopes=("Common Entities - Read-Only Access", "View UserDetails"))
    for document, variables in ((ACCOUNT, {}), (UPDATE, {"input": {"phone": "+4930123456"}})):
        refused = limited.call(document, variables)
        assert "Account - Read And Write Access" in str(refused.json)
