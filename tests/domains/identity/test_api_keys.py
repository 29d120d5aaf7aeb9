"""API keys: who makes and manages them, what comes of it, and that nothing secret is kept."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from souk.authentication.issuing import issue_token
from souk.authentication.principal import Permission, Role
from souk.authentication.records import API_KEYS, MEMBERSHIPS, held_keys_key
from souk.authentication.tokens import digest
from souk.domains.identity.rules.api_keys import MAX_KEYS
from souk.graph import Scope
from souk.storage import Transaction
from tests.domains.identity.api_keys import CREATE, LIST, ONE, REVOKE, ROTATE, UPDATE, Desk, wanted
from tests.domains.identity.people import ACME, LIAM, OLIVIA, SOLO, WEB
from tests.support.api import Person, Souk, person
from tests.support.clock import CLOCK


@pytest.fixture
def desk(souk: Souk) -> Desk:
    return Desk(souk)


# What there is


def test_scopes_say_what_they_are_for(desk: Desk) -> None:
    found = desk.omar.call("{ apiScopes { id name description } }").data["apiScopes"]
    assert len(found) == len(Scope)
    assert {
        "id": "job-postings-read",
        "name": "Job Postings - Read-Only Access",
        "description": "See the job postings of your organizations, drafts too.",
    } in found
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", one["id"]) for one in found)
    assert all(re.fullmatch(r"[A-Z].{10,110}\.", one["description"]) for one in found)
    assert len({one["description"] for one in found}) == len(found)


def test_a_new_key(desk: Desk) -> None:
    before = CLOCK.real()
    made = desk.create().data["createApiKey"]
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


def test_keys_are_read_back(desk: Desk) -> None:
    made = [desk.create(name=name).data["createApiKey"]["apiKey"] for name in ("First", "Second")]
    assert desk.olivia.call(LIST).data["apiKeys"] == made
    assert desk.olivia.call(ONE, {"id": made[1]["id"]}).data["apiKey"] == made[1]


def test_a_list_says_how_keys_are_used_in_one_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [desk.made(name=f"Key {number}")[0] for number in range(3)]
    meter = desk.souk.apis["graphql"]._meter  # noqa: SLF001 - the counters that the API has
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
    found = {one["id"]: one for one in desk.olivia.call(query).data["apiKeys"]}
    assert [found[key_id]["requestsToday"] for key_id in ids] == [0, 1, 2]
    assert [found[key_id]["lastUsedDateTime"] is None for key_id in ids] == [True, False, False]
    assert [set(one) for one in asked] == [set(ids)]
    asked.clear()
    assert len(desk.olivia.call("{ apiKeys { id } }").data["apiKeys"]) == 3
    assert asked == []


def test_a_list_takes_as_many_trips_for_many_keys_as_for_one(desk: Desk) -> None:
    desk.made()
    few = desk.olivia.call(LIST)
    for number in range(5):
        desk.made(name=f"Key {number}")
    many = desk.olivia.call(LIST)
    assert len(many.data["apiKeys"]) == 6
    assert many.trips == few.trips


# Whose they are


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
def test_who_manages_keys(desk: Desk, role: Role, permissions: tuple[Permission, ...], may: bool) -> None:
    key_id, _ = desk.made()
    before = desk.key(key_id)
    caller = desk.member(LIAM, ACME, ACME, role=role, permissions=permissions)
    answers = [
        caller.call(LIST),
        caller.call(ONE, {"id": key_id}),
        caller.call(ONE, {"id": "0" * 32}),
        desk.create(caller),
        desk.update(key_id, caller, name="Other"),
        desk.rotate(key_id, caller),
        desk.revoke(key_id, caller),
    ]
    if may:
        assert all("errors" not in one.json for one in answers)
    else:
        assert {one.code for one in answers} == {"FORBIDDEN"}
        assert desk.key(key_id) == before
        assert desk.keys() == {key_id}


def test_anothers_key_is_not_there(desk: Desk) -> None:
    key_id, _ = desk.made()
    before = desk.key(key_id)
    for stranger in (desk.omar, desk.sofia):
        assert stranger.call(LIST).data["apiKeys"] == []
        assert stranger.call(ONE, {"id": key_id}).data["apiKey"] is None
        refused = [desk.update(key_id, stranger, name="Mine"), desk.rotate(key_id, stranger)]
        refused.append(desk.revoke(key_id, stranger))
        missing = desk.revoke("0" * 32, stranger)
        assert {(one.code, one.error["message"]) for one in refused} == {(missing.code, missing.error["message"])}
        assert missing.code == "NOT_FOUND"
    assert desk.key(key_id) == before


def test_a_team_has_its_own_keys_which_its_company_manages(desk: Desk) -> None:
    of_company, _ = desk.made()
    of_team, _ = desk.made(desk.liam)
    in_team = desk.liam.call(LIST).data["apiKeys"]
    assert [(one["id"], one["organization"]["id"]) for one in in_team] == [(of_team, WEB)]
    assert desk.liam.call(ONE, {"id": of_company}).data["apiKey"] is None
    assert desk.revoke(of_company, desk.liam).code == "NOT_FOUND"
    assert [one["id"] for one in desk.olivia.call(LIST).data["apiKeys"]] == [of_company, of_team]
    assert desk.olivia.call(ONE, {"id": of_team}).data["apiKey"]["organization"] == {"id": WEB, "name": "Web"}
    assert desk.revoke(of_team).data == {"revokeApiKey": True}


def test_a_key_stays_when_its_maker_leaves(desk: Desk) -> None:
    manager = desk.manager(LIAM)
    key_id, secret = desk.made(manager)
    tx = desk.table.transaction()
    member = desk.table.get(MEMBERSHIPS, LIAM, ACME)
    assert member
    tx.delete(MEMBERSHIPS, member)
    tx.commit()
    assert manager.call(LIST).status == 403
    assert desk.olivia.call(ONE, {"id": key_id}).data["apiKey"]["createdBy"] == {"id": LIAM}
    assert desk.key(key_id).takes(digest(secret), CLOCK.real())


def test_a_scope_of_their_own_is_needed(desk: Desk) -> None:
    others = tuple(scope.value for scope in Scope if scope is not Scope.API_KEYS)
    caller = person(desk.souk, OLIVIA, ACME, scopes=others)
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
    assert desk.keys() == set()


def test_ids_that_no_key_has(desk: Desk) -> None:
    for key_id in ("", " ", "KEY#", "../..", "😀", "x" * 3_000, "' OR 1=1", "%00", "test-key"):
        assert desk.olivia.call(ONE, {"id": key_id}).data == {"apiKey": None}
        for refused in (desk.update(key_id, name="x"), desk.rotate(key_id), desk.revoke(key_id)):
            assert refused.code == "NOT_FOUND"


# Making


def test_there_is_an_end_to_keys(desk: Desk) -> None:
    key_id, _ = desk.made()
    model = desk.key(key_id)
    for batch in range(2):
        tx = desk.table.transaction()
        for number in range(49):
            tx.create(API_KEYS, model.model_copy(update={"id": f"copy-{batch}-{number}"}))
        tx.count(held_keys_key(ACME), 49)
        tx.commit()
    last, _ = desk.made()
    assert len(desk.keys()) == MAX_KEYS
    refused = desk.create()
    assert (refused.code, str(MAX_KEYS) in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert desk.create(desk.liam).code == "UNPROCESSABLE_CONTENT"
    assert "errors" not in desk.create(desk.sofia).json
    desk.revoke(last)
    assert "errors" not in desk.create().json


def test_of_many_keys_asked_for_at_once_no_more_are_made_than_there_is_room_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tx = desk.table.transaction()
    tx.count(held_keys_key(ACME), MAX_KEYS - 1)
    tx.commit()
    tries = []

    def another_first(name: str) -> str:
        """Ask for a key between what another request reads and what it writes."""
        monkeypatch.setattr(used, digest)
        tries.append(desk.create())
        return digest(name)

    used = "souk.domains.identity.commands.api_keys.digest"
    monkeypatch.setattr(used, another_first)
    tries.append(desk.create())
    assert [("errors" in one.json) for one in tries] == [False, True]
    assert (tries[1].code, len(desk.keys())) == ("UNPROCESSABLE_CONTENT", 1)


def test_of_two_keys_with_one_id_the_first_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _length: "0" * 32)
    desk.made()
    before = desk.key("0" * 32)
    assert desk.create(name="Second").code == "CONFLICT"
    assert desk.key("0" * 32) == before


def test_a_key_made_for_a_person_alone(desk: Desk) -> None:
    made = desk.create(desk.sofia).data["createApiKey"]["apiKey"]
    assert made["organization"] == {"id": SOLO, "name": "Sofia"}


# Changing


def test_what_is_left_out_stays(desk: Desk) -> None:
    key_id, _ = desk.made()
    before = desk.key(key_id)
    assert desk.update(key_id).data["updateApiKey"]["id"] == key_id
    nothing = dict.fromkeys(("name", "description", "scopeIds", "redirectUris", "rotationMonths"))
    assert desk.update(key_id, **nothing).data["updateApiKey"]["id"] == key_id
    assert desk.key(key_id) == before
    changed = desk.update(key_id, name=" Importer ", description="For friends, too.").data["updateApiKey"]
    assert (changed["name"], changed["description"]) == ("Importer", "For friends, too.")
    after = desk.key(key_id)
    assert after == before.model_copy(
        update={"name": "Importer", "description": "For friends, too.", "version": before.version + 1}
    )


def test_other_scopes_end_all_tokens_at_once(desk: Desk) -> None:
    key_id, _ = desk.made(scopeIds=["common-entities-read", "api-keys"])
    caller = _through(desk, key_id)
    query = "{ apiKeys { id } }"
    assert "errors" not in caller.call(query).json
    assert desk.update(key_id, scopeIds=["api-keys", "common-entities-read"]).data
    assert desk.key(key_id).scopes == (Scope.COMMON_ENTITIES_READ.value, Scope.API_KEYS.value)
    assert "errors" not in caller.call(query).json
    scopes = desk.update(key_id, scopeIds=["common-entities-read", "api-keys", "offers-read"]).data["updateApiKey"]
    assert [one["id"] for one in scopes["scopes"]] == ["common-entities-read", "api-keys", "offers-read"]
    assert caller.call(query).status == 401
    assert desk.key(key_id).generation == 2
    again = _through(desk, key_id)
    assert "errors" not in again.call(query).json
    desk.update(key_id, scopeIds=["common-entities-read", "api-keys"])
    assert again.call(query).status == 401


def test_grants_and_owner_stay(desk: Desk) -> None:
    key_id, _ = desk.made()
    for refused in (
        desk.update(key_id, grants=["IMPLICIT"]),
        desk.update(key_id, serviceAccount=True),
        desk.update(key_id, organizationId="301"),
    ):
        assert refused.code == "GRAPHQL_VALIDATION_FAILED"


def test_addresses_are_replaced_whole(desk: Desk) -> None:
    key_id, _ = desk.made()
    uris = ["https://a.test/cb", "http://127.0.0.1/cb"]
    assert desk.update(key_id, redirectUris=uris).data["updateApiKey"]["redirectUris"] == uris
    assert desk.update(key_id, redirectUris=[]).code == "UNPROCESSABLE_CONTENT"
    assert list(desk.key(key_id).redirect_uris) == uris


def test_whose_program_cannot_keep_a_secret(desk: Desk) -> None:
    key_id, _ = desk.made(redirectUris=["http://127.0.0.1/cb", "com.example.app:/cb"])
    assert desk.key(key_id).native
    desk.update(key_id, redirectUris=["http://127.0.0.1/cb", "https://a.test/cb"])
    assert not desk.key(key_id).native
    desk.update(key_id, redirectUris=["http://localhost:8080/cb"])
    assert desk.key(key_id).native


def test_a_shorter_period_shortens_the_secrets_life_and_a_longer_one_does_not_lengthen_it(desk: Desk) -> None:
    key_id, _ = desk.made()
    now = CLOCK.real().timestamp()
    day = 86_400
    desk.update(key_id, rotationMonths=1)
    (secret,) = desk.key(key_id).secrets
    assert 27 * day < secret.expires - now < 32 * day
    desk.update(key_id, rotationMonths=24)
    assert desk.key(key_id).secrets == (secret,)
    desk.rotate(key_id)
    assert 729 * day < desk.key(key_id).secrets[0].expires - now < 733 * day


# Secrets


def test_for_a_day_both_secrets_work(desk: Desk) -> None:
    key_id, first = desk.made()
    now = CLOCK.real()
    second = desk.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"]
    assert first != second
    key = desk.key(key_id)
    for secret in (first, second):
        assert key.takes(digest(secret), now + timedelta(hours=23, minutes=59))
    assert not key.takes(digest(first), now + timedelta(hours=24, minutes=1))
    assert key.takes(digest(second), now + timedelta(days=300))
    assert not key.takes(digest(second), now + timedelta(days=367))


def test_two_rotations_leave_two_secrets(desk: Desk) -> None:
    key_id, first = desk.made()
    second, third = (desk.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"] for _ in range(2))
    now = CLOCK.real()
    takes = [desk.key(key_id).takes(digest(secret), now) for secret in (first, second, third)]
    assert takes == [False, True, True]


def test_nothing_secret_is_stored_or_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        key_id, first = desk.made()
        second = desk.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"]
        desk.update(key_id, name="Other")
        desk.olivia.call(LIST)
        desk.revoke(key_id)
    stored = repr(desk.table.client.scan(TableName=desk.table.name)["Items"])
    logged = "\n".join(record.getMessage() + repr(record.__dict__) for record in caplog.records)
    assert digest(second) in stored
    assert key_id in stored
    for secret in (first, second):
        assert secret not in stored
        assert secret not in logged


def test_a_secret_is_shown_once(desk: Desk) -> None:
    key_id, secret = desk.made()
    for answer in (desk.olivia.call(LIST), desk.olivia.call(ONE, {"id": key_id}), desk.update(key_id, name="x")):
        assert secret not in repr(answer.json)
        assert digest(secret) not in repr(answer.json)


# Ending


def test_a_revoked_key_is_over(desk: Desk) -> None:
    key_id, _ = desk.made(scopeIds=["common-entities-read", "api-keys"])
    caller = _through(desk, key_id)
    assert desk.revoke(key_id).data == {"revokeApiKey": True}
    assert caller.call("{ apiKeys { id } }").status == 401
    after = desk.key(key_id)
    assert desk.revoke(key_id).data == {"revokeApiKey": True}
    assert desk.key(key_id) == after
    assert desk.update(key_id, name="Alive").code == "CONFLICT"
    assert desk.rotate(key_id).code == "CONFLICT"
    assert desk.key(key_id) == after
    assert desk.olivia.call(ONE, {"id": key_id}).data["apiKey"]["state"] == "REVOKED"


@pytest.mark.parametrize(
    ("late", "variables"),
    [(UPDATE, {"input": {"name": "Late"}}), (ROTATE, {}), (REVOKE, {})],
)
def test_of_two_changes_at_once_one_wins(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, late: str, variables: dict[str, Any]
) -> None:
    key_id, _ = desk.made()
    committed = Transaction.commit
    quick = []

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        quick.append(desk.rotate(key_id).data["rotateApiKeySecret"]["clientSecret"])
        committed(self)

    variables = {"input": {"id": key_id, **variables["input"]}} if "input" in variables else {"id": key_id}
    monkeypatch.setattr(Transaction, "commit", commit)
    assert desk.olivia.call(late, variables).code == "CONFLICT"
    key = desk.key(key_id)
    assert (key.name, key.state.value) == ("Anvil importer", "ACTIVE")
    assert key.secrets[0].hash == digest(quick[0])


def _through(desk: Desk, key_id: str) -> Person:
    """Return Olivia as she calls through a key."""
    tx = desk.table.transaction()
    token = issue_token(tx, desk.key(key_id), OLIVIA, ACME, CLOCK.real())
    tx.commit()
    return Person(desk.souk, OLIVIA, ACME, token)
