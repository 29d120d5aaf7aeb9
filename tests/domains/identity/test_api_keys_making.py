"""What a new key must be, who may make one, and service accounts."""

from typing import Any

import pytest

from souk.authentication.issuing import issue_token
from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.store import USERS, memberships_of
from souk.graph import Scope
from souk.storage import Transaction
from tests.domains.identity.api_keys import CREATE, Desk, wanted
from tests.domains.identity.people import ACME, BERLIN, OLIVIA, OMAR, WEB
from tests.support.api import Person, Souk
from tests.support.clock import CLOCK, new_id

CLIENT_CREDENTIALS: dict[str, Any] = {
    "grants": ["CLIENT_CREDENTIALS"],
    "redirectUris": ...,
    "serviceAccount": True,
}


@pytest.fixture
def desk(souk: Souk) -> Desk:
    return Desk(souk)


# Making


def test_all_that_is_wrong_is_named_at_once(desk: Desk) -> None:
    refused = desk.create(name="", description="", grants=["CLIENT_CREDENTIALS"], rotationMonths=99)
    paths = [one["path"] for one in refused.error["extensions"]["fields"]]
    assert paths == ["input.name", "input.description", "input.grants", "input.redirectUris", "input.rotationMonths"]


def test_what_is_sound_is_taken_as_it_is(desk: Desk) -> None:
    asked = wanted(
        description="Lines\n\tand <b>marks</b> & 'quotes'",
        scopeIds=[scope.id for scope in Scope],
        grants=["AUTHORIZATION_CODE", "IMPLICIT", "REFRESH_TOKEN"],
        redirectUris=["https://a.test/cb?x=1", "http://[::1]:8080", "test.a.app:/cb"],
        rotationMonths=24,
    )
    made = desk.create(**asked).data["createApiKey"]["apiKey"]
    assert [one["id"] for one in made["scopes"]] == asked.pop("scopeIds")
    assert {name: made[name] for name in asked} == asked
    made = desk.create(rotationMonths=None, serviceAccount=None).data["createApiKey"]["apiKey"]
    assert made["rotationMonths"] == 12


def test_scopes_are_those_there_are_and_one_is_required(desk: Desk) -> None:
    key_id, _ = desk.made()
    required = '"Common Entities - Read-Only Access" (common-entities-read) is required'
    cases = [
        ([], required),
        (["offers-read"], required),
        (["common-entities-read", "everything"], "'everything' is no id of a scope"),
        (["common-entities-read", "OFFERS_READ"], "'OFFERS_READ' is no id of a scope"),
        (["Common Entities - Read-Only Access"], "is no id of a scope"),
        (["common-entities-read", "offers-read", "offers-read"], "each scope is named once"),
        (["common-entities-read", ""], "'' is no id of a scope"),
    ]
    for scope_ids, told in cases:
        for refused in (desk.create(scopeIds=scope_ids), desk.update(key_id, scopeIds=scope_ids)):
            assert refused.code == "UNPROCESSABLE_CONTENT"
            assert told in refused.error["message"]
            assert [one["path"] for one in refused.error["extensions"]["fields"]] == ["input.scopeIds"]
    assert desk.keys() == {key_id}
    assert desk.key(key_id).generation == 1


def test_a_change_is_held_to_the_same(desk: Desk) -> None:
    key_id, _ = desk.made()
    before = desk.key(key_id)
    for refused in (
        desk.update(key_id, name=""),
        desk.update(key_id, description="\u202e"),
        desk.update(key_id, redirectUris=["http://a.test/cb"]),
        desk.update(key_id, redirectUris=[]),
        desk.update(key_id, rotationMonths=25),
    ):
        assert refused.code == "UNPROCESSABLE_CONTENT"
    assert desk.key(key_id) == before


def test_what_the_makers_profile_lacks_is_told(desk: Desk) -> None:
    desk.profile(OMAR, photo_url=None)
    refused = desk.create(desk.omar)
    missing = ["location.address", "location.city", "location.zip", "location.country", "photoUrl"]
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert refused.error["extensions"]["missing"] == missing
    assert all(field in refused.error["message"] for field in missing)
    assert desk.keys() == set()
    desk.profile(OMAR, photo_url="https://faces.test/omar.jpg", location=BERLIN)
    assert desk.create(desk.omar).data["createApiKey"]["apiKey"]["createdBy"] == {"id": OMAR}


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
    token = issue_token(tx, key, key.service_account_id, ACME, CLOCK.real())
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


def _given(desk: Desk, account: str | None, organization_id: str, role: Role) -> None:
    """Give a service account a role, as an administrator can."""
    assert account
    tx = desk.table.transaction()
    before = desk.table.get(MEMBERSHIPS, account, organization_id)
    if before:
        tx.update(MEMBERSHIPS, before.model_copy(update={"role": role}))
    else:
        tx.create(
            MEMBERSHIPS,
            Membership(id=new_id(), user_id=account, organization_id=organization_id, company_id=ACME, role=role),
        )
    tx.commit()


@pytest.mark.parametrize(
    ("place", "role", "allowed"),
    [
        (WEB, Role.NONE, True),
        (WEB, Role.MEMBER, True),
        (WEB, Role.HIRING_MANAGER, True),
        (WEB, Role.ADMIN, False),
        (ACME, Role.MEMBER, False),
    ],
)
def test_who_manages_keys_takes_no_service_account_over_that_sees_more(
    desk: Desk, place: str, role: Role, allowed: bool
) -> None:
    key_id, _ = desk.made(desk.liam, **CLIENT_CREDENTIALS)
    _given(desk, desk.key(key_id).service_account_id, place, role)
    before = desk.key(key_id)
    answers = (
        desk.update(key_id, desk.liam, scopeIds=["common-entities-read", "organizations"]),
        desk.rotate(key_id, desk.liam),
    )
    assert all(bool(answer.data) if allowed else answer.code == "FORBIDDEN" for answer in answers)
    assert (desk.key(key_id) != before) == allowed
    assert desk.rotate(key_id).data, "the owner of the company may"
    assert desk.revoke(key_id, desk.liam).data == {"revokeApiKey": True}


def test_a_service_account_ends_wherever_it_was_given_a_place(desk: Desk) -> None:
    key_id, _ = desk.made(desk.liam, **CLIENT_CREDENTIALS)
    account = desk.key(key_id).service_account_id
    _given(desk, account, ACME, Role.MEMBER)
    desk.revoke(key_id)
    assert account
    assert [one.active for one in memberships_of(desk.table, account)] == [False, False]


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
