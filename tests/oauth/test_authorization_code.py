"""Redeeming authorization codes."""

from datetime import timedelta

import pytest

from souk.authentication.records import CODE_LIFETIME, CODES, GRANTS, TOKENS
from souk.authentication.tokens import digest, parse_token
from souk.oauth.grants.authorization_code import RACE_WINDOW
from souk.storage import Transaction
from souk.values.errors import Conflict, Unauthorized
from tests.oauth.concurrency import run_concurrently
from tests.oauth.harness import RIVAL, SHOP, OAuthHarness
from tests.support.clock import CLOCK


def test_code_expires(oauth: OAuthHarness) -> None:
    code = oauth.code()
    CLOCK.wait(seconds=CODE_LIFETIME.total_seconds() - 1)
    assert oauth.redeem(code).tokens


def test_concurrent_code_redemption_has_one_winner(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    code = oauth.code()
    answers = run_concurrently(monkeypatch, 20, lambda: oauth.redeem(code))
    won = [answer.json for answer in answers if answer.status == 200]
    assert len(won) == 1
    assert {answer.error for answer in answers if answer.status != 200} == {"invalid_grant"}
    assert oauth.authenticate(won[0]["access_token"])
    assert oauth.refresh(won[0]["refresh_token"]).tokens


def test_losing_redemption_writes_nothing(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    code = oauth.code()
    run_concurrently(monkeypatch, 5, lambda: oauth.redeem(code))
    items = oauth.table.client.scan(TableName=oauth.table.name)["Items"]
    assert sorted(item["SK"]["S"] for item in items if item["SK"]["S"] in {"GRANT", "TOKEN"}) == ["GRANT", "TOKEN"]


def test_code_reuse_in_race_window_keeps_tokens(oauth: OAuthHarness) -> None:
    code = oauth.code()
    tokens = oauth.redeem(code).tokens
    CLOCK.wait(seconds=RACE_WINDOW.total_seconds())
    assert oauth.redeem(code).error == "invalid_grant"
    assert oauth.authenticate(tokens["access_token"])


def test_code_reuse_after_race_window_revokes_grant(oauth: OAuthHarness) -> None:
    """RFC 6749, section 4.1.2."""
    code = oauth.code()
    tokens = oauth.redeem(code).tokens
    renewed = oauth.refresh(tokens["refresh_token"]).tokens
    CLOCK.wait(seconds=RACE_WINDOW.total_seconds() + 0.001)
    assert oauth.redeem(code).error == "invalid_grant"
    for one in (tokens, renewed):
        with pytest.raises(Unauthorized, match="revoked"):
            oauth.authenticate(one["access_token"])
        assert oauth.refresh(one["refresh_token"]).error == "invalid_grant"


def test_code_reuse_is_detected_after_expiry(oauth: OAuthHarness) -> None:
    code = oauth.code()
    tokens = oauth.redeem(code).tokens
    CLOCK.wait(hours=12)
    assert oauth.redeem(code).error == "invalid_grant"
    with pytest.raises(Unauthorized):
        oauth.authenticate(tokens["access_token"])


def test_code_reuse_window_counts_received_time(oauth: OAuthHarness) -> None:
    """A request that waited for a cold start still counts as concurrent."""
    code, arrived = oauth.code(), CLOCK.real()
    tokens = oauth.redeem(code).tokens
    CLOCK.wait(seconds=30)
    assert oauth.redeem(code, received=arrived + timedelta(milliseconds=300)).error == "invalid_grant"
    assert oauth.authenticate(tokens["access_token"])


def test_code_of_another_client_revokes_nothing(oauth: OAuthHarness) -> None:
    code = oauth.code()
    tokens = oauth.redeem(code).tokens
    CLOCK.wait(seconds=10)
    assert oauth.redeem(code, RIVAL).error == "invalid_grant"
    assert oauth.authenticate(tokens["access_token"])


def test_code_reuse_revokes_only_its_grant(oauth: OAuthHarness) -> None:
    first, second = oauth.code(), oauth.code()
    kept = oauth.redeem(first).tokens
    oauth.redeem(second)
    CLOCK.wait(seconds=10)
    oauth.redeem(second)
    assert oauth.authenticate(kept["access_token"])


def test_failed_redemption_can_be_retried(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    code = oauth.code()

    def busy(_: Transaction) -> None:
        raise Conflict("Others are in the way.")

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", busy)
        busy_answer = oauth.redeem(code)
    assert (busy_answer.status, busy_answer.json["error"]) == (503, "temporarily_unavailable")
    assert oauth.redeem(code).tokens


def test_only_code_and_token_hashes_are_stored(oauth: OAuthHarness) -> None:
    code = oauth.code()
    tokens = oauth.redeem(code).tokens
    oauth.refresh(tokens["refresh_token"])
    grant_id = parse_token(tokens["access_token"]).grant_id
    assert oauth.table.get(CODES, digest(code))
    assert oauth.table.get(TOKENS, digest(tokens["access_token"]))
    assert oauth.table.get(GRANTS, grant_id)
    stored = str(oauth.table.client.scan(TableName=oauth.table.name)["Items"])
    assert SHOP in stored
    for secret in (code, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in stored
        assert secret[-20:] not in stored  # too long to match by chance
