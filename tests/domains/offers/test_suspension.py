"""Offers of and to the suspended."""

import pytest

from tests.support.api import Answer
from tests.support.racing import meanwhile
from tests.support.standing import reactivate, suspend
from tests.support.worlds.jobs import ACME, SOFIA, STUDIO
from tests.support.worlds.offers import DECLINE, OffersWorld


def reason(answer: Answer) -> tuple[str, str | None]:
    return answer.code, answer.error["extensions"].get("reason")


SUSPENDED = ("FORBIDDEN", "SUSPENDED")


def test_open_offer_waits_while_a_side_is_suspended(world: OffersWorld) -> None:
    table, offer, other = world.souk.table, world.make_offer(world.post_job()), world.make_offer(world.post_job())
    suspend(table, ACME)
    assert reason(world.try_accept(offer)) == SUSPENDED
    assert world.sofia.call(DECLINE, {"input": {"offerId": other}}).data
    reactivate(table, ACME)
    for who in ({"user_id": SOFIA}, {}):
        suspend(table, *([] if who else [STUDIO]), **who)
        assert reason(world.try_offer(world.offer_input(world.post_job()))) == SUSPENDED
        reactivate(table, *([] if who else [STUDIO]), **who)
    assert world.accept_offer(offer)


def test_what_began_before_a_suspension_commits(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    table, first, second = world.souk.table, world.make_offer(world.post_job()), world.make_offer(world.post_job())
    accepted = meanwhile(monkeypatch, lambda: world.accept_offer(first))
    suspend(table, ACME)  # its commit comes after that of the acceptance
    assert accepted[0]
    reactivate(table, ACME)
    before = world.stored_offer(second)
    meanwhile(monkeypatch, lambda: suspend(table, ACME))
    assert reason(world.try_accept(second)) == SUSPENDED
    assert world.stored_offer(second) == before
