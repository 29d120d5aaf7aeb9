"""The profile of an organization: who may change it, and where it is shown."""

from typing import Any

import pytest

from souk.authentication.principal import Role
from tests.domains.identity.callers import Callers
from tests.domains.identity.people import ACME, LIAM, OMAR, RIVAL, SOFIA, WEB
from tests.support.api import Answer, Person, person

UPDATE = """mutation ($input: UpdateOrganizationProfileInput!) {
  updateOrganizationProfile(input: $input) { id name photoUrl }
}"""
COMPANY = """query ($id: ID!) { company(id: $id) {
  public { description website }
  private { description summary phone website contactUser { id } }
} }"""


def change(who: Person, **changes: Any) -> Answer:
    return who.call(UPDATE, {"input": changes})


def test_every_field_comes_back(callers: Callers) -> None:
    given = {
        "description": "Anvils.\nAnd more.",
        "summary": "Anvils since 1949",
        "phone": "+1 415 555 0100",
        "website": " HTTPS://Acme.example.com:443/ ",
        "contactUserId": LIAM,
        "financialPrivacy": True,
    }
    assert change(callers.olivia, **given).data["updateOrganizationProfile"]["id"] == ACME
    public = {"description": "Anvils.\nAnd more.", "website": "https://acme.example.com/"}
    private = public | {"summary": "Anvils since 1949", "phone": "+14155550100", "contactUser": {"id": LIAM}}
    assert callers.olivia.call(COMPANY, {"id": ACME}).data["company"] == {"public": public, "private": private}
    assert callers.omar.call(COMPANY, {"id": ACME}).data["company"] == {"public": public, "private": None}
    assert callers.organization(ACME).financial_privacy is True


def test_left_out_fields_stay_and_null_clears(callers: Callers) -> None:
    before = callers.organization(ACME)
    change(callers.olivia, summary="New")
    assert callers.organization(ACME).description == before.description
    cleared = dict.fromkeys(("description", "summary", "phone", "website", "contactUserId", "financialPrivacy"))
    assert change(callers.olivia, **cleared).data
    after = callers.organization(ACME)
    assert (after.description, after.summary, after.phone, after.website) == (None, None, None, None)
    assert (after.contact_user_id, after.financial_privacy, after.name) == (None, False, "Acme")


def test_change_is_audited_with_field_names_and_without_values(callers: Callers) -> None:
    change(callers.olivia, summary="A secret plan", website="https://acme.example.com")
    items = callers.souk.table.client.scan(TableName=callers.souk.table.name)["Items"]
    (record,) = (item["doc"]["S"] for item in items if item.get("type", {}).get("S") == "Change")
    assert "updateOrganizationProfile" in record
    assert "summary, website" in record
    assert "secret plan" not in record
    change(callers.olivia, summary="A secret plan")
    assert len(callers.souk.table.client.scan(TableName=callers.souk.table.name)["Items"]) == len(items)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"description": "x" * 5_001}, "description"),
        ({"description": "a\u202eb"}, "description"),
        ({"summary": "x" * 201}, "summary"),
        ({"summary": "a\u0000b"}, "summary"),
        ({"phone": "0800 ANVIL"}, "phone"),
        ({"website": "http://acme.example.com"}, "website"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "https://user:password@acme.example.com"}, "website"),
        ({"website": "https://127.0.0.1/"}, "website"),
        ({"contactUserId": OMAR}, "contactUserId"),
        ({"contactUserId": "999"}, "contactUserId"),
        ({"id": WEB, "financialPrivacy": True}, "financialPrivacy"),
    ],
)
def test_invalid_change_is_refused(callers: Callers, changes: dict[str, Any], path: str) -> None:
    before = callers.organization(ACME), callers.organization(WEB)
    refused = change(callers.olivia, **changes)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert f"input.{path}:" in refused.error["message"]
    assert (callers.organization(ACME), callers.organization(WEB)) == before


def test_only_owners_and_admins_change_their_organization(callers: Callers) -> None:
    assert change(callers.olivia, id=WEB, summary="Ours").data
    assert change(callers.omar, id=ACME, summary="Theirs").code == "NOT_FOUND"
    assert change(callers.liam, id=ACME, summary="Mine").code == "NOT_FOUND"
    assert change(callers.liam, summary="Mine").code == "FORBIDDEN", "a hiring manager"
    member = person(callers.souk, SOFIA, RIVAL, role=Role.MEMBER)
    assert change(member, summary="Mine").code == "FORBIDDEN"
    admin = person(callers.souk, LIAM, RIVAL, role=Role.ADMIN)
    assert change(admin, summary="Admins may").data
