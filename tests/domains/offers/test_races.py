"""Concurrent answers to one offer: one wins, the other gets an error, and nothing is partly written."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from souk.domains.jobs.model import Status
from souk.domains.offers.model import OfferState
from souk.domains.offers.rules.creating import LIFETIME
from souk.values.errors import Conflict
from tests.support.api import Answer
from tests.support.audit import audit
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.offers import ACCEPT, DECLINE, FIXED, WITHDRAW, OffersWorld

LATE = LIFETIME + timedelta(minutes=1)


@dataclass(frozen=True)
class Answering:
    """An answer to an offer, and the resulting state."""

    mutation: str
    by_client: bool
    state: OfferState
    told: str

    def give(self, world: OffersWorld, offer_id: str) -> Answer:
        who = world.olivia if self.by_client else world.sofia
        return who.call(self.mutation, {"input": {"offerId": offer_id}})


ACCEPTING = Answering(ACCEPT, by_client=False, state=OfferState.COMMITTED, told="ACCEPTED")
DECLINING = Answering(DECLINE, by_client=False, state=OfferState.DECLINED, told="DECLINE")
WITHDRAWING = Answering(WITHDRAW, by_client=True, state=OfferState.WITHDRAWN, told="WITHDREW")
ANSWERS = (ACCEPTING, DECLINING, WITHDRAWING)


def offered(world: OffersWorld) -> str:
    """Make an offer with a proposal, milestones and a note, which an answer also changes."""
    assert all((world.olivia.token, world.sofia.token))  # their own records are written before the race
    job = world.post_job(by_the_hour=False)
    world.add_proposal(job)
    return world.make_offer(job, customFields=[{"key": "cost centre", "value": "4711"}], **FIXED)


@pytest.mark.parametrize("late", ANSWERS)
@pytest.mark.parametrize("quick", ANSWERS)
def test_concurrent_answers_one_wins(
    world: OffersWorld, monkeypatch: pytest.MonkeyPatch, quick: Answering, late: Answering
) -> None:
    offer_id = offered(world)
    first = meanwhile(monkeypatch, lambda: quick.give(world, offer_id))
    assert late.give(world, offer_id).code == "CONFLICT"
    assert first[0].data
    assert world.stored_offer(offer_id).state is quick.state
    assert world.events_of("OFFER") == [("OFFER", "CREATE"), ("OFFER", quick.told)]
    audit(world.souk.table)


@pytest.mark.parametrize("quick", ANSWERS)
def test_offer_answered_during_expiry_stays_answered(
    world: OffersWorld, monkeypatch: pytest.MonkeyPatch, quick: Answering
) -> None:
    offer_id = offered(world)
    world.souk.run_due()  # nothing but the expiry is left
    begun = CLOCK.market()

    def answer_in_time() -> Answer:
        CLOCK.at(begun)
        return quick.give(world, offer_id)

    first = meanwhile(monkeypatch, answer_in_time)
    with pytest.raises(Conflict):  # then the clock comes again, and there is nothing to do
        world.souk.run_due(CLOCK.market() + LATE)
    world.souk.run_due(CLOCK.market() + LATE + timedelta(hours=1))
    assert first[0].data
    assert world.stored_offer(offer_id).state is quick.state
    assert ("OFFER", "EXPIRED") not in world.events_of("OFFER")
    audit(world.souk.table)


@pytest.mark.parametrize("late", ANSWERS)
def test_answer_during_expiry_conflicts(world: OffersWorld, monkeypatch: pytest.MonkeyPatch, late: Answering) -> None:
    offer_id = offered(world)
    meanwhile(monkeypatch, lambda: world.souk.run_due(CLOCK.market() + LATE))
    assert late.give(world, offer_id).code == "CONFLICT"
    assert world.stored_offer(offer_id).state is OfferState.EXPIRED
    audit(world.souk.table)


def test_concurrent_offers_for_posting_one_is_made(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_job()
    assert all((world.olivia.token, world.sofia.token))
    wanted = world.offer_input(job)
    first = meanwhile(monkeypatch, lambda: world.try_offer(wanted))
    assert world.try_offer(wanted).code == "CONFLICT"
    assert first[0].data
    assert world.events_of("OFFER") == [("OFFER", "CREATE")]


def test_concurrent_requests_with_one_key_get_same_offer(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.olivia.token
    wanted = world.offer_input(world.post_job(), idempotencyKey="once")
    first = meanwhile(monkeypatch, lambda: world.try_offer(wanted))
    assert world.try_offer(wanted).data == first[0].data
    assert world.events_of("OFFER") == [("OFFER", "CREATE")]


def test_key_of_other_request_conflicts(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.olivia.token
    here, there = (world.offer_input(world.post_job(), idempotencyKey="once") for _ in range(2))
    first = meanwhile(monkeypatch, lambda: world.try_offer(here))
    assert world.try_offer(there).code == "CONFLICT"
    assert first[0].data
    assert world.events_of("OFFER") == [("OFFER", "CREATE")]


def test_offer_for_posting_closed_meanwhile_conflicts(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_job()
    assert world.olivia.token
    close = "mutation ($id: ID!) { closeJobPosting(id: $id) { id } }"
    meanwhile(monkeypatch, lambda: world.olivia.call(close, {"id": job}))
    assert world.try_offer(world.offer_input(job)).code == "CONFLICT"
    assert world.events_of("OFFER") == []
    assert world.stored_job(job).status is Status.CANCELLED


def test_accept_wins_over_cancelled_posting(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_job()
    offer_id = world.make_offer(job)
    assert world.sofia.token
    world.olivia.call("mutation ($id: ID!) { closeJobPosting(id: $id) { id } }", {"id": job})
    first = meanwhile(monkeypatch, lambda: ACCEPTING.give(world, offer_id))
    with pytest.raises(Conflict):
        world.souk.run_due()
    world.souk.run_due(CLOCK.market() + timedelta(hours=1))
    assert first[0].data
    assert world.stored_offer(offer_id).state is OfferState.COMMITTED
    audit(world.souk.table)
