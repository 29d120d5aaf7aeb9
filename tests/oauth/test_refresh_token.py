"""A refresh token is used once, and its response can be repeated for a minute."""

from typing import Any

import pytest

from souk.authentication.records import GRANTS
from souk.authentication.scopes import Scope
from souk.authentication.tokens import PREFIX, parse_token
from souk.oauth.grants.refresh_token import GRACE_PERIOD
from souk.storage import Transaction
from souk.values.errors import Conflict, Unauthorized
from tests.oauth.concurrency import run_concurrently
from tests.oauth.harness import RIVAL, SCOPES, SHOP, Answer, OAuthHarness
from tests.support.clock import CLOCK

DAY = 86_400


def refused(answer: Answer) -> bool:
    return answer.error == "invalid_grant"


def works(oauth: OAuthHarness, tokens: dict[str, Any]) -> bool:
    try:
        oauth.authenticate(tokens["access_token"])
    except Unauthorized:
        return False
    return True


def test_refresh_token_rotates(oauth: OAuthHarness) -> None:
    first = oauth.tokens()
    CLOCK.wait(hours=23)
    second = oauth.refresh(first["refresh_token"]).tokens
    assert list(second) == ["access_token", "refresh_token", "token_type", "expires_in"]
    assert second["expires_in"] == DAY
    assert {first[name] for name in ("access_token", "refresh_token")}.isdisjoint(second.values())
    assert works(oauth, first), "an access token is good until its own end"
    CLOCK.wait(hours=23)
    assert not works(oauth, first)
    assert works(oauth, second)


def test_refresh_token_expires_two_weeks_after_last_use(oauth: OAuthHarness) -> None:
    tokens = oauth.tokens()
    for _ in range(4):
        CLOCK.wait(days=14, seconds=-1)
        tokens = oauth.refresh(tokens["refresh_token"]).tokens
    CLOCK.wait(days=14)
    assert refused(oauth.refresh(tokens["refresh_token"]))


def test_refresh_token_reuse_in_grace_period_repeats_response(oauth: OAuthHarness) -> None:
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).tokens
    CLOCK.wait(seconds=GRACE_PERIOD.total_seconds())
    again = oauth.refresh(first["refresh_token"]).tokens
    assert again == second | {"expires_in": DAY - 60}
    assert oauth.refresh(second["refresh_token"]).tokens, "and uses nothing up"


def test_refresh_token_reuse_revokes_grant(oauth: OAuthHarness) -> None:
    """RFC 9700, section 4.14.2."""
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).tokens
    CLOCK.wait(seconds=GRACE_PERIOD.total_seconds() + 1)
    assert refused(oauth.refresh(first["refresh_token"]))
    assert not works(oauth, first)
    assert not works(oauth, second)
    assert refused(oauth.refresh(second["refresh_token"]))


def test_older_refresh_token_revokes_grant_at_once(oauth: OAuthHarness) -> None:
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).tokens
    third = oauth.refresh(second["refresh_token"]).tokens
    assert refused(oauth.refresh(first["refresh_token"]))
    assert not works(oauth, third)
    assert refused(oauth.refresh(third["refresh_token"]))


def test_concurrent_refreshes_get_same_tokens(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    first = oauth.tokens()
    answers = run_concurrently(monkeypatch, 20, lambda: oauth.refresh(first["refresh_token"]).tokens)
    assert all(answer == answers[0] for answer in answers)
    grant = oauth.table.get(GRANTS, parse_token(first["access_token"]).grant_id)
    assert grant
    assert grant.sequence == 2
    assert works(oauth, answers[0])
    assert oauth.refresh(answers[0]["refresh_token"]).tokens


def test_revocation_during_refresh_wins(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    first = oauth.tokens()
    commit = Transaction.commit

    def after_a_revocation(transaction: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", commit)
        assert oauth.revoke(first["refresh_token"]).status == 200
        commit(transaction)

    monkeypatch.setattr(Transaction, "commit", after_a_revocation)
    assert refused(oauth.refresh(first["refresh_token"]))
    assert not works(oauth, first)


def test_refresh_during_revocation_is_revoked(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    first = oauth.tokens()
    commit, renewed = Transaction.commit, []

    def after_a_refresh(transaction: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", commit)
        renewed.append(oauth.refresh(first["refresh_token"]).tokens)
        commit(transaction)

    monkeypatch.setattr(Transaction, "commit", after_a_refresh)
    assert oauth.revoke(first["refresh_token"]).status == 200
    assert not works(oauth, renewed[0])
    assert refused(oauth.refresh(renewed[0]["refresh_token"]))


def test_failed_refresh_can_be_retried(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    first = oauth.tokens()

    def busy(_: Transaction) -> None:
        raise Conflict("Others are in the way.")

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", busy)
        busy_answer = oauth.refresh(first["refresh_token"])
    assert (busy_answer.status, busy_answer.json["error"]) == (503, "temporarily_unavailable")
    assert oauth.refresh(first["refresh_token"]).tokens


def other_family(oauth: OAuthHarness, token: str) -> str:
    """A token with the right grant and sequence that was never issued."""
    parts = oauth.refresh_tokens.read(token)
    assert parts
    return oauth.refresh_tokens.first(parts.grant_id)


def changed(_: OAuthHarness, token: str) -> str:
    return token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")


def padded(_: OAuthHarness, token: str) -> str:
    return token + "="


def with_a_line_break(_: OAuthHarness, token: str) -> str:
    return token[:30] + "." + token[30:]


def in_the_other_alphabet(_: OAuthHarness, token: str) -> str:
    return token.removeprefix(PREFIX)


def with_spare_bits(_: OAuthHarness, token: str) -> str:
    """Another Base64 encoding of the same bytes."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def not_yet(oauth: OAuthHarness, token: str) -> str:
    parts = oauth.refresh_tokens.read(token)
    assert parts
    return oauth.refresh_tokens.successor(oauth.refresh_tokens.read(oauth.refresh_tokens.successor(parts)) or parts)


@pytest.mark.parametrize(
    "forge", [other_family, changed, padded, with_a_line_break, in_the_other_alphabet, with_spare_bits, not_yet]
)
def test_forged_refresh_token_revokes_nothing(oauth: OAuthHarness, forge: Any) -> None:
    """Forged tokens must not revoke real grants."""
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).tokens
    CLOCK.wait(hours=1)
    for real in (first, second):
        forged = forge(oauth, real["refresh_token"])
        assert forged != real["refresh_token"]
        assert refused(oauth.refresh(forged))
    assert works(oauth, second)
    assert oauth.refresh(second["refresh_token"]).tokens


def test_refresh_token_of_another_client_revokes_nothing(oauth: OAuthHarness) -> None:
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).tokens
    CLOCK.wait(hours=1)
    assert refused(oauth.refresh(first["refresh_token"], RIVAL))
    assert works(oauth, second)


def test_narrower_scope_applies_to_access_token_only(oauth: OAuthHarness) -> None:
    """RFC 6749, section 6: the scope of the refresh token does not change."""
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"], scope="common-entities-read").tokens
    assert oauth.authenticate(second["access_token"]).scopes == {Scope.COMMON_ENTITIES_READ}
    third = oauth.refresh(second["refresh_token"]).tokens
    assert oauth.authenticate(third["access_token"]).scopes == set(SCOPES)


def test_repeated_refresh_requires_same_scope(oauth: OAuthHarness) -> None:
    first = oauth.tokens()
    wide = oauth.refresh(first["refresh_token"]).tokens
    assert oauth.refresh(first["refresh_token"], scope="common-entities-read").error == "invalid_scope"
    assert oauth.refresh(first["refresh_token"], scope="job-postings-read common-entities-read").tokens == wide


def test_repeated_refresh_after_revocation_fails(oauth: OAuthHarness) -> None:
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).tokens
    oauth.revoke(second["access_token"])
    assert refused(oauth.refresh(first["refresh_token"]))
    assert not works(oauth, second)
    assert oauth.refresh(second["refresh_token"]).tokens


def test_scope_change_invalidates_refresh_tokens(oauth: OAuthHarness) -> None:
    first = oauth.tokens()
    oauth.change_key(SHOP, generation=2)
    assert refused(oauth.refresh(first["refresh_token"]))
    assert not works(oauth, first)


def test_refresh_works_after_membership_is_restored(oauth: OAuthHarness) -> None:
    """The membership is checked on each refresh, so leaving revokes nothing for good."""
    first = oauth.tokens()
    oauth.end_membership()
    assert refused(oauth.refresh(first["refresh_token"]))
    oauth.restore_membership()
    assert oauth.refresh(first["refresh_token"]).tokens
