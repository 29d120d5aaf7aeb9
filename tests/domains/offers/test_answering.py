"""Answering offers: the effects of each answer, its permissions and its deadline."""

from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.records import MEMBERSHIPS
from souk.domains.agreements.model import DeliveryModel, Fees, PayType
from souk.domains.contracts.model import ChangedAs, Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.jobs.model import Status
from souk.domains.market import store
from souk.domains.market.store import ACTIVITY, CLIENT_RECORDS, FREELANCER_RECORDS, relations_for_search
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.rules.requirements import MAX_OPEN
from souk.domains.offers.commands import answering
from souk.domains.offers.model import OfferState
from souk.domains.offers.rules.creating import LIFETIME
from souk.domains.offers.rules.terms import MAX_MILESTONES
from souk.domains.offers.store import OFFERS, mark_open
from souk.domains.proposals.model import ClientStatus
from souk.storage import Table
from tests.support.api import Answer, Person, person
from tests.support.audit import audit
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, OLIVIA, SOFIA, STUDIO
from tests.support.worlds.offers import ACCEPT, DECLINE, FIXED, WITHDRAW, OffersWorld

CLOSE = "mutation ($id: ID!, $reason: ID) { closeJobPosting(id: $id, reasonId: $reason) { id } }"
LATE = LIFETIME + timedelta(minutes=1)


def answer(who: Person, mutation: str, offer_id: str, **fields: Any) -> Answer:
    return who.call(mutation, {"input": {"offerId": offer_id, **fields}})


def contract(world: OffersWorld, contract_id: str) -> Contract:
    found = world.souk.table.get(CONTRACTS, contract_id, consistent=True)
    assert found is not None
    return found


def expire(world: OffersWorld, offer_id: str) -> None:
    """Move an offer past its deadline."""
    table = world.souk.table
    tx = table.transaction()
    over = {"expires": "2026-01-01T00:00:00.000Z"}
    tx.update(OFFERS, world.stored_offer(offer_id).model_copy(update=over))
    tx.commit()


def test_accept_makes_hourly_contract(world: OffersWorld) -> None:
    job = world.post_job()
    proposal = world.add_proposal(job)
    offer_id = world.make_offer(job)
    made = contract(world, world.accept_offer(offer_id))
    offer = world.stored_offer(offer_id)
    assert (offer.state, offer.contract_id) == (OfferState.COMMITTED, made.id)
    assert (made.offer_id, made.job_id, made.proposal_id) == (offer_id, job, proposal.id)
    assert (made.status, made.pay, made.term.rate) == (ContractStatus.ACTIVE, PayType.HOURLY, 4_500)
    assert [one.hours for one in made.hour_limits] == [20]
    assert made.delivery_model is DeliveryModel.TALENT_MARKETPLACE
    assert (made.supervisor_id, made.changed_by_id, made.changed_as) == (OLIVIA, SOFIA, ChangedAs.PROFESSIONAL)
    assert made.fees == Fees(client=500, vendor=1_000)
    assert made.enterprise  # Acme pays on account
    assert world.stored_proposal(proposal.id).client_status is ClientStatus.HIRED
    assert world.events_of("OFFER", "Vendor JA", "Client JA") == [
        ("Vendor JA", "ClientOffer"),
        ("Client JA", "ClientAccept"),
        ("OFFER", "CREATE"),
        ("Vendor JA", "VendorAcceptOffer"),
        ("Vendor JA", "ClientHire"),
        ("Client JA", "VendorAcceptOffer"),
        ("OFFER", "ACCEPTED"),
    ]
    table = world.souk.table
    assert table.read_tally(CLIENT_RECORDS, ACME).hires == 1
    assert table.read_tally(FREELANCER_RECORDS, SOFIA).contracts == 1
    assert table.read_tally(ACTIVITY, job).hired == 1
    assert relations_for_search(table, SOFIA, with_clients=True).clients[ACME].record_id == made.id


def test_accept_moves_milestones_to_contract(world: OffersWorld) -> None:
    offer_id = world.make_offer(world.post_job(by_the_hour=False), **FIXED)
    made = contract(world, world.accept_offer(offer_id))
    milestones = world.milestones(offer_id)
    assert {(one.state, one.contract_id) for one in milestones} == {(MilestoneState.NOT_FUNDED, made.id)}
    assert made.milestone_ids == tuple(one.id for one in milestones)
    assert (made.term.price, made.hour_limits) == (100_000, ())
    audit(world.souk.table)


def test_relation_to_client_names_last_contract(world: OffersWorld) -> None:
    world.accept_offer(world.make_offer(world.post_job()))
    last = world.accept_offer(world.make_offer(world.post_job()))
    assert relations_for_search(world.souk.table, SOFIA, with_clients=True).clients[ACME].record_id == last
    assert world.souk.table.read_tally(CLIENT_RECORDS, ACME).hires == 2


def test_contract_starts_as_agreed_or_now(world: OffersWorld) -> None:
    future = contract(world, world.accept_offer(world.make_offer(world.post_job(), contractStartDateTime="2099-01-01")))
    assert future.starts == future.term.starts == "2099-01-01T00:00:00.000Z"
    past = contract(world, world.accept_offer(world.make_offer(world.post_job(), contractStartDateTime="2020-01-01")))
    assert past.starts == past.created


@pytest.mark.parametrize(
    ("mutation", "state", "told"),
    [(DECLINE, OfferState.DECLINED, "DECLINE"), (WITHDRAW, OfferState.WITHDRAWN, "WITHDREW")],
)
def test_offer_ends_without_contract(world: OffersWorld, mutation: str, state: OfferState, told: str) -> None:
    job = world.post_job(by_the_hour=False)
    proposal = world.add_proposal(job, client_status=ClientStatus.ACTIVATED)
    offer_id = world.make_offer(job, **FIXED)
    who = world.sofia if mutation == DECLINE else world.olivia
    assert answer(who, mutation, offer_id, message="Sorry.").data
    offer = world.stored_offer(offer_id)
    assert offer.state is state
    assert offer.last_event is not None
    assert offer.last_event.message == "Sorry."
    assert {one.state for one in world.milestones(offer_id)} == {MilestoneState.OFFER_CANCELLED}
    assert world.stored_proposal(proposal.id).client_status is ClientStatus.ACTIVATED  # where it stood before
    assert world.events_of("OFFER")[-1] == ("OFFER", told)
    for late, somebody in ((ACCEPT, world.sofia), (DECLINE, world.sofia), (WITHDRAW, world.olivia)):
        assert answer(somebody, late, offer_id).code == "CONFLICT"
    assert world.make_offer(job, **FIXED)  # there is room for another
    audit(world.souk.table)


def test_maximum_of_milestones_is_answered_at_once(world: OffersWorld) -> None:
    part = {"amount": {"amount": "7", "currency": "USD"}, "description": "Part"}
    whole = {"amount": str(7 * MAX_MILESTONES), "currency": "USD"}
    many = {"milestoneTerms": {"budget": whole, "milestoneList": [part] * MAX_MILESTONES}}
    more = "mutation ($input: CreateMilestoneInput!) { createMilestoneV2(input: $input) { id } }"
    for mutation, who in ((ACCEPT, world.sofia), (WITHDRAW, world.olivia)):
        job = world.post_job(by_the_hour=False)
        world.add_proposal(job)
        offer_id = world.make_offer(job, closeOnAccept=True, **many)
        for _ in range(MAX_MILESTONES, MAX_OPEN):
            added = {"offerId": offer_id, "description": "More", "depositAmount": "1"}
            assert world.olivia.call(more, {"input": added}).data
        assert answer(who, mutation, offer_id).data
        assert len({one.state for one in world.milestones(offer_id)}) == 1
    audit(world.souk.table)


def test_former_member_cannot_be_hired(world: OffersWorld) -> None:
    offer_id = world.make_offer(world.post_job())
    ada = person(world.souk, "507", STUDIO)  # leads the organization that Sofia leaves
    table = world.souk.table
    held = table.get(MEMBERSHIPS, SOFIA, STUDIO, consistent=True)
    assert held is not None
    tx = Table(table.client, table.name, CLOCK, writes=("ORG#", "USER#")).transaction()
    tx.delete(MEMBERSHIPS, held)
    tx.commit()
    assert world.try_accept(offer_id, ada).code == "CONFLICT"
    assert answer(ada, DECLINE, offer_id).data


def test_unknown_reason_is_refused(world: OffersWorld) -> None:
    offer_id = world.make_offer(world.post_job())
    for reason in ("1201", "2009", "x", ""):  # of something else, hidden, none at all
        assert answer(world.sofia, DECLINE, offer_id, reasonId=reason).code == "UNPROCESSABLE_CONTENT"
    assert answer(world.sofia, DECLINE, offer_id, reasonId="2003", message="\0").code == "UNPROCESSABLE_CONTENT"
    assert answer(world.sofia, DECLINE, offer_id, reasonId="2003").data
    withdrawn = world.make_offer(world.post_job())
    reason = "OFFER_WITHDRAW_REASON_SENT_BY_ACCIDENT"
    assert answer(world.olivia, WITHDRAW, withdrawn, withdrawalReason=reason).data
    event = world.stored_offer(withdrawn).last_event
    assert event is not None
    assert event.reason_id == reason


def test_each_side_can_only_do_its_part(world: OffersWorld) -> None:
    offer_id = world.make_offer(world.post_job())
    for mutation, own, other in ((ACCEPT, world.sofia, world.olivia), (WITHDRAW, world.olivia, world.sofia)):
        assert answer(other, mutation, offer_id).code == "FORBIDDEN"
        assert answer(world.omar, mutation, offer_id).code == "NOT_FOUND"
        assert answer(own, mutation, "1").code == "NOT_FOUND"
        assert answer(own, mutation, "#\0" * 3_000).code == "NOT_FOUND"
    assert world.stored_offer(offer_id).state is OfferState.ACTIVE


def test_unanswered_offer_expires(world: OffersWorld) -> None:
    job = world.post_job(by_the_hour=False)
    proposal = world.add_proposal(job)
    offer_id = world.make_offer(job, **FIXED)
    now = CLOCK.market()
    world.souk.run_due(now + LIFETIME - timedelta(minutes=1))
    assert world.stored_offer(offer_id).state is OfferState.ACTIVE
    world.souk.run_due(now + LATE)
    assert world.stored_offer(offer_id).state is OfferState.EXPIRED
    assert world.events_of("OFFER") == [("OFFER", "CREATE"), ("OFFER", "EXPIRED")]
    assert world.stored_proposal(proposal.id).client_status is ClientStatus.CREATED
    assert {one.state for one in world.milestones(offer_id)} == {MilestoneState.OFFER_CANCELLED}
    audit(world.souk.table)


def test_answer_after_deadline_conflicts(world: OffersWorld) -> None:
    offer_id = world.make_offer(world.post_job())
    expire(world, offer_id)
    assert answer(world.sofia, ACCEPT, offer_id).code == "CONFLICT"
    assert answer(world.sofia, DECLINE, offer_id).code == "CONFLICT"
    assert answer(world.olivia, WITHDRAW, offer_id).code == "CONFLICT"


def test_answered_offer_does_not_expire(world: OffersWorld) -> None:
    offer_id = world.make_offer(world.post_job())
    world.accept_offer(offer_id)
    world.souk.run_due(CLOCK.market() + LATE)
    assert world.stored_offer(offer_id).state is OfferState.COMMITTED


def test_accept_closes_posting_if_requested(world: OffersWorld) -> None:
    job = world.post_job()
    world.accept_offer(world.make_offer(job, closeOnAccept=True))
    world.souk.run_due()
    closed = world.stored_job(job)
    assert (closed.status, closed.reason_id) == (Status.FILLED, "1901")
    assert world.events_of("JP") == [("JP", "NEW"), ("JP", "CLOSE")]
    other = world.post_job()
    world.accept_offer(world.make_offer(other))
    world.souk.run_due()
    assert world.stored_job(other).status is Status.REQUESTED


@pytest.mark.parametrize(("reason", "state"), [("1904", OfferState.CANCELED), ("1901", OfferState.ACTIVE)])
def test_cancelled_posting_cancels_its_offers(world: OffersWorld, reason: str, state: OfferState) -> None:
    job = world.post_job()
    offer_id, elsewhere = world.make_offer(job), world.make_offer(world.post_job())
    assert world.olivia.call(CLOSE, {"id": job, "reason": reason}).data
    world.souk.run_due()
    assert world.stored_offer(offer_id).state is state
    assert world.stored_offer(elsewhere).state is OfferState.ACTIVE
    assert (("OFFER", "CANCELLED") in world.events_of("OFFER")) is (state is OfferState.CANCELED)
    if state is OfferState.ACTIVE:
        assert world.accept_offer(offer_id)  # an offer is a promise


def test_many_cancellations_continue_in_another_run(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_job()
    table, first = world.souk.table, world.stored_offer(world.make_offer(job))
    offers = [first]
    for at in range(6):
        parties = first.parties.model_copy(update={"vendor_user_id": f"90{at}"})
        tx = table.transaction()
        copied = tx.create(OFFERS, first.model_copy(update={"id": table.new_id(), "parties": parties}))
        mark_open(tx, copied)
        tx.commit()
        offers.append(copied)
    monkeypatch.setattr(store, "_CHUNK", 2)
    monkeypatch.setattr(answering, "_MOST_CANCELLED", 3)
    assert world.olivia.call(CLOSE, {"id": job, "reason": "1904"}).data
    answering.cancel_offers_for(table, job, CLOCK.market())
    states = [world.stored_offer(one.id).state for one in offers]
    assert states.count(OfferState.CANCELED) == 3
    world.souk.run_due()
    assert {world.stored_offer(one.id).state for one in offers} == {OfferState.CANCELED}
    assert [*store.open_offers_for(table, job)] == []


def test_offer_past_deadline_expires_with_cancelled_posting(world: OffersWorld) -> None:
    job = world.post_job()
    offer_id = world.make_offer(job)
    expire(world, offer_id)
    assert world.olivia.call(CLOSE, {"id": job, "reason": "1904"}).data
    world.souk.run_due()
    world.souk.run_due(CLOCK.market() + LATE)
    assert world.events_of("OFFER") == [("OFFER", "CREATE"), ("OFFER", "EXPIRED")]
