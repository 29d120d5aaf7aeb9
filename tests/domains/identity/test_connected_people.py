"""How many people are connected through an API key."""

from datetime import timedelta

import pytest

from souk.authentication import explorer
from souk.authentication.issuance import RefreshTokens, issue, make_grant, refresh
from souk.authentication.records import GRANTS, Session, grant_key
from souk.authentication.standing import PERSON, STANDINGS, Standing
from souk.domains.identity import store
from tests.domains.identity.api_keys import ApiKeyHarness
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, SOFIA, SOLO, WEB
from tests.support.api import Souk
from tests.support.clock import CLOCK

CONNECTED = "query ($id: ID!) { apiKey(id: $id) { connectedPeople connectedPeopleExact } }"
REFRESH_TOKENS = RefreshTokens(b"a secret of tests")


@pytest.fixture
def harness(souk: Souk) -> ApiKeyHarness:
    return ApiKeyHarness(souk)


def connected(harness: ApiKeyHarness, key_id: str) -> tuple[int, bool]:
    found = harness.olivia.call(CONNECTED, {"id": key_id}).data["apiKey"]
    return found["connectedPeople"], found["connectedPeopleExact"]


def agree(harness: ApiKeyHarness, key_id: str, user_id: str, organization_id: str, days_ago: int = 0) -> str:
    """Agree to a program, as the consent page does. Return the refresh token."""
    now = CLOCK.real() - timedelta(days=days_ago)
    tx = harness.table.transaction()
    token = issue(tx, make_grant(harness.key(key_id), user_id, organization_id, now), now, REFRESH_TOKENS).refresh_token
    tx.commit()
    assert token
    return token


def test_connected_people_are_counted(harness: ApiKeyHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id, _ = harness.made()
    assert connected(harness, key_id) == (0, True)
    few = harness.olivia.call("{ apiKeys { connectedPeople connectedPeopleExact } }").trips
    other, _ = harness.made(name="Other")
    agree(harness, key_id, OLIVIA, ACME)
    agree(harness, key_id, OLIVIA, WEB)
    agree(harness, key_id, LIAM, WEB)
    agree(harness, key_id, SOFIA, SOLO)
    agree(harness, key_id, OMAR, RIVAL, days_ago=15)
    tx, now = harness.table.transaction(), CLOCK.real()
    session = Session(hash="s", user_id=OMAR, began=now.timestamp(), expires=int(now.timestamp()) + 3600)
    explorer.issue(tx, harness.key(key_id), session, RIVAL, now)
    tx.commit()
    assert connected(harness, key_id) == (3, True), "people, not grants; without what expired, and the explorer"
    listed = harness.olivia.call("{ apiKeys { id connectedPeople } }")
    assert {one["id"]: one["connectedPeople"] for one in listed.data["apiKeys"]} == {key_id: 3, other: 0}
    # The standings of the connected people are one round trip more, for all keys.
    assert listed.trips == few + 1
    monkeypatch.setattr(store, "MAX_GRANTS", 3)
    assert connected(harness, key_id)[1] is False
    monkeypatch.undo()

    harness.sofia.call("mutation ($id: ID!) { disconnectProgram(apiKeyId: $id) }", {"id": key_id})
    assert connected(harness, key_id) == (2, True)
    tx = harness.table.transaction()
    tx.create(STANDINGS, Standing(kind=PERSON, id=LIAM, access_ended=int(CLOCK.real().timestamp())))
    tx.commit()
    assert connected(harness, key_id) == (1, True), "an operator ended all access"
    harness.update(key_id, scopeIds=["common-entities-read", "job-postings-read"])
    assert connected(harness, key_id) == (0, True), "everybody has to agree again"
    agree(harness, key_id, OLIVIA, ACME)
    assert connected(harness, key_id) == (1, True)
    harness.revoke(key_id)
    assert connected(harness, key_id) == (0, True)


def test_grant_of_earlier_release_counts_from_its_refresh_on(harness: ApiKeyHarness) -> None:
    key_id, _ = harness.made()
    parts = REFRESH_TOKENS.read(agree(harness, key_id, LIAM, WEB))
    assert parts
    key = {name: {"S": value} for name, value in zip(("PK", "SK"), grant_key(parts.grant_id), strict=True)}
    harness.table.client.update_item(TableName=harness.table.name, Key=key, UpdateExpression="REMOVE GSI1PK, GSI1SK")
    assert connected(harness, key_id) == (0, True)
    grant = harness.table.get(GRANTS, parts.grant_id)
    assert grant
    tx = harness.table.transaction()
    refresh(tx, grant, parts, CLOCK.real(), REFRESH_TOKENS)
    tx.commit()
    assert connected(harness, key_id) == (1, True)
