"""What a new key must be, who may make one, and service accounts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from souk.domains.identity.model import Location, OrganizationType
from souk.domains.identity.rules.api_key_requirements import MAX_DESCRIPTION, MAX_NAME, MAX_REDIRECT_URIS
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.graph import Scope
from souk.identity.issuing import issue_token
from souk.identity.principal import Role
from souk.identity.records import MEMBERSHIPS
from souk.storage import Transaction
from tests.domains.identity.api_keys import CREATE, Desk, wanted
from tests.domains.identity.people import ACME, BERLIN, OLIVIA, OMAR, RIVAL, SOFIA, SOLO
from tests.support.api import Person, Souk

CLIENT_CREDENTIALS: dict[str, Any] = {
    "grants": ["CLIENT_CREDENTIALS"],
    "redirectUris": ...,
    "serviceAccount": True,
}


@pytest.fixture
def desk(souk: Souk) -> Desk:
    return Desk(souk)


# The input


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": " \n "}, "name"),
        ({"name": "x" * (MAX_NAME + 1)}, "name"),
        ({"name": "Bank\u202emoc.kcatta"}, "name"),
        ({"name": "Two\nlines"}, "name"),
        ({"name": "nul\0"}, "name"),
        ({"description": ""}, "description"),
        ({"description": "\t"}, "description"),
        ({"description": "x" * (MAX_DESCRIPTION + 1)}, "description"),
        ({"description": "bell\a"}, "description"),
        ({"grants": []}, "grants"),
        ({"grants": ["AUTHORIZATION_CODE", "AUTHORIZATION_CODE"]}, "grants"),
        ({"grants": ["REFRESH_TOKEN"], "redirectUris": ...}, "grants"),
        ({"grants": ["IMPLICIT", "REFRESH_TOKEN"]}, "grants"),
        ({"grants": ["CLIENT_CREDENTIALS"], "redirectUris": ...}, "grants"),
        ({"grants": ["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"]}, "grants"),
        ({"grants": ["AUTHORIZATION_CODE"], "serviceAccount": True}, "grants"),
        ({"grants": ["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"], "serviceAccount": True}, "grants"),
        ({**CLIENT_CREDENTIALS, "redirectUris": ["https://a.test/cb"]}, "redirectUris"),
        ({"redirectUris": ...}, "redirectUris"),
        ({"redirectUris": None}, "redirectUris"),
        ({"redirectUris": []}, "redirectUris"),
        ({"grants": ["IMPLICIT"], "redirectUris": []}, "redirectUris"),
        ({"redirectUris": ["https://a.test/cb", "javascript:alert(1)"]}, "redirectUris.1"),
        ({"redirectUris": ["https://a.test/cb", "https://b.test/cb", "https://b.test/cb"]}, "redirectUris.1"),
        ({"redirectUris": [f"https://a.test/{n}" for n in range(MAX_REDIRECT_URIS + 1)]}, "redirectUris"),
        ({"rotationMonths": 0}, "rotationMonths"),
        ({"rotationMonths": -1}, "rotationMonths"),
        ({"rotationMonths": 25}, "rotationMonths"),
        ({"rotationMonths": 2**31 - 1}, "rotationMonths"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(desk: Desk, changes: dict[str, Any], path: str) -> None:
    refused = desk.create(**changes)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert [one["path"] for one in refused.error["extensions"]["fields"]] == [f"input.{path}"]
    assert f"input.{path}: " in refused.error["message"]
    assert desk.keys() == set()


def test_all_that_is_wrong_is_named_at_once(desk: Desk) -> None:
    refused = desk.create(name="", description="", grants=["CLIENT_CREDENTIALS"], rotationMonths=99)
    paths = [one["path"] for one in refused.error["extensions"]["fields"]]
    assert paths == ["input.name", "input.description", "input.grants", "input.redirectUris", "input.rotationMonths"]


@pytest.mark.parametrize(
    "changes",
    [
        {"grants": ["AUTHORIZATION_CODE"]},
        {"grants": ["IMPLICIT"]},
        {"grants": ["AUTHORIZATION_CODE", "IMPLICIT", "REFRESH_TOKEN"]},
        {"rotationMonths": 1},
        {"rotationMonths": 24},
        {"rotationMonths": None, "serviceAccount": None},
        {"name": "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 👩\u200d💻"},
        {"description": "Lines\n\tand <b>marks</b> & 'quotes'"},
        {"redirectUris": [f"https://a.test/{n}" for n in range(MAX_REDIRECT_URIS)]},
        {"scopeIds": [scope.id for scope in Scope]},
    ],
)
def test_what_is_sound_is_taken(desk: Desk, changes: dict[str, Any]) -> None:
    made = desk.create(**changes).data["createApiKey"]["apiKey"]
    for name in ("grants", "name", "description", "redirectUris"):
        assert made[name] == wanted(**changes)[name]
    assert made["rotationMonths"] == (changes.get("rotationMonths") or 12)


@pytest.mark.parametrize(
    ("scope_ids", "told"),
    [
        ([], '"Common Entities - Read-Only Access" (common-entities-read) is required'),
        (["offers-read"], '"Common Entities - Read-Only Access" (common-entities-read) is required'),
        (["common-entities-read", "everything"], "'everything' is no id of a scope"),
        (["common-entities-read", "OFFERS_READ"], "'OFFERS_READ' is no id of a scope"),
        (["Common Entities - Read-Only Access"], "is no id of a scope"),
        (["common-entities-read", "offers-read", "offers-read"], "each scope is named once"),
        (["common-entities-read", ""], "'' is no id of a scope"),
    ],
)
def test_scopes_are_those_there_are_and_one_is_required(desk: Desk, scope_ids: list[str], told: str) -> None:
    key_id, _ = desk.made()
    for refused in (desk.create(scopeIds=scope_ids), desk.update(key_id, scopeIds=scope_ids)):
        assert refused.code == "UNPROCESSABLE_CONTENT"
        assert told in refused.error["message"]
        assert [one["path"] for one in refused.error["extensions"]["fields"]] == ["input.scopeIds"]
    assert desk.keys() == {key_id}
    assert desk.key(key_id).generation == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"description": "\u202e"},
        {"redirectUris": ["http://a.test/cb"]},
        {"redirectUris": []},
        {"rotationMonths": 25},
    ],
)
def test_a_change_is_held_to_the_same(desk: Desk, changes: dict[str, Any]) -> None:
    key_id, _ = desk.made()
    before = desk.key(key_id)
    assert desk.update(key_id, **changes).code == "UNPROCESSABLE_CONTENT"
    assert desk.key(key_id) == before


# The profile


WHOLE = Location(country="DE", city="Berlin", zip="10115", address="Torstr. 1")


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"photo_url": None}, ["photoUrl"]),
        ({"photo_url": " "}, ["photoUrl"]),
        ({"last_name": ""}, ["lastName"]),
        ({"first_name": "X Æ A-12"}, ["firstName"]),
        ({"first_name": "@olivia", "last_name": "..."}, ["firstName", "lastName"]),
        ({"first_name": "Rival"}, []),
        ({"first_name": "rival", "last_name": "GMBH"}, ["firstName", "lastName"]),
        ({"location": Location()}, [f"location.{part}" for part in ("address", "city", "zip", "country")]),
        ({"location": WHOLE.model_copy(update={"zip": None})}, ["location.zip"]),
        ({"location": WHOLE.model_copy(update={"address": " "})}, ["location.address"]),
        ({"location": WHOLE.model_copy(update={"city": None})}, ["location.city"]),
        ({"location": WHOLE.model_copy(update={"country": "Atlantis"})}, ["location.country"]),
        ({"photo_url": None, "last_name": "7", "location": Location()}, None),
        ({"first_name": "Mary-Jane", "last_name": "O\u2019Neill Jr."}, []),
        ({"first_name": "José", "last_name": "Ñandú"}, []),
        ({"first_name": "नरेन्द्र", "last_name": "李"}, []),
    ],
)
def test_what_a_profile_lacks_is_told(desk: Desk, changes: dict[str, Any], missing: list[str] | None) -> None:
    tx = desk.table.transaction()
    rival = desk.table.get(ORGANIZATIONS, RIVAL)
    assert rival
    tx.update(ORGANIZATIONS, rival.model_copy(update={"company_name": "Rival GmbH"}))
    tx.commit()
    desk.profile(OMAR, **({"location": WHOLE} | changes))
    answer = desk.create(desk.omar)
    if missing == []:
        assert answer.data["createApiKey"]["apiKey"]["createdBy"] == {"id": OMAR}
        return
    expected = missing or [
        "lastName",
        "location.address",
        "location.city",
        "location.zip",
        "location.country",
        "photoUrl",
    ]
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert answer.error["extensions"]["missing"] == expected
    assert all(field in answer.error["message"] for field in expected)
    assert desk.keys() == set()


def test_the_companys_address_will_do(desk: Desk) -> None:
    desk.profile(OMAR, location=Location())
    assert desk.create(desk.omar).code == "UNPROCESSABLE_CONTENT"
    tx = desk.table.transaction()
    rival = desk.table.get(ORGANIZATIONS, RIVAL)
    assert rival
    tx.update(ORGANIZATIONS, rival.model_copy(update={"location": BERLIN}))
    tx.commit()
    assert "errors" not in desk.create(desk.omar).json


def test_two_halves_are_no_address(desk: Desk) -> None:
    desk.profile(OMAR, location=Location(country="DE", city="Berlin"))
    tx = desk.table.transaction()
    rival = desk.table.get(ORGANIZATIONS, RIVAL)
    assert rival
    tx.update(ORGANIZATIONS, rival.model_copy(update={"location": Location(zip="10115", address="Torstr. 1")}))
    tx.commit()
    assert desk.create(desk.omar).error["extensions"]["missing"] == ["location.address", "location.zip"]


def test_who_works_alone_does_so_in_their_own_name(desk: Desk) -> None:
    solo = desk.table.get(ORGANIZATIONS, SOLO)
    assert solo
    tx = desk.table.transaction()
    tx.update(ORGANIZATIONS, solo.model_copy(update={"name": "Sofia Silva"}))
    tx.commit()
    assert "errors" not in desk.create(desk.sofia).json
    tx = desk.table.transaction()
    business = {"name": "Sofia Silva", "type": OrganizationType.BUSINESS, "version": solo.version + 1}
    tx.update(ORGANIZATIONS, solo.model_copy(update=business))
    tx.commit()
    assert desk.create(desk.sofia).error["extensions"]["missing"] == ["firstName", "lastName"]
    assert desk.stored(SOFIA).first_name == "Sofia"


# Service accounts


def test_a_service_account_is_a_user_without_permissions(desk: Desk) -> None:
    key_id, _ = desk.made(**CLIENT_CREDENTIALS)
    key = desk.key(key_id)
    assert key.service_account_id
    assert (key.redirect_uris, key.native) == ((), False)
    account = desk.stored(key.service_account_id)
    assert (account.service, account.first_name, account.subject) == (True, "Anvil importer", None)
    assert (account.organization_id, account.company_ids) == (ACME, (ACME,))
    assert account.email.endswith(".invalid")
    member = desk.table.get(MEMBERSHIPS, account.id, ACME)
    assert member
    assert (member.role, member.permissions, member.active) == (Role.NONE, (), True)
    others = desk.made(**CLIENT_CREDENTIALS)[0]
    assert desk.key(others).service_account_id != account.id


def test_service_accounts_are_for_enterprise_organizations(desk: Desk) -> None:
    desk.profile(OMAR, location=BERLIN)
    before = len(desk.table.client.scan(TableName=desk.table.name)["Items"])
    refused = desk.create(desk.omar, **CLIENT_CREDENTIALS)
    assert (refused.code, "enterprise" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert len(desk.table.client.scan(TableName=desk.table.name)["Items"]) == before


def test_a_team_of_an_enterprise_may_have_one(desk: Desk) -> None:
    key_id, _ = desk.made(desk.liam, **CLIENT_CREDENTIALS)
    key = desk.key(key_id)
    assert key.service_account_id
    member = desk.table.get(MEMBERSHIPS, key.service_account_id, key.organization_id)
    assert member
    assert (member.organization_id, member.company_id) == (key.organization_id, ACME)


def test_a_service_account_changes_nothing(desk: Desk) -> None:
    key_id, _ = desk.made(**CLIENT_CREDENTIALS, scopeIds=["common-entities-read", "api-keys"])
    key = desk.key(key_id)
    assert key.service_account_id
    member = desk.table.get(MEMBERSHIPS, key.service_account_id, ACME)
    assert member
    tx = desk.table.transaction()
    tx.update(MEMBERSHIPS, member.model_copy(update={"role": Role.OWNER}))
    token = issue_token(tx, key, key.service_account_id, ACME, datetime.now(UTC))
    tx.commit()
    account = Person(desk.souk, key.service_account_id, ACME, token)
    assert [one["id"] for one in account.call("{ apiKeys { id } }").data["apiKeys"]] == [key_id]
    for refused in (
        account.call(CREATE, {"input": wanted()}),
        desk.update(key_id, account, name="Mine"),
        desk.rotate(key_id, account),
        desk.revoke(key_id, account),
    ):
        assert refused.code == "FORBIDDEN"
    assert desk.key(key_id) == key


def test_a_service_account_ends_with_its_key(desk: Desk) -> None:
    key_id, _ = desk.made(**CLIENT_CREDENTIALS)
    account = desk.key(key_id).service_account_id
    assert account
    desk.revoke(key_id)
    member = desk.table.get(MEMBERSHIPS, account, ACME)
    assert member
    assert not member.active


def test_a_key_whose_service_account_was_dismissed_can_be_ended(desk: Desk) -> None:
    key_id, _ = desk.made(**CLIENT_CREDENTIALS)
    account = desk.key(key_id).service_account_id
    assert account
    member = desk.table.get(MEMBERSHIPS, account, ACME)
    assert member
    tx = desk.table.transaction()
    tx.delete(MEMBERSHIPS, member)
    tx.commit()
    assert desk.revoke(key_id).data == {"revokeApiKey": True}
    assert not desk.key(key_id).active


def test_key_and_service_account_are_made_together_or_not_at_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.domains.identity.commands.api_keys.new_id", lambda: OLIVIA)
    assert desk.create(**CLIENT_CREDENTIALS).code == "CONFLICT"
    assert desk.keys() == set()
    monkeypatch.undo()

    def commit(_transaction: Transaction) -> None:
        raise TimeoutError

    monkeypatch.setattr(Transaction, "commit", commit)
    assert desk.create(**CLIENT_CREDENTIALS).code == "INTERNAL_SERVER_ERROR"
    assert desk.keys() == set()
    assert desk.table.get(USERS, OLIVIA) == desk.stored(OLIVIA)
