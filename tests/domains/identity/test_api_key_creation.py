"""Creating API keys: validation, permissions, and service accounts."""

from typing import Any

import pytest

from souk.authentication.issuance import issue_token
from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.store import USERS, all_memberships_of
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.store import MAILS
from souk.graph import Scope
from souk.storage import Transaction
from tests.domains.identity.api_keys import CREATE, ApiKeyHarness, wanted
from tests.domains.identity.people import ACME, BERLIN, OLIVIA, OMAR, SOFIA, WEB
from tests.support.api import Person, Souk
from tests.support.clock import CLOCK, new_id

CLIENT_CREDENTIALS: dict[str, Any] = {
    "grants": ["CLIENT_CREDENTIALS"],
    "redirectUris": ...,
    "serviceAccount": True,
}


@pytest.fixture
def harness(souk: Souk) -> ApiKeyHarness:
    return ApiKeyHarness(souk)


# Creating keys


def test_create_key_reports_all_errors(harness: ApiKeyHarness) -> None:
    refused = harness.create(name="", description="", grants=["CLIENT_CREDENTIALS"], rotationMonths=99)
    paths = [one["path"] for one in refused.error["extensions"]["fields"]]
    assert paths == ["input.name", "input.description", "input.grants", "input.redirectUris", "input.rotationMonths"]


def test_valid_input_is_stored_unchanged(harness: ApiKeyHarness) -> None:
    asked = wanted(
        description="Lines\n\tand <b>marks</b> & 'quotes'",
        scopeIds=[scope.id for scope in Scope if scope is not Scope.OPERATOR],
        grants=["AUTHORIZATION_CODE", "IMPLICIT", "REFRESH_TOKEN"],
        redirectUris=["https://a.test/cb?x=1", "http://[::1]:8080", "test.a.app:/cb"],
        rotationMonths=24,
    )
    made = harness.create(**asked).data["createApiKey"]["apiKey"]
    assert [one["id"] for one in made["scopes"]] == asked.pop("scopeIds")
    assert {name: made[name] for name in asked} == asked
    made = harness.create(rotationMonths=None, serviceAccount=None).data["createApiKey"]["apiKey"]
    assert made["rotationMonths"] == 12


def test_redirect_uris_are_stored_in_normal_form(harness: ApiKeyHarness) -> None:
    given = ["HTTPS://Bücher.Test:443/Cb?X=%7e", "http://LOCALHOST:80/cb", "Test.A.App:/Cb"]
    normal = ["https://xn--bcher-kva.test/Cb?X=%7e", "http://localhost/cb", "test.a.app:/Cb"]
    made = harness.create(redirectUris=given).data["createApiKey"]["apiKey"]
    assert made["redirectUris"] == normal


def test_same_redirect_uri_in_other_case_is_a_duplicate(harness: ApiKeyHarness) -> None:
    refused = harness.create(redirectUris=["https://a.test/cb", "https://A.test:443/cb"])
    assert refused.error["extensions"]["fields"] == [
        {"path": "input.redirectUris.0", "message": "Name each redirect URI only once."}
    ]
    assert harness.create(redirectUris=["https://a.test/cb", "https://a.test/Cb"]).data


def test_scopes_must_exist_and_include_common(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    required = '"Common Entities - Read-Only Access" (common-entities-read) is required'
    cases = [
        ([], required),
        (["offers-read"], required),
        (["common-entities-read", "everything"], "'everything' is not a scope id"),
        (["common-entities-read", "OFFERS_READ"], "'OFFERS_READ' is not a scope id"),
        (["Common Entities - Read-Only Access"], "is not a scope id"),
        (["common-entities-read", "offers-read", "offers-read"], "each scope only once"),
        (["common-entities-read", ""], "'' is not a scope id"),
    ]
    for scope_ids, told in cases:
        for refused in (harness.create(scopeIds=scope_ids), harness.update(key_id, scopeIds=scope_ids)):
            assert refused.code == "UNPROCESSABLE_CONTENT"
            assert told in refused.error["message"]
            assert [one["path"] for one in refused.error["extensions"]["fields"]] == ["input.scopeIds"]
    assert harness.keys() == {key_id}
    assert harness.key(key_id).generation == 1


def test_update_key_is_validated(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    before = harness.key(key_id)
    for refused in (
        harness.update(key_id, name=""),
        harness.update(key_id, description="\u202e"),
        harness.update(key_id, redirectUris=["http://a.test/cb"]),
        harness.update(key_id, redirectUris=[]),
        harness.update(key_id, rotationMonths=25),
    ):
        assert refused.code == "UNPROCESSABLE_CONTENT"
    assert harness.key(key_id) == before


def test_incomplete_creator_profile_is_rejected(harness: ApiKeyHarness) -> None:
    refused = harness.create(harness.omar)
    missing = ["location.address", "location.city", "location.zip", "location.country"]
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert refused.error["extensions"]["missing"] == missing
    assert "(missing: street, city, postal code, country)" in refused.error["message"]
    assert harness.keys() == set()
    harness.profile(OMAR, location=BERLIN)  # no portrait is needed
    assert harness.create(harness.omar).data["createApiKey"]["apiKey"]["createdBy"] == {"id": OMAR}


# Service accounts


def test_service_account_is_user_without_role(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(**CLIENT_CREDENTIALS)
    key = harness.key(key_id)
    assert key.service_account_id
    assert (key.redirect_uris, key.native) == ((), False)
    account = harness.stored(key.service_account_id)
    assert (account.service, account.first_name, account.subject) == (True, "Anvil importer", None)
    assert (account.organization_id, account.company_ids) == (ACME, (ACME,))
    assert account.email.endswith(".invalid")
    member = harness.table.get(MEMBERSHIPS, account.id, ACME)
    assert member
    assert (member.role, member.permissions, member.active) == (Role.NONE, (), True)
    others = harness.made(**CLIENT_CREDENTIALS)[0]
    assert harness.key(others).service_account_id != account.id


def test_service_account_requires_enterprise(harness: ApiKeyHarness) -> None:
    harness.profile(OMAR, location=BERLIN)
    before = len(harness.table.client.scan(TableName=harness.table.name)["Items"])
    refused = harness.create(harness.omar, **CLIENT_CREDENTIALS)
    assert (refused.code, "enterprise" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert len(harness.table.client.scan(TableName=harness.table.name)["Items"]) == before


def test_enterprise_team_may_have_service_account(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(harness.liam, **CLIENT_CREDENTIALS)
    key = harness.key(key_id)
    assert key.service_account_id
    member = harness.table.get(MEMBERSHIPS, key.service_account_id, key.organization_id)
    assert member
    assert (member.organization_id, member.company_id) == (key.organization_id, ACME)


def test_service_account_is_read_only(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(**CLIENT_CREDENTIALS, scopeIds=["common-entities-read", "api-keys"])
    key = harness.key(key_id)
    assert key.service_account_id
    member = harness.table.get(MEMBERSHIPS, key.service_account_id, ACME)
    assert member
    tx = harness.table.transaction()
    tx.update(MEMBERSHIPS, member.model_copy(update={"role": Role.OWNER}))
    token = issue_token(tx, key, key.service_account_id, ACME, CLOCK.real())
    tx.commit()
    account = Person(harness.souk, key.service_account_id, ACME, token)
    assert [one["id"] for one in account.call("{ apiKeys { id } }").data["apiKeys"]] == [key_id]
    for refused in (
        account.call(CREATE, {"input": wanted()}),
        harness.update(key_id, account, name="Mine"),
        harness.rotate(key_id, account),
        harness.revoke(key_id, account),
    ):
        assert refused.code == "FORBIDDEN"
    assert harness.key(key_id) == key


def test_revoke_key_ends_service_account(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(**CLIENT_CREDENTIALS)
    account = harness.key(key_id).service_account_id
    assert account
    harness.revoke(key_id)
    member = harness.table.get(MEMBERSHIPS, account, ACME)
    assert member
    assert not member.active


def test_deleted_key_is_told_to_the_other_administrators(harness: ApiKeyHarness) -> None:
    for user, role in ((OMAR, Role.ADMIN), (SOFIA, Role.HIRING_MANAGER)):
        _given(harness, user, ACME, role)
    key_id, _ = harness.made()
    harness.revoke(key_id)
    harness.revoke(key_id)
    items = harness.table.client.scan(TableName=harness.table.name)["Items"]
    (mail,) = [MAILS.decode(item) for item in items if item["PK"]["S"].startswith("MAIL#")]
    assert (mail.template, mail.user_id) == (MailTemplate.KEY_DELETED, OMAR)
    assert mail.values == {"name": harness.key(key_id).name, "organization": "Acme", "by": "Olivia O."}


def _given(harness: ApiKeyHarness, account: str | None, organization_id: str, role: Role) -> None:
    """Give a service account a role, as an administrator does."""
    assert account
    tx = harness.table.transaction()
    before = harness.table.get(MEMBERSHIPS, account, organization_id)
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
def test_key_manager_cannot_take_over_higher_service_account(
    harness: ApiKeyHarness, place: str, role: Role, allowed: bool
) -> None:
    key_id, _ = harness.made(harness.liam, **CLIENT_CREDENTIALS)
    _given(harness, harness.key(key_id).service_account_id, place, role)
    before = harness.key(key_id)
    answers = (
        harness.update(key_id, harness.liam, scopeIds=["common-entities-read", "organizations"]),
        harness.rotate(key_id, harness.liam),
    )
    assert all(bool(answer.data) if allowed else answer.code == "FORBIDDEN" for answer in answers)
    assert (harness.key(key_id) != before) == allowed
    assert harness.rotate(key_id).data, "the owner of the company may"
    assert harness.revoke(key_id, harness.liam).data == {"revokeApiKey": True}


def test_revoke_key_ends_all_memberships(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(harness.liam, **CLIENT_CREDENTIALS)
    account = harness.key(key_id).service_account_id
    _given(harness, account, ACME, Role.MEMBER)
    harness.revoke(key_id)
    assert account
    assert [one.active for one in all_memberships_of(harness.table, account)] == [False, False]


def test_key_of_inactive_service_account_can_be_revoked(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(**CLIENT_CREDENTIALS)
    account = harness.key(key_id).service_account_id
    assert account
    member = harness.table.get(MEMBERSHIPS, account, ACME)
    assert member
    tx = harness.table.transaction()
    tx.delete(MEMBERSHIPS, member)
    tx.commit()
    assert harness.revoke(key_id).data == {"revokeApiKey": True}
    assert not harness.key(key_id).active


def test_key_and_service_account_are_created_atomically(
    harness: ApiKeyHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness.souk.tables["auth"], "new_id", lambda: OLIVIA)
    assert harness.create(**CLIENT_CREDENTIALS).code == "CONFLICT"
    assert harness.keys() == set()
    monkeypatch.undo()

    def commit(_transaction: Transaction) -> None:
        raise TimeoutError

    monkeypatch.setattr(Transaction, "commit", commit)
    assert harness.create(**CLIENT_CREDENTIALS).code == "INTERNAL_SERVER_ERROR"
    assert harness.keys() == set()
    assert harness.table.get(USERS, OLIVIA) == harness.stored(OLIVIA)
