"""A refresh token is good once, and its answer can be heard again for a minute."""

from typing import Any

import pytest

from souk.authentication.records import GRANTS
from souk.authentication.scopes import Scope
from souk.authentication.tokens import PREFIX, parts_of
from souk.oauth.renewals import REPEAT
from souk.storage import Transaction
from souk.values.errors import Conflict, Unauthorized
from tests.oauth.racing import at_once
from tests.oauth.shop import RIVAL, SCOPES, SHOP, Answer, Shop
from tests.support.clock import CLOCK

DAY = 86_400


def refused(answer: Answer) -> bool:
    return answer.error == "invalid_grant"


def works(shop: Shop, tokens: dict[str, Any]) -> bool:
    try:
        shop.calls(tokens["access_token"])
    except Unauthorized:
        return False
    return True


def test_a_refresh_token_brings_new_tokens(shop: Shop) -> None:
    first = shop.tokens()
    CLOCK.wait(hours=23)
    second = shop.refresh(first["refresh_token"]).tokens
    assert list(second) == ["access_token", "refresh_token", "token_type", "expires_in"]
    assert second["expires_in"] == DAY
    assert {first[name] for name in ("access_token", "refresh_token")}.isdisjoint(second.values())
    assert works(shop, first), "an access token is good until its own end"
    CLOCK.wait(hours=23)
    assert not works(shop, first)
    assert works(shop, second)


def test_it_lives_two_weeks_since_its_last_use(shop: Shop) -> None:
    tokens = shop.tokens()
    for _ in range(4):
        CLOCK.wait(days=14, seconds=-1)
        tokens = shop.refresh(tokens["refresh_token"]).tokens
    CLOCK.wait(days=14)
    assert refused(shop.refresh(tokens["refresh_token"]))


def test_a_repeat_hears_the_same_answer(shop: Shop) -> None:
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).tokens
    CLOCK.wait(seconds=REPEAT.total_seconds())
    again = shop.refresh(first["refresh_token"]).tokens
    assert again == second | {"expires_in": DAY - 60}
    assert shop.refresh(second["refresh_token"]).tokens, "and uses nothing up"


def test_a_repeat_after_a_minute_ends_all_that_followed(shop: Shop) -> None:
    """RFC 9700, section 4.14.2."""
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).tokens
    CLOCK.wait(seconds=REPEAT.total_seconds() + 1)
    assert refused(shop.refresh(first["refresh_token"]))
    assert not works(shop, first)
    assert not works(shop, second)
    assert refused(shop.refresh(second["refresh_token"]))


def test_a_token_from_before_the_last_ends_all_at_once(shop: Shop) -> None:
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).tokens
    third = shop.refresh(second["refresh_token"]).tokens
    assert refused(shop.refresh(first["refresh_token"]))
    assert not works(shop, third)
    assert refused(shop.refresh(third["refresh_token"]))


def test_of_many_at_once_one_rotates_and_all_hear_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.tokens()
    answers = at_once(monkeypatch, 20, lambda: shop.refresh(first["refresh_token"]).tokens)
    assert all(answer == answers[0] for answer in answers)
    grant = shop.table.get(GRANTS, parts_of(first["access_token"]).grant_id)
    assert grant
    assert grant.sequence == 2
    assert works(shop, answers[0])
    assert shop.refresh(answers[0]["refresh_token"]).tokens


def test_a_revocation_amid_a_refresh_wins(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.tokens()
    commit = Transaction.commit

    def after_a_revocation(transaction: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", commit)
        assert shop.revoke(first["refresh_token"]).status == 200
        commit(transaction)

    monkeypatch.setattr(Transaction, "commit", after_a_revocation)
    assert refused(shop.refresh(first["refresh_token"]))
    assert not works(shop, first)


def test_a_refresh_amid_a_revocation_is_revoked_too(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.tokens()
    commit, renewed = Transaction.commit, []

    def after_a_refresh(transaction: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", commit)
        renewed.append(shop.refresh(first["refresh_token"]).tokens)
        commit(transaction)

    monkeypatch.setattr(Transaction, "commit", after_a_refresh)
    assert shop.revoke(first["refresh_token"]).status == 200
    assert not works(shop, renewed[0])
    assert refused(shop.refresh(renewed[0]["refresh_token"]))


def test_a_refresh_that_could_not_be_written_can_be_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.tokens()

    def busy(_: Transaction) -> None:
        raise Conflict("Others are in the way.")

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", busy)
        busy_answer = shop.refresh(first["refresh_token"])
    assert (busy_answer.status, busy_answer.json["error"]) == (503, "temporarily_unavailable")
    assert shop.refresh(first["refresh_token"]).tokens


def other_family(shop: Shop, token: str) -> str:
    """A token that is genuine, of the same grant, at the place of the newest: but it was never given to anybody."""
    parts = shop.refreshing.read(token)
    assert parts
    return shop.refreshing.first(parts.grant_id)


def changed(_: Shop, token: str) -> str:
    return token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")


def padded(_: Shop, token: str) -> str:
    return token + "="


def with_a_line_break(_: Shop, token: str) -> str:
    return token[:30] + "." + token[30:]


def in_the_other_alphabet(_: Shop, token: str) -> str:
    return token.removeprefix(PREFIX)


def with_spare_bits(_: Shop, token: str) -> str:
    """Base64 of the same bytes, in other letters."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def not_yet(shop: Shop, token: str) -> str:
    parts = shop.refreshing.read(token)
    assert parts
    return shop.refreshing.successor(shop.refreshing.read(shop.refreshing.successor(parts)) or parts)


@pytest.mark.parametrize(
    "forge", [other_family, changed, padded, with_a_line_break, in_the_other_alphabet, with_spare_bits, not_yet]
)
def test_who_makes_tokens_up_is_refused_and_ends_nothing(shop: Shop, forge: Any) -> None:
    """Also where they know that a later use of a real one would end it."""
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).tokens
    CLOCK.wait(hours=1)
    for real in (first, second):
        forged = forge(shop, real["refresh_token"])
        assert forged != real["refresh_token"]
        assert refused(shop.refresh(forged))
    assert works(shop, second)
    assert shop.refresh(second["refresh_token"]).tokens


def test_a_used_token_of_another_client_ends_nothing(shop: Shop) -> None:
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).tokens
    CLOCK.wait(hours=1)
    assert refused(shop.refresh(first["refresh_token"], RIVAL))
    assert works(shop, second)


def test_fewer_scopes_are_for_the_access_token_alone(shop: Shop) -> None:
    """RFC 6749, section 6: the refresh token's scope stays what it was."""
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"], scope="common-entities-read").tokens
    assert shop.calls(second["access_token"]).scopes == {Scope.COMMON_ENTITIES_READ}
    third = shop.refresh(second["refresh_token"]).tokens
    assert shop.calls(third["access_token"]).scopes == set(SCOPES)


def test_a_repeat_asks_for_what_was_given(shop: Shop) -> None:
    first = shop.tokens()
    wide = shop.refresh(first["refresh_token"]).tokens
    assert shop.refresh(first["refresh_token"], scope="common-entities-read").error == "invalid_scope"
    assert shop.refresh(first["refresh_token"], scope="job-postings-read common-entities-read").tokens == wide


def test_a_repeat_does_not_bring_back_what_was_revoked(shop: Shop) -> None:
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).tokens
    shop.revoke(second["access_token"])
    assert refused(shop.refresh(first["refresh_token"]))
    assert not works(shop, second)
    assert shop.refresh(second["refresh_token"]).tokens


def test_a_change_of_a_keys_scopes_ends_its_refresh_tokens(shop: Shop) -> None:
    first = shop.tokens()
    shop.change_key(SHOP, generation=2)
    assert refused(shop.refresh(first["refresh_token"]))
    assert not works(shop, first)


def test_who_comes_back_to_the_organization_goes_on(shop: Shop) -> None:
    """Having left ends nothing for good: the membership is looked at each time."""
    first = shop.tokens()
    shop.dismiss()
    assert refused(shop.refresh(first["refresh_token"]))
    shop.reinstate()
    assert shop.refresh(first["refresh_token"]).tokens
