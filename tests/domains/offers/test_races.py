"""Two at once on one offer: one wins, the other is told, and nothing is half-written."""

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
from tests.support.hiring import ACCEPT, DECLINE, FIXED, WITHDRAW, Hiring
from tests.support.racing import meanwhile

LATE = LIFETIME + timedelta(minutes=1)


@dataclass(frozen=True)
class Answering:
    """Somebody's answer to an offer, and what it makes of the offer."""

    mutation: str
    by_client: bool
    state: OfferState
    told: str

    def give(self, hiring: Hiring, offer_id: str) -> Answer:
        who = hiring.olivia if self.by_client else hiring.sofia
        return who.call(self.mutation, {"input": {"offerId": offer_id}})


ACCEPTING = Answering(ACCEPT, by_client=False, state=OfferState.COMMITTED, told="ACCEPTED")
DECLINING = Answering(DECLINE, by_client=False, state=OfferState.DECLINED, told="DECLINE")
WITHDRAWING = Answering(WITHDRAW, by_client=True, state=OfferState.WITHDRAWN, told="WITHDREW")
ANSWERS = (ACCEPTING, DECLINING, WITHDRAWING)


def offered(hiring: Hiring) -> str:
    """Make an offer upon a proposal, with milestones: all that an answer changes is there."""
    assert all((hiring.olivia.token, hiring.sofia.token))  # their own records are written before the race
    job = hiring.job(by_the_hour=False)
    hiring.proposal(job)
    return hiring.offered(job, **FIXED)


@pytest.mark.parametrize("late", ANSWERS)
@pytest.mark.parametrize("quick", ANSWERS)
def test_of_two_answers_one_wins(
    hiring: Hiring, monkeypatch: pytest.MonkeyPatch, quick: Answering, late: Answering
) -> None:
    offer_id = offered(hiring)
    first = meanwhile(monkeypatch, lambda: quick.give(hiring, offer_id))
    assert late.give(hiring, offer_id).code == "CONFLICT"
    assert first[0].data
    assert hiring.offer(offer_id).state is quick.state
    assert hiring.told("OFFER") == [("OFFER", "CREATE"), ("OFFER", quick.told)]
    audit(hiring.souk.table)


@pytest.mark.parametrize("quick", ANSWERS)
def test_what_is_answered_as_the_clock_comes_does_not_expire(
    hiring: Hiring, monkeypatch: pytest.MonkeyPatch, quick: Answering
) -> None:
    offer_id = offered(hiring)
    hiring.souk.run_due()  # nothing but the expiry is left
    begun = CLOCK.market()

    def answer_in_time() -> Answer:
        CLOCK.at(begun)
        return quick.give(hiring, offer_id)

    first = meanwhile(monkeypatch, answer_in_time)
    with pytest.raises(Conflict):  # then the clock comes again, and there is nothing to do
        hiring.souk.run_due(CLOCK.market() + LATE)
    hiring.souk.run_due(CLOCK.market() + LATE + timedelta(hours=1))
    assert first[0].data
    assert hiring.offer(offer_id).state is quick.state
    assert ("OFFER", "EXPIRED") not in hiring.told("OFFER")
    audit(hiring.souk.table)


@pytest.mark.parametrize("late", ANSWERS)
def test_what_expires_meanwhile_is_not_answered(
    hiring: Hiring, monkeypatch: pytest.MonkeyPatch, late: Answering
) -> None:
    offer_id = offered(hiring)
    meanwhile(monkeypatch, lambda: hiring.souk.run_due(CLOCK.market() + LATE))
    assert late.give(hiring, offer_id).code == "CONFLICT"
    assert hiring.offer(offer_id).state is OfferState.EXPIRED
    audit(hiring.souk.table)


def test_of_two_offers_for_a_posting_one_is_made(hiring: Hiring, monkeypatch: pytest.MonkeyPatch) -> None:
    job = hiring.job()
    assert all((hiring.olivia.token, hiring.sofia.token))
    wanted = hiring.offer_input(job)
    first = meanwhile(monkeypatch, lambda: hiring.create(wanted))
    assert hiring.create(wanted).code == "CONFLICT"
    assert first[0].data
    assert hiring.told("OFFER") == [("OFFER", "CREATE")]


def test_both_who_ask_with_one_key_get_the_same_offer(hiring: Hiring, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hiring.olivia.token
    wanted = hiring.offer_input(hiring.job(), idempotencyKey="once")
    first = meanwhile(monkeypatch, lambda: hiring.create(wanted))
    assert hiring.create(wanted).data == first[0].data
    assert hiring.told("OFFER") == [("OFFER", "CREATE")]


def test_one_key_is_not_two_offers(hiring: Hiring, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hiring.olivia.token
    here, there = (hiring.offer_input(hiring.job(), idempotencyKey="once") for _ in range(2))
    first = meanwhile(monkeypatch, lambda: hiring.create(here))
    assert hiring.create(there).code == "CONFLICT"
    assert first[0].data
    assert hiring.told("OFFER") == [("OFFER", "CREATE")]


def test_no_offer_is_made_for_what_is_closed_meanwhile(hiring: Hiring, monkeypatch: pytest.MonkeyPatch) -> None:
    job = hiring.job()
    assert hiring.olivia.token
    close = "mutation ($id: ID!) { closeJobPosting(id: $id) { id } }"
    meanwhile(monkeypatch, lambda: hiring.olivia.call(close, {"id": job}))
    assert hiring.create(hiring.offer_input(job)).code == "CONFLICT"
    assert hiring.told("OFFER") == []
    assert hiring.job_now(job).status is Status.CANCELLED


def test_an_acceptance_is_stronger_than_the_end_of_its_posting(hiring: Hiring, monkeypatch: pytest.MonkeyPatch) -> None:
    job = hiring.job()
    offer_id = hiring.offered(job)
    assert hiring.sofia.token
    hiring.olivia.call("mutation ($id: ID!) { closeJobPosting(id: $id) { id } }", {"id": job})
    first = meanwhile(monkeypatch, lambda: ACCEPTING.give(hiring, offer_id))
    with pytest.raises(Conflict):
        hiring.souk.run_due()
    hiring.souk.run_due(CLOCK.market() + timedelta(hours=1))
    assert first[0].data
    assert hiring.offer(offer_id).state is OfferState.COMMITTED
    audit(hiring.souk.table)
