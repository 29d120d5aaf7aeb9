"""A code is redeemed once."""

from datetime import timedelta

import pytest

from souk.authentication.records import CODES, GRANTS, TOKENS
from souk.authentication.tokens import digest, parts_of
from souk.oauth.codes import RACE
from souk.oauth.server import CODE_LIFETIME
from souk.storage import Transaction
from souk.values.errors import Conflict, Unauthorized
from tests.oauth.racing import at_once
from tests.oauth.shop import RIVAL, SHOP, Shop
from tests.support.clock import CLOCK


def test_a_code_is_good_until_its_time_is_over(shop: Shop) -> None:
    code = shop.code()
    CLOCK.wait(seconds=CODE_LIFETIME.total_seconds() - 1)
    assert shop.redeem(code).tokens


def test_of_many_who_redeem_one_code_at_once_one_wins(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    code = shop.code()
    answers = at_once(monkeypatch, 20, lambda: shop.redeem(code))
    won = [answer.json for answer in answers if answer.status == 200]
    assert len(won) == 1
    assert {answer.error for answer in answers if answer.status != 200} == {"invalid_grant"}
    assert shop.calls(won[0]["access_token"])
    assert shop.refresh(won[0]["refresh_token"]).tokens


def test_who_loses_leaves_nothing_behind(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    code = shop.code()
    at_once(monkeypatch, 5, lambda: shop.redeem(code))
    items = shop.table.client.scan(TableName=shop.table.name)["Items"]
    assert sorted(item["SK"]["S"] for item in items if item["SK"]["S"] in {"GRANT", "TOKEN"}) == ["GRANT", "TOKEN"]


def test_a_second_try_within_a_second_is_only_refused(shop: Shop) -> None:
    code = shop.code()
    tokens = shop.redeem(code).tokens
    CLOCK.wait(seconds=RACE.total_seconds())
    assert shop.redeem(code).error == "invalid_grant"
    assert shop.calls(tokens["access_token"])


def test_a_later_second_try_ends_what_the_first_gave(shop: Shop) -> None:
    """RFC 6749, section 4.1.2."""
    code = shop.code()
    tokens = shop.redeem(code).tokens
    renewed = shop.refresh(tokens["refresh_token"]).tokens
    CLOCK.wait(seconds=RACE.total_seconds() + 0.001)
    assert shop.redeem(code).error == "invalid_grant"
    for one in (tokens, renewed):
        with pytest.raises(Unauthorized, match="revoked"):
            shop.calls(one["access_token"])
        assert shop.refresh(one["refresh_token"]).error == "invalid_grant"


def test_a_code_is_remembered_after_its_time(shop: Shop) -> None:
    code = shop.code()
    tokens = shop.redeem(code).tokens
    CLOCK.wait(hours=12)
    assert shop.redeem(code).error == "invalid_grant"
    with pytest.raises(Unauthorized):
        shop.calls(tokens["access_token"])


def test_what_counts_is_when_the_second_try_arrived(shop: Shop) -> None:
    """A try that had to wait for a function to start is still one of those that came at once."""
    code, arrived = shop.code(), CLOCK.real()
    tokens = shop.redeem(code).tokens
    CLOCK.wait(seconds=30)
    assert shop.redeem(code, received=arrived + timedelta(milliseconds=300)).error == "invalid_grant"
    assert shop.calls(tokens["access_token"])


def test_another_client_with_the_code_ends_nothing(shop: Shop) -> None:
    code = shop.code()
    tokens = shop.redeem(code).tokens
    CLOCK.wait(seconds=10)
    assert shop.redeem(code, RIVAL).error == "invalid_grant"
    assert shop.calls(tokens["access_token"])


def test_codes_of_one_person_and_program_do_not_touch_each_other(shop: Shop) -> None:
    first, second = shop.code(), shop.code()
    kept = shop.redeem(first).tokens
    shop.redeem(second)
    CLOCK.wait(seconds=10)
    shop.redeem(second)
    assert shop.calls(kept["access_token"])


def test_a_redemption_that_could_not_be_written_can_be_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    code = shop.code()

    def busy(_: Transaction) -> None:
        raise Conflict("Others are in the way.")

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", busy)
        busy_answer = shop.redeem(code)
    assert (busy_answer.status, busy_answer.json["error"]) == (503, "temporarily_unavailable")
    assert shop.redeem(code).tokens


def test_only_hashes_are_stored(shop: Shop) -> None:
    code = shop.code()
    tokens = shop.redeem(code).tokens
    shop.refresh(tokens["refresh_token"])
    grant_id = parts_of(tokens["access_token"]).grant_id
    assert shop.table.get(CODES, digest(code))
    assert shop.table.get(TOKENS, digest(tokens["access_token"]))
    assert shop.table.get(GRANTS, grant_id)
    stored = str(shop.table.client.scan(TableName=shop.table.name)["Items"])
    assert SHOP in stored
    for secret in (code, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in stored
        assert secret[-20:] not in stored  # long enough not to be there by chance
