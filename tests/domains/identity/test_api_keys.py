"""Managing API keys: permissions, effects, and secrecy."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from souk.authentication.issuance import issue_token
from souk.authentication.principal import Permission, Role
from souk.authentication.rate_limits import Meter
from souk.authentication.records import API_KEYS, MEMBERSHIPS, held_keys_key
from souk.authentication.tokens import digest
from souk.domains.identity.rules.api_keys import MAX_KEYS
from souk.graph import Scope
from souk.storage import Transaction
from tests.domains.identity.api_keys import CREATE, LIST, ONE, REVOKE, ROTATE, UPDATE, ApiKeyHarness, wanted
from tests.domains.identity.people import ACME, LIAM, OLIVIA, SOLO, WEB
from tests.support.api import Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.table import COUNTERS


@pytest.fixture
def harness(souk: Souk) -> ApiKeyHarness:
    return ApiKeyHarness(souk)


# Queries


def test_scopes_have_descriptions(harness: ApiKeyHarness) -> None:
    found = harness.omar.call("{ apiScopes { id name description } }").data["apiScopes"]
    assert len(found) == len(Scope)
    assert {
        "id": "job-postings-read",
        "name": "Job Postings - Read-Only Access",
        "description": "See the job postings of your organizations, including drafts.",
    } in found
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", one["id"]) for one in found)
    assert all(re.fullmatch(r"[A-Z].{10,110}\.", one["description"]) for one in found)
    assert len({one["description"] for one in found}) == len(found)


def test_create_key(harness: ApiKeyHarness) -> None:
    before = CLOCK.real()
    made = harness.create().data["createApiKey"]
    key = made["apiKey"]
    assert re.fullmatch(r"[0-9a-f]{32}", key["id"])
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made["clientSecret"])
    scopes = [(one["id"], one["name"]) for one in key.pop("scopes")]
    assert scopes == [
        ("common-entities-read", "Common Entities - Read-Only Access"),
        ("job-postings-write", "Job Postings - Read and Write Access"),
    ]
    until = datetime.fromisoformat(key.pop("secretExpiresDateTime"))
    assert timedelta(days=364) < until - before < timedelta(days=367)
    assert abs(datetime.fromisoformat(key.pop("createdDateTime")) - before) < timedelta(minutes=5)
    assert key == {
        "id": key["id"],
        "name": "Anvil importer",
        "description": "Posts our openings, for ourselves only.",
        "organization": {"id": ACME, "name": "Acme"},
        "createdBy": {"id": OLIVIA},
        "grants": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
        "redirectUris": ["https://importer.acme.test/callback"],
        "state": "ACTIVE",
        "rotationMonths": 12,
        "lastUsedDateTime": None,
        "requestsToday": 0,
    }


def test_created_keys_are_listed(harness: ApiKeyHarness) -> None:
    made = [harness.create(name=name).data["createApiKey"]["apiKey"] for name in ("First", "Second")]
    assert harness.olivia.call(LIST).data["apiKeys"] == made
    assert harness.olivia.call(ONE, {"id": made[1]["id"]}).data["apiKey"] == made[1]


def test_list_reads_usage_once(harness: ApiKeyHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [harness.made(name=f"Key {number}")[0] for number in range(3)]
    meter = Meter(harness.table.client, COUNTERS)
    now = CLOCK.real()
    for times, key_id in enumerate(ids):
        for _ in range(times):
            meter.admit_key(key_id, now)
    asked: list[list[str]] = []
    usage = type(meter).usage

    def noted(self: Any, key_ids: Any, at: datetime) -> Any:
        asked.append(list(key_ids))
        return usage(self, asked[-1], at)

    monkeypatch.setattr(type(meter), "usage", noted)
    query = "{ apiKeys { id requestsToday lastUsedDateTime } }"
    found = {one["id"]: one for one in harness.olivia.call(query).data["apiKeys"]}
    assert [found[key_id]["requestsToday"] for key_id in ids] == [0, 1, 2]
    assert [found[key_id]["lastUsedDateTime"] is None for key_id in ids] == [True, False, False]
    assert [set(one) for one in asked] == [set(ids)]
    asked.clear()
    assert len(harness.olivia.call("{ apiKeys { id } }").data["apiKeys"]) == 3
    assert asked == []


def test_many_keys_need_no_more_reads(harness: ApiKeyHarness) -> None:
    harness.made()
    few = harness.olivia.call(LIST)
    for number in range(5):
        harness.made(name=f"Key {number}")
    many = harness.olivia.call(LIST)
    assert len(many.data["apiKeys"]) == 6
    assert many.trips == few.trips


# Permissions


@pytest.mark.parametrize(
    ("role", "permissions", "may"),
    [
        (Role.OWNER, (), True),
        (Role.ADMIN, (), True),
        (Role.HIRING_MANAGER, (), False),
        (Role.MEMBER, (), False),
        (Role.NONE, (), False),
        (Role.NONE, (Permission.API_KEY_MANAGER,), False),
        (Role.MEMBER, (Permission.API_KEY_MANAGER,), True),
        (Role.HIRING_MANAGER, (Permission.API_KEY_MANAGER,), True),
    ],
)
def test_managing_keys_requires_permission(
    harness: ApiKeyHarness, role: Role, permissions: tuple[Permission, ...], may: bool
) -> None:
    key_id, _ = harness.made()
    before = harness.key(key_id)
    caller = harness.member(LIAM, ACME, ACME, role=role, permissions=permissions)
    answers = [
        caller.call(LIST),
        caller.call(ONE, {"id": key_id}),
        caller.call(ONE, {"id": "0" * 32}),
        harness.create(caller),
        harness.update(key_id, caller, name="Other"),
        harness.rotate(key_id, caller),
        harness.revoke(key_id, caller),
    ]
    if may:
        assert all("errors" not in one.json for one in answers)
    else:
        assert {one.code for one in answers} == {"FORBIDDEN"}
        assert harness.key(key_id) == before
        assert harness.keys() == {key_id}


def test_foreign_key_is_not_found(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    before = harness.key(key_id)
    for stranger in (harness.omar, harness.sofia):
        assert stranger.call(LIST).data["apiKeys"] == []
        assert stranger.call(ONE, {"id": key_id}).data["apiKey"] is None
        refused = [harness.update(key_id, stranger, name="Mine"), harness.rotate(key_id, stranger)]
        refused.append(harness.revoke(key_id, stranger))
        missing = harness.revoke("0" * 32, stranger)
        assert {(one.code, one.error["message"]) for one in refused} == {(missing.code, missing.error["message"])}
        assert missing.code == "NOT_FOUND"
    assert harness.key(key_id) == before


def test_company_manages_keys_of_teams(harness: ApiKeyHarness) -> None:
    of_company, _ = harness.made()
    of_team, _ = harness.made(harness.liam)
    in_team = harness.liam.call(LIST).data["apiKeys"]
    assert [(one["id"], one["organization"]["id"]) for one in in_team] == [(of_team, WEB)]
    assert harness.liam.call(ONE, {"id": of_company}).data["apiKey"] is None
    assert harness.revoke(of_company, harness.liam).code == "NOT_FOUND"
    assert [one["id"] for one in harness.olivia.call(LIST).data["apiKeys"]] == [of_company, of_team]
    assert harness.olivia.call(ONE, {"id": of_team}).data["apiKey"]["organization"] == {"id": WEB, "name": "Web"}
    assert harness.revoke(of_team).data == {"revokeApiKey": True}


def test_key_survives_its_creator(harness: ApiKeyHarness) -> None:
    manager = harness.manager(LIAM)
    key_id, secret = harness.made(manager)
    tx = harness.table.transaction()
    member = harness.table.get(MEMBERSHIPS, LIAM, ACME)
    assert member
    tx.delete(MEMBERSHIPS, member)
    tx.commit()
    assert manager.call(LIST).status == 403
    assert harness.olivia.call(ONE, {"id": key_id}).data["apiKey"]["createdBy"] == {"id": LIAM}
    assert harness.key(key_id).accepts_secret(digest(secret), CLOCK.real())


def test_api_keys_scope_is_required(harness: ApiKeyHarness) -> None:
    others = tuple(scope.value for scope in Scope if scope is not Scope.API_KEYS)
    caller = person(harness.souk, OLIVIA, ACME, scopes=others)
    for document, variables in (
        (LIST, {}),
        (ONE, {"id": "1"}),
        (CREATE, {"input": wanted()}),
        (UPDATE, {"input": {"id": "1"}}),
        (ROTATE, {"id": "1"}),
        (REVOKE, {"id": "1"}),
    ):
        refused = caller.call(document, variables)
        assert refused.code == "FORBIDDEN"
        assert refused.error["extensions"]["requiredScopes"] == [Scope.API_KEYS.value]
    assert harness.keys() == set()


def test_unknown_key_is_not_found(harness: ApiKeyHarness) -> None:
    for key_id in ("", " ", "KEY#", "../..", "😀", "x" * 3_000, "' OR 1=1", "%00", "test-key"):
        assert harness.olivia.call(ONE, {"id": key_id}).data == {"apiKey": None}
        for refused in (harness.update(key_id, name="x"), harness.rotate(key_id), harness.revoke(key_id)):
            assert refused.code == "NOT_FOUND"


# Creating keys


def test_key_limit_is_enforced(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    model = harness.key(key_id)
    for batch in range(2):
        tx = harness.table.transaction()
        for number in range(49):
            tx.create(API_KEYS, model.model_copy(update={"id": f"copy-{batch}-{number}"}))
        tx.count(held_keys_key(ACME), 49)
        tx.commit()
    last, _ = harness.made()
    assert len(harness.keys()) == MAX_KEYS
    refused = harness.create()
    assert (refused.code, str(MAX_KEYS) in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert harness.create(harness.liam).code == "UNPROCESSABLE_CONTENT"
    assert "errors" not in harness.create(harness.sofia).json
    harness.revoke(last)
    assert "errors" not in harness.create().json


def test_concurrent_key_creation_respects_limit(harness: ApiKeyHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    tx = harness.table.transaction()
    tx.count(held_keys_key(ACME), MAX_KEYS - 1)
    tx.commit()
    tries = []

    def another_first(name: str) -> str:
        """Create a key between another request's reads and its commit."""
        monkeypatch.setattr(used, digest)
        tries.append(harness.create())
        return digest(name)

    used = "souk.domains.identity.commands.api_keys.digest"
    monkeypatch.setattr(used, another_first)
    tries.append(harness.create())
    assert [("errors" in one.json) for one in tries] == [False, True]
    assert (tries[1].code, len(harness.keys())) == ("UNPROCESSABLE_CONTENT", 1)


def test_duplicate_key_id_conflicts(harness: ApiKeyHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _length: "0" * 32)
    harness.made()
    before = harness.key("0" * 32)
    assert harness.create(name="Second").code == "CONFLICT"
    assert harness.key("0" * 32) == before


def test_create_key_for_freelancer(harness: ApiKeyHarness) -> None:
    made = harness.create(harness.sofia).data["createApiKey"]["apiKey"]
    assert made["organization"] == {"id": SOLO, "name": "Sofia"}


# Changing keys


def test_update_key_keeps_other_fields(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    before = harness.key(key_id)
    assert harness.update(key_id).data["updateApiKey"]["id"] == key_id
    nothing = dict.fromkeys(("name", "description", "scopeIds", "redirectUris", "rotationMonths"))
    assert harness.update(key_id, **nothing).data["updateApiKey"]["id"] == key_id
    assert harness.key(key_id) == before
    changed = harness.update(key_id, name=" Importer ", description="For friends, too.").data["updateApiKey"]
    assert (changed["name"], changed["description"]) == ("Importer", "For friends, too.")
    after = harness.key(key_id)
    assert after == before.model_copy(
        update={"name": "Importer", "description": "For friends, too.", "version": before.version + 1}
    )


def test_new_scopes_invalidate_tokens_at_once(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(scopeIds=["common-entities-read", "api-keys"])
    caller = _through(harness, key_id)
    query = "{ apiKeys { id } }"
    assert "errors" not in caller.call(query).json
    assert harness.update(key_id, scopeIds=["api-keys", "common-entities-read"]).data
    assert harness.key(key_id).scopes == (Scope.COMMON_ENTITIES_READ.value, Scope.API_KEYS.value)
    assert "errors" not in caller.call(query).json
    scopes = harness.update(key_id, scopeIds=["common-entities-read", "api-keys", "offers-read"]).data["updateApiKey"]
    assert [one["id"] for one in scopes["scopes"]] == ["common-entities-read", "api-keys", "offers-read"]
    assert caller.call(query).status == 401
    assert harness.key(key_id).generation == 2
    again = _through(harness, key_id)
    assert "errors" not in again.call(query).json
    harness.update(key_id, scopeIds=["common-entities-read", "api-keys"])
    assert again.call(query).status == 401


def test_update_key_keeps_grants_and_owner(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    for refused in (
        harness.update(key_id, grants=["IMPLICIT"]),
        harness.update(key_id, serviceAccount=True),
        harness.update(key_id, organizationId="301"),
    ):
        assert refused.code == "GRAPHQL_VALIDATION_FAILED"


def test_redirect_uris_are_replaced(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    uris = ["https://a.test/cb", "http://127.0.0.1/cb"]
    assert harness.update(key_id, redirectUris=uris).data["updateApiKey"]["redirectUris"] == uris
    assert harness.update(key_id, redirectUris=[]).code == "UNPROCESSABLE_CONTENT"
    assert list(harness.key(key_id).redirect_uris) == uris


def test_native_flag_follows_redirect_uris(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(redirectUris=["http://127.0.0.1/cb", "com.example.app:/cb"])
    assert harness.key(key_id).native
    harness.update(key_id, redirectUris=["http://127.0.0.1/cb", "https://a.test/cb"])
    assert not harness.key(key_id).native
    harness.update(key_id, redirectUris=["http://localhost:8080/cb"])
    assert harness.key(key_id).native


def test_shorter_period_shortens_current_secret(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    now = CLOCK.real().timestamp()
    day = 86_400
    harness.update(key_id, rotationMonths=1)
    (secret,) = harness.key(key_id).secrets
    assert 27 * day < secret.expires - now < 32 * day
    harness.update(key_id, rotationMonths=24)
    assert harness.key(key_id).secrets == (secret,)
    harness.rotate(key_id)
    assert 729 * day < harness.key(key_id).secrets[0].expires - now < 733 * day


# Secrets


def test_old_secret_works_for_a_day(harness: ApiKeyHarness) -> None:
    key_id, first = harness.made()
    now = CLOCK.real()
    second = harness.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"]
    assert first != second
    key = harness.key(key_id)
    for secret in (first, second):
        assert key.accepts_secret(digest(secret), now + timedelta(hours=23, minutes=59))
    assert not key.accepts_secret(digest(first), now + timedelta(hours=24, minutes=1))
    assert key.accepts_secret(digest(second), now + timedelta(days=300))
    assert not key.accepts_secret(digest(second), now + timedelta(days=367))


def test_two_rotations_leave_two_secrets(harness: ApiKeyHarness) -> None:
    key_id, first = harness.made()
    second, third = (harness.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"] for _ in range(2))
    now = CLOCK.real()
    takes = [harness.key(key_id).accepts_secret(digest(secret), now) for secret in (first, second, third)]
    assert takes == [False, True, True]


def test_secret_is_not_stored_or_logged(harness: ApiKeyHarness, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        key_id, first = harness.made()
        second = harness.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"]
        harness.update(key_id, name="Other")
        harness.olivia.call(LIST)
        harness.revoke(key_id)
    stored = repr(harness.table.client.scan(TableName=harness.table.name)["Items"])
    logged = "\n".join(record.getMessage() + repr(record.__dict__) for record in caplog.records)
    assert digest(second) in stored
    assert key_id in stored
    for secret in (first, second):
        assert secret not in stored
        assert secret not in logged


def test_secret_is_shown_once(harness: ApiKeyHarness) -> None:
    key_id, secret = harness.made()
    for answer in (
        harness.olivia.call(LIST),
        harness.olivia.call(ONE, {"id": key_id}),
        harness.update(key_id, name="x"),
    ):
        assert secret not in repr(answer.json)
        assert digest(secret) not in repr(answer.json)


# Revoking keys


def test_revoked_key_cannot_be_changed(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made(scopeIds=["common-entities-read", "api-keys"])
    caller = _through(harness, key_id)
    assert harness.revoke(key_id).data == {"revokeApiKey": True}
    assert caller.call("{ apiKeys { id } }").status == 401
    after = harness.key(key_id)
    assert harness.revoke(key_id).data == {"revokeApiKey": True}
    assert harness.key(key_id) == after
    assert harness.update(key_id, name="Alive").code == "CONFLICT"
    assert harness.rotate(key_id).code == "CONFLICT"
    assert harness.key(key_id) == after
    assert harness.olivia.call(ONE, {"id": key_id}).data["apiKey"]["state"] == "REVOKED"


@pytest.mark.parametrize(
    ("late", "variables"),
    [(UPDATE, {"input": {"name": "Late"}}), (ROTATE, {}), (REVOKE, {})],
)
def test_concurrent_changes_have_one_winner(
    harness: ApiKeyHarness, monkeypatch: pytest.MonkeyPatch, late: str, variables: dict[str, Any]
) -> None:
    key_id, _ = harness.made()
    committed = Transaction.commit
    quick = []

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        quick.append(harness.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"])
        committed(self)

    variables = {"input": {"id": key_id, **variables["input"]}} if "input" in variables else {"id": key_id}
    monkeypatch.setattr(Transaction, "commit", commit)
    assert harness.olivia.call(late, variables).code == "CONFLICT"
    key = harness.key(key_id)
    assert (key.name, key.state.value) == ("Anvil importer", "ACTIVE")
    assert key.secrets[0].hash == digest(quick[0])


def _through(harness: ApiKeyHarness, key_id: str) -> Person:
    """Return Olivia, calling with a key."""
    tx = harness.table.transaction()
    token = issue_token(tx, harness.key(key_id), OLIVIA, ACME, CLOCK.real())
    tx.commit()
    return Person(harness.souk, OLIVIA, ACME, token)
