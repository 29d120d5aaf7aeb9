"""Forms of operators about money and machinery: what they change, and what they refuse."""

from datetime import timedelta

import pytest

from souk.deadlines.model import schedule
from souk.domains.ledger.model import BookingKind
from souk.domains.payments.deployment import provider
from souk.domains.payments.web import application
from souk.values.times import stamp
from souk.web.signing import Signer
from tests.accounts.browser import Browser
from tests.console.test_operator import actions
from tests.console.world import Pages
from tests.domains.identity.people import ACME, OLIVIA
from tests.domains.machinery.conftest import Queues, queues
from tests.domains.machinery.test_rebuilds import Indexer, indexer
from tests.support.clock import CLOCK
from tests.support.worlds.milestones import MilestonesWorld, contract

__all__ = ["indexer", "queues"]


@pytest.fixture
def world(pages: Pages) -> MilestonesWorld:
    """Return a world with the contract of a client who pays by checkouts."""
    return MilestonesWorld(pages.souk, contract(enterprise=False))


def pay(pages: Pages, world: MilestonesWorld) -> str:
    """Pay 100.00 USD and the fee for a milestone, and return the id of the payment."""
    milestone = world.add_milestone(10_000)
    checkout = world.mutate_milestone("activateMilestone", id=milestone)["checkout"]
    signer = Signer(lambda: b"a key that only tests use")
    payer = Browser(application(pages.souk.tables["contracts"], signer, provider), base="https://localhost")
    payer.submit(payer.get(checkout["url"]), button="decision=pay")
    payment: str = checkout["id"]
    return payment


def test_booking_is_reversed_and_payment_refunded(pages: Pages, operator: Browser, world: MilestonesWorld) -> None:
    payment = pay(pages, world)
    (funding,) = (one for one in world.bookings() if one.kind == BookingKind.FUNDING)
    page = pages.get_cheaply(operator, f"/operator/money/bookings/{funding.id.replace('/', '~')}/reverse")
    assert "-100.00 USD 0.00 USD" in page.text, "the escrow after the reversal"
    assert operator.submit(page, {"reason": " "}, button="do=reverse").status == 422
    for _ in range(2):  # the same form books once
        done = operator.submit(page, {"reason": "Paid twice."}, button="do=reverse")
        assert "The booking was reversed." in done.text
    assert [one.kind for one in world.bookings()].count(BookingKind.REVERSAL) == 1

    page = pages.get_cheaply(operator, f"/operator/money/payments/{payment}")
    form = {"amount": "40", "confirm": "41", "reason": "Asked."}
    unequal = operator.submit(page, form, button="do=refund")
    assert (unequal.status, "Type the same amount again." in unequal.text) == (422, True)
    much = operator.submit(unequal, {"amount": "4000", "confirm": "4000"}, button="do=refund")
    assert much.status == 422
    done = operator.submit(much, {"amount": "40", "confirm": "40.00"}, button="do=refund")
    assert "The money goes back to the card." in done.text
    assert "Paid back 40.00 USD" in done.text
    assert "The provider was asked." in operator.submit(done, button="do=retry").text
    changes = [one for one in actions(pages) if one[0] in ("reverseBooking", "refundPayment")]
    assert changes == [("reverseBooking", "Paid twice."), ("refundPayment", "Asked.")]


def test_deadline_runs_and_events_are_replayed(pages: Pages, operator: Browser) -> None:
    tx = pages.table.transaction()
    schedule(tx, "offers.expiry", "77", CLOCK.market() + timedelta(hours=3))
    tx.emit("USER", "SUSPEND", OLIVIA, to=[ACME])
    tx.commit()
    page = pages.get_cheaply(operator, "/operator/machinery?entity=77")
    assert "The work is due now." in operator.submit(page, having="id", button="do=run").text
    CLOCK.wait(seconds=1)
    page = pages.get_cheaply(operator, "/operator/machinery?show=events")
    assert "USER SUSPEND" in page.text
    missing = operator.submit(page, {"reason": "Lost."}, button="do=replay")
    assert (missing.status, "Say from when until when" in missing.text) == (422, True)
    span = {"from": stamp(CLOCK.market() - timedelta(hours=1)), "to": stamp(CLOCK.market())}
    replayed = operator.submit(missing, span, having="ids", button="do=replay")
    assert "The events are sent again." in replayed.text
    assert actions(pages) == [("runDeadline", None), ("replayDomainEvents", "Lost.")]


def test_dead_letters_move_back_and_an_index_is_rebuilt(
    pages: Pages, operator: Browser, queues: Queues, indexer: Indexer
) -> None:
    queues.waiting["dead-delivery"] = ["1", "2"]
    page = pages.get_cheaply(operator, "/operator/machinery?show=queues")
    moved = operator.submit(page, {"reason": "Mended."}, button="do=redrive")
    assert "The messages were moved back." in moved.text
    assert queues.sent == [("deliveries", "1"), ("deliveries", "2")]
    queues.waiting["dead-relay"] = ["{}"]
    page = operator.get("/operator/machinery?show=queues")
    refused = operator.submit(page, {"reason": "Mended."}, button="do=redrive")
    assert (refused.status, "Send the events of their time again" in refused.text) == (422, True)

    page = pages.get_cheaply(operator, "/operator/machinery?show=indexes")
    rebuilding = operator.submit(page, {"reason": "Numbers differ."}, button="do=rebuild")
    assert "gigs 8 3 s at first Rebuilding" in rebuilding.text
    pages.souk.run_due()
    assert indexer.steps[-1] == "finish"
    assert actions(pages) == [("redriveDeadLetters", "Mended."), ("rebuildSearchIndex", "Numbers differ.")]
