"""Issuing and rotating tokens."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from souk.authentication.issuance import (
    LIFETIME,
    REFRESH_LIFETIME,
    RefreshParts,
    RefreshStatus,
    RefreshTokens,
    issue,
    issue_access_token,
    make_grant,
    refresh,
    revoke_grant,
)
from souk.authentication.records import GRANTS, TOKENS, ApiKey, Grant
from souk.authentication.tokens import PREFIX, digest, parse_token
from souk.storage import Table

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS, THEIRS = RefreshTokens(b"ours" * 8), RefreshTokens(b"theirs" * 8)
KEY = ApiKey(
    id="shop", name="Shop", organization_id="201", created_by="101", scopes=("A", "B"), grants=(), redirect_uris=()
)

ids = st.text(string.digits, min_size=1, max_size=19)
LETTERS = string.ascii_letters + string.digits + "-_=+/.~ \n\0é"


def parts(token: str) -> RefreshParts:
    found = OURS.read(token)
    assert found
    return found


def nth(token: str, sequence: int) -> str:
    """Return the token with a number in the sequence, from 1."""
    for _ in range(sequence - 1):
        token = OURS.successor(parts(token))
    return token


def grant_at(token: str) -> Grant:
    """Return a grant with this current refresh token."""
    known = parts(token)
    made = make_grant(KEY, "101", "201", NOW)
    return made.model_copy(update={"id": known.grant_id, "sequence": known.sequence, "refresh_hash": digest(token)})


@given(ids)
def test_refresh_token_round_trips(grant_id: str) -> None:
    token = OURS.first(grant_id)
    assert token.startswith(PREFIX)
    assert parts(token)[:2] == (grant_id, 1)


@given(ids, st.integers(1, 12))
def test_refresh_token_successor_is_deterministic(grant_id: str, length: int) -> None:
    """So that a response can be repeated although only hashes are stored."""
    first = OURS.first(grant_id)
    assert nth(first, length) == nth(first, length)
    assert parts(nth(first, length)) == parts(first)._replace(sequence=length)
    assert len({nth(first, place) for place in range(1, length + 1)}) == length


@given(ids)
def test_refresh_tokens_of_grants_differ(grant_id: str) -> None:
    assert OURS.first(grant_id) != OURS.first(grant_id)


@given(ids)
def test_refresh_token_of_another_secret_is_rejected(grant_id: str) -> None:
    assert OURS.read(THEIRS.first(grant_id)) is None


@given(st.data())
def test_altered_refresh_token_is_rejected(data: st.DataObject) -> None:
    """Any change makes the token invalid, also another encoding of the same bytes."""
    token = OURS.first("1300000000000000001")
    start = data.draw(st.integers(0, len(token)))
    end = data.draw(st.integers(start, min(start + 3, len(token))))
    forged = token[:start] + data.draw(st.text(LETTERS, max_size=3)) + token[end:]
    assume(forged != token)
    assert OURS.read(forged) is None


@given(st.text() | st.text(LETTERS, max_size=700).map(lambda text: PREFIX + text))
def test_read_accepts_any_text(text: str) -> None:
    assert OURS.read(text) is None


@given(st.integers(1, 8), st.integers(1, 8))
def test_refresh_token_status_in_rotation(asked: int, newest: int) -> None:
    first = OURS.first("1")
    place = OURS.status(parts(nth(first, asked)), grant_at(nth(first, newest)))
    expected = {0: RefreshStatus.CURRENT, 1: RefreshStatus.PREVIOUS}.get(newest - asked, RefreshStatus.REPLACED)
    assert place is (RefreshStatus.UNKNOWN if asked > newest else expected)


@given(st.integers(1, 5), st.integers(1, 5))
def test_refresh_token_of_another_family_is_unknown(asked: int, newest: int) -> None:
    assert (
        OURS.status(parts(nth(OURS.first("1"), asked)), grant_at(nth(OURS.first("1"), newest))) is RefreshStatus.UNKNOWN
    )


def test_grant_without_refresh_token_knows_none() -> None:
    assert OURS.status(parts(OURS.first("1")), make_grant(KEY, "101", "201", NOW)) is RefreshStatus.UNKNOWN


@given(ids)
def test_access_secret_does_not_reveal_refresh_token(grant_id: str) -> None:
    token = OURS.first(grant_id)
    assert OURS.access_secret(token) == OURS.access_secret(token)
    assert OURS.access_secret(token) != THEIRS.access_secret(token)
    assert OURS.access_secret(token) != OURS.access_secret(OURS.successor(parts(token)))


def test_issue_stores_grant_and_first_tokens(table: Table) -> None:
    tx = table.transaction()
    grant = make_grant(KEY, "101", "201", NOW)
    issued = issue(tx, grant, NOW, OURS)
    tx.commit()
    stored = table.get(GRANTS, grant.id)
    access = table.get(TOKENS, digest(issued.access_token))
    assert issued.refresh_token
    assert stored
    assert access
    assert (stored.sequence, stored.refresh_hash) == (1, digest(issued.refresh_token))
    assert stored.expires == int((NOW + REFRESH_LIFETIME).timestamp())
    assert access.expires == int((NOW + LIFETIME).timestamp())
    assert issued.expires_in == LIFETIME.total_seconds()
    assert parse_token(issued.access_token) == ("shop", "101", "201", grant.id)


def test_grant_without_refresh_expires_with_access_token(table: Table) -> None:
    tx = table.transaction()
    grant = make_grant(KEY, "101", "201", NOW, ["A"])
    issued = issue(tx, grant, NOW)
    tx.commit()
    assert issued.refresh_token is None
    assert grant.expires == int((NOW + LIFETIME).timestamp())
    access = table.get(TOKENS, digest(issued.access_token))
    assert access
    assert access.scopes == ("A",)


def test_refresh_is_one_transaction_and_keeps_scopes(table: Table) -> None:
    tx = table.transaction()
    first = issue(tx, make_grant(KEY, "101", "201", NOW), NOW, OURS)
    tx.commit()
    newest = parts(first.refresh_token or "")
    grant = table.get(GRANTS, newest.grant_id)
    assert grant
    later = NOW + LIFETIME
    tx = table.transaction()
    second = refresh(tx, grant, newest, later, OURS, scopes=["A"])
    assert table.get(TOKENS, digest(second.access_token)) is None
    tx.commit()
    stored, access = table.get(GRANTS, grant.id), table.get(TOKENS, digest(second.access_token))
    assert stored
    assert access
    assert (stored.sequence, stored.scopes, stored.rotated) == (2, ("A", "B"), int(later.timestamp()))
    assert stored.expires == int((later + REFRESH_LIFETIME).timestamp())
    assert (access.scopes, access.grant_id) == (("A",), grant.id)
    assert second.refresh_token == OURS.successor(newest)


@pytest.mark.parametrize("times", [1, 2])
def test_revoke_grant_is_idempotent(table: Table, times: int) -> None:
    tx = table.transaction()
    grant = tx.create(GRANTS, make_grant(KEY, "101", "201", NOW))
    issue_access_token(tx, grant, NOW)
    tx.commit()
    for _ in range(times):
        revoke_grant(table, grant.id)
    stored = table.get(GRANTS, grant.id)
    assert stored
    assert (stored.revoked, stored.version) == (True, 2)


def test_revoke_missing_grant_does_nothing(table: Table) -> None:
    revoke_grant(table, "nothing")
