"""What the releases before have written still works: each of their tables is loaded, and lived on with today's code.

It guards stored names and forms, which no other test sees: keys, indexes, fields, states, kinds of deadlines, what
payment providers were given. Where it fails, an installation that upgrades would lose something. Mend the code, not the
recorded tables: they are never recorded anew (`record.py` makes one for each release).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from souk.app import CLOCK, FUNCTIONS, OWNERS
from souk.authentication.records import held_keys_key
from souk.deadlines.poller import DeadlinePoller
from souk.deadlines.runner import due_event
from souk.domains.contracts.store import CONTRACTS, contract_of_term
from souk.domains.gigs.store import GIGS, gig_id_of, owned_key
from souk.domains.identity.store import ORGANIZATIONS, USERS, user_by_email, user_by_nickname, user_by_subject
from souk.domains.jobs.model import Status as JobStatus
from souk.domains.jobs.store import JOBS, posted_key
from souk.domains.ledger.store import BOOKINGS, balance_key, month_key, month_of
from souk.domains.market.store import (
    ACTIVITY,
    CLIENT_RECORDS,
    FREELANCER_RECORDS,
    activity_key,
    client_record_key,
    freelancer_record_key,
)
from souk.domains.milestones.commands.charges import FUND
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.store import MILESTONES, milestone_by_id, milestone_of_submission
from souk.domains.offers.model import OfferState
from souk.domains.offers.store import OFFERS
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers import sandbox, stripe
from souk.domains.payments.providers.port import PaymentStatus
from souk.domains.payments.providers.sandbox import Sandbox
from souk.domains.payments.rules.orders import SETTLED
from souk.domains.payments.store import ORDERS, RECONCILE
from souk.domains.payments.web import application
from souk.domains.proposals.rules.states import UNDECIDED
from souk.domains.proposals.store import PROPOSALS
from souk.storage import Key, Table, Tally
from souk.web.signing import Signer
from tests.support.actor import CREATE_OFFER
from tests.support.api import proxy_event
from tests.support.audit import audit
from tests.support.stripe_account import StripeAccount
from tests.support.worlds.gigs import ORDER
from tests.support.worlds.webhooks import CREATE as CREATE_SUBSCRIPTION
from tests.upgrade.account_scenario import gig_order
from tests.upgrade.api_answers import answer, search_from
from tests.upgrade.environment import Surroundings, surroundings
from tests.upgrade.hiring_scenario import browser, keyed_offer, order_of, paid_by_stripe
from tests.upgrade.people import MIA, NOAH, OLIVIA, SOFIA, Cast
from tests.upgrade.release import Item, Release, recorded, scan
from tests.upgrade.stored_items import (
    collections,
    deadlines,
    entities,
    forgotten,
    key_of,
    open_orders,
    payment_purposes,
)

MOMENT = timedelta(minutes=1)
# Purposes of payments have new names, and what they need stands in `details`: `souk.domains.payments.model`.
_MOVED = {"Payment": {".purpose", ".offerId", ".milestoneId", ".approval", ".notes"}}
"""Fields of a kind of item that today's code stores elsewhere; the tests of payments below show that they are read."""
ROUNDS = 20
"""Work that is due may note more of it, which ends."""


@pytest.fixture(scope="module", params=recorded(), ids=lambda path: path.name)
def release(request: pytest.FixtureRequest) -> Release:
    """Return what a release wrote."""
    path: Path = request.param
    return Release.read(path)


@pytest.fixture
def around(release: Release) -> Iterator[Surroundings]:
    """Return the API over the table of a release, a moment after it was written."""
    with surroundings() as made:
        release.load(made.souk.table)
        made.at(release.recorded + MOMENT)
        yield made


def test_there_is_a_recorded_release() -> None:
    assert recorded(), "python -m tests.upgrade.record"


# Every item


def test_every_entity_is_read_whole_and_written_where_it_was(release: Release) -> None:
    known = collections()
    for item in release.items:
        if "doc" not in item:
            continue
        readers = known[item["type"]["S"]]
        written = [one.encode(one.decode(item)) for one in readers]
        (kept,) = [one for one in written if one.keys() == item.keys()]
        assert {name: kept[name] for name in item if name != "doc"} == {
            name: value for name, value in item.items() if name != "doc"
        }
        lost = set(forgotten(orjson.loads(item["doc"]["S"]), orjson.loads(kept["doc"]["S"])))
        assert lost <= _MOVED.get(item["type"]["S"], set()), (key_of(item), item["type"]["S"])


def test_every_number_is_found_where_it_was(release: Release) -> None:
    """Counters and tallies have no type: the code of today has to look for each of them where it is."""
    counters, tallies = set(_counters(release.items)), dict(_tallies(release.items))
    for item in release.items:
        if "counted" in item:
            assert key_of(item) in counters
        elif "type" not in item:
            assert key_of(item) in tallies
            assert item.keys() - {"PK", "SK"} <= set(tallies[key_of(item)].attributes), key_of(item)


def _counters(items: list[Item]) -> Iterator[Key]:
    for organization in entities(items, ORGANIZATIONS):
        yield from (make(organization.id) for make in (held_keys_key, posted_key))
        yield Key(f"WEBHOOKS#{organization.id}", "COUNT")  # test_another_webhook_counts_with_the_others
    for user in entities(items, USERS):
        yield owned_key(user.id)
    for booking in entities(items, BOOKINGS):
        for line in booking.lines:
            yield balance_key(line.account)
            yield month_key(line.account, month_of(booking.at))


def _tallies(items: list[Item]) -> Iterator[tuple[Key, Tally[Any]]]:
    yield from ((client_record_key(one.id), CLIENT_RECORDS) for one in entities(items, ORGANIZATIONS))
    yield from ((freelancer_record_key(one.id), FREELANCER_RECORDS) for one in entities(items, USERS))
    yield from ((activity_key(one.id), ACTIVITY) for one in entities(items, JOBS))


def test_every_unique_value_still_has_its_holder(around: Surroundings, release: Release) -> None:
    """What was taken stays taken, and leads where it led."""
    table, items = around.souk.table, release.items
    found = 0
    for user in entities(items, USERS):
        for holder in (
            user_by_email(table, user.email),
            user_by_nickname(table, user.nickname),
            user_by_subject(table, user.subject or ""),
        ):
            found += holder is not None and holder.id == user.id
    for contract in entities(items, CONTRACTS):
        for term in contract.terms:
            assert contract_of_term(table, term.id) == contract
            found += 1
    for milestone in entities(items, MILESTONES):
        assert milestone_by_id(table, milestone.id) == milestone
        assert all(milestone_of_submission(table, one.id) == milestone.id for one in milestone.submissions)
        found += 1 + len(milestone.submissions)
    for gig in entities(items, GIGS):
        slugs = [one for one in (gig.slug, *gig.former_slugs) if one is not None]
        assert all(gig_id_of(table, slug) == gig.id for slug in slugs)
        found += len(slugs)
    keys = sum(one.idempotency_key is not None for one in entities(items, OFFERS))  # test_repeated_requests
    assert found + keys == sum(item["SK"]["S"] == "UNIQ" for item in items)


# Reading


def test_people_are_answered_what_they_were_answered(around: Surroundings, release: Release) -> None:
    around.at(release.recorded)
    search_from(around.souk.table, release.items, around.patch)
    cast = Cast.of(around.souk)
    for one in release.readings:
        assert answer(cast.persons[one.who], one.query, one.variables) == one.answer, (one.who, one.query)


# Going on


def test_repeated_requests_get_what_they_made(around: Surroundings, release: Release) -> None:
    cast = Cast.of(around.souk)
    made = {one.source_type: one for one in entities(release.items, OFFERS) if one.idempotency_key}
    offer, order = made["JobPosting"], made["CatalogProjectOrderUid"]
    wanted = keyed_offer(cast.actors[OLIVIA], cast.actors[NOAH], offer.job_id)
    assert cast.actors[OLIVIA].answer(CREATE_OFFER, input=wanted)["offer"]["id"] == offer.id
    (gig,) = (one for one in entities(release.items, GIGS) if one.packages and one.title == "Draw a logo")
    again = cast.actors[OLIVIA].answer(ORDER, input=gig_order(cast.persons[OLIVIA], gig.id))
    assert again["contract"]["id"] == order.contract_id


def test_another_webhook_counts_with_the_others(around: Surroundings, release: Release) -> None:
    olivia = Cast.of(around.souk).persons[OLIVIA]
    wanted = {"url": "https://more.acme.test/", "events": [{"entity": "JP", "actions": []}]}
    assert olivia.call(CREATE_SUBSCRIPTION, {"input": wanted}).data
    key = Key(f"WEBHOOKS#{olivia.organization_id}", "COUNT")
    before, after = (
        next(int(item["counted"]["N"]) for item in items if key_of(item) == key)
        for items in (release.items, scan(around.souk.table))
    )
    assert after == before + 1


def test_work_goes_on(around: Surroundings, release: Release) -> None:
    """Open offers are accepted, milestones are submitted, approved and funded, and contracts are ended and reviewed."""
    cast, items = Cast.of(around.souk), release.items
    client = cast.actors[OLIVIA]
    by_id = {cast.actors[who].user_id: cast.actors[who] for who in (SOFIA, NOAH, MIA)}
    for milestone in entities(items, MILESTONES):
        offer = around.souk.table.get(OFFERS, milestone.offer_id)
        assert offer is not None
        if offer.parties.client_user_id != client.user_id:
            continue
        freelancer = by_id[offer.parties.vendor_user_id]
        if milestone.state is MilestoneState.NOT_FUNDED:
            assert client.activate(milestone.id)["state"] == "Active"
        elif milestone.state in (MilestoneState.ACTIVE, MilestoneState.REJECTED):
            assert freelancer.submit(milestone.id, "It goes on.")["state"] == "Submitted"
        elif milestone.state is MilestoneState.SUBMITTED:
            assert client.approve(milestone.id, paidAmount=str(milestone.deposit))["state"] == "Paid"
    accepted = 0
    for offer in entities(items, OFFERS):
        if offer.state is OfferState.ACTIVE:
            made = by_id[offer.parties.vendor_user_id].accept(offer.id)
            assert made["offerId"] == offer.id
            client.end_as_client(made["id"], "1201" if made["terms"]["hourlyTerms"] else "1301")
            assert client.review(made["id"], 5, "As before.")["clientFeedback"]["score"] == 5.0
            accepted += 1
    assert accepted
    audit(around.souk.table)


# What is due


def test_every_deadline_that_was_noted_is_done(around: Surroundings, release: Release) -> None:
    souk, noted = around.souk, deadlines(release.items)
    own = Table(souk.table.client, souk.table.name, souk.table.clock, FUNCTIONS[CLOCK].writes)
    poller = DeadlinePoller(own, souk.invoke, OWNERS)
    for one in noted:
        assert poller.sweep([one.hour], datetime.fromisoformat(one.at)).failed == 0, one
    left = {(one.kind, one.id, one.version) for one in deadlines(scan(souk.table))}
    assert left.isdisjoint((one.kind, one.id, one.version) for one in noted)
    until = datetime.fromisoformat(noted[-1].at)
    _run_until(poller, souk.table, until)

    items = scan(souk.table)
    assert all(one.state is not OfferState.ACTIVE for one in entities(items, OFFERS))
    assert all(
        one.state in SETTLED | {OrderState.EXPIRED} for one in entities(items, ORDERS) if one.provider == sandbox.NAME
    )
    jobs = {one.id: one for one in entities(items, JOBS)}
    for proposal in entities(items, PROPOSALS):
        assert jobs[proposal.job_id].status is JobStatus.REQUESTED or proposal.client_status not in UNDECIDED
    before = {one.id: one for one in entities(release.items, CONTRACTS)}
    risen = [one for one in entities(items, CONTRACTS) if len(one.terms) > len(before[one.id].terms)]
    assert {one.title for one in risen} == {one.title for one in before.values() if one.next_raise}
    assert any(jobs[one.id].status is JobStatus.FILLED is not one.status for one in entities(release.items, JOBS))
    queued = around.sqs.receive_message(QueueUrl=next(iter(around.queues.values())), MaxNumberOfMessages=10)
    assert queued["Messages"]
    audit(souk.table)


def _run_until(poller: DeadlinePoller, table: Table, until: datetime) -> None:
    """Do what that work has noted in turn."""
    for _ in range(ROUNDS):
        due = [one for one in deadlines(scan(table)) if datetime.fromisoformat(one.at) <= until]
        if not due:
            return
        assert poller.sweep(dict.fromkeys(one.hour for one in due), until).failed == 0
    raise AssertionError(f"More is due after {ROUNDS} rounds.")


# Payments that were under way


def test_sandbox_payments_are_paid_and_fail(around: Surroundings) -> None:
    """Checkouts on their pages, at the addresses that were given; charges by the clock, from what the sandbox knows."""
    souk, page = around.souk, browser(around.souk)
    untouched = [one for one in _open(souk.table, sandbox.NAME, FUND) if not _taken(souk.table, one)]
    for order, decision, state in zip(
        untouched, ("pay", "refuse"), (OrderState.FULFILLED, OrderState.DECLINED), strict=False
    ):
        page.submit(page.get(order.return_url), button=f"decision={decision}")
        assert order_of(souk.table, order.id).state is state
    expected = []
    for purpose in sorted(payment_purposes()):
        for order in _open(souk.table, sandbox.NAME, purpose):
            paid = _taken(souk.table, order)
            if not paid and purpose != FUND:
                Sandbox(souk.table).settle(order, PaymentStatus.DECLINED, "The card was declined.")
            failed = OrderState.EXPIRED if purpose == FUND else OrderState.DECLINED
            expected.append((order, OrderState.FULFILLED if paid else failed))
    assert {(one.purpose, state is OrderState.FULFILLED) for one, state in expected} == {
        (purpose, paid) for purpose in payment_purposes() for paid in (True, False)
    }
    for order, state in expected:
        souk.invoke("contracts", due_event(RECONCILE, order.id, datetime.fromisoformat(order.expires)))
        assert order_of(souk.table, order.id).state is state, order
    audit(souk.table)


def _open(table: Table, name: str, purpose: str) -> list[PaymentOrder]:
    return open_orders(scan(table), name, purpose)


def _taken(table: Table, order: PaymentOrder) -> bool:
    return Sandbox(table).look_up(order).status is PaymentStatus.PAID


def test_stripe_payments_are_paid_and_fail(around: Surroundings) -> None:
    """As Stripe tells by its webhooks of what it was asked for by the release before."""
    table = around.souk.table
    with paid_by_stripe(around.patch) as account:
        web = application(around.souk.tables["contracts"], Signer(lambda: b"another"), provider)
        for purpose in sorted(payment_purposes()):
            paid, failed = _open(table, stripe.NAME, purpose)
            for order, well in ((paid, True), (failed, False)):
                payload, signature = account.webhook("what has happened", _at_stripe(account, order, well=well))
                event = proxy_event(payload.decode(), {"Stripe-Signature": signature}, "/payments/stripe")
                assert web(event, SimpleNamespace(aws_request_id="request"))["statusCode"] == 200
            assert order_of(table, paid.id).state is OrderState.FULFILLED
            assert order_of(table, failed.id).state in (OrderState.EXPIRED, OrderState.DECLINED)
    audit(table)


def _at_stripe(account: StripeAccount, order: PaymentOrder, *, well: bool) -> dict[str, Any]:
    """Return a payment as Stripe has it, where it ended well or not."""
    about = {"id": order.reference, "metadata": {"souk_order": order.id}}
    reference = order.reference or ""
    if order.checkout:
        outcome = {"status": "complete" if well else "expired", "payment_status": "paid" if well else "unpaid"}
        account.sessions[reference] = {"object": "checkout.session", "url": order.url, **about, **outcome}
        return account.sessions[reference]
    status = "succeeded" if well else "requires_payment_method"
    account.intents[reference] = {"object": "payment_intent", "last_payment_error": None, "status": status, **about}
    return account.intents[reference]
