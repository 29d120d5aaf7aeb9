"""Upgrades from earlier releases: each recorded table is loaded and used with today's code.

No other test sees a change of stored names and formats: keys, indexes, fields, states, kinds of deadlines, data at
payment providers. If a test fails, an upgrade would lose data. Fix the code, and do not record the tables again;
`record.py` writes one table for each release.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
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
from souk.domains.talent.store import PROFILES
from souk.storage import Key, Table, Tally
from souk.web.signing import Signer
from tests.support.actor import CREATE_OFFER
from tests.support.api import proxy_event
from tests.support.audit import audit
from tests.support.stripe_account import StripeAccount
from tests.support.worlds.gigs import ORDER
from tests.support.worlds.webhooks import CREATE as CREATE_SUBSCRIPTION
from tests.upgrade.account_scenario import gig_order_input
from tests.upgrade.api_answers import answer, in_one_form, use_search_indexes
from tests.upgrade.environment import Environment, create_environment
from tests.upgrade.hiring_scenario import browser, offer_input_with_key, payment_order, stripe_payments
from tests.upgrade.people import MIA, NOAH, OLIVIA, SOFIA, People
from tests.upgrade.release import Item, Release, release_files, scan
from tests.upgrade.stored_items import (
    collections,
    deadlines,
    entities,
    key_of,
    lost_fields,
    open_orders,
    payment_purposes,
)

MINUTE = timedelta(minutes=1)
_MOVED = {
    "Payment": {".purpose", ".offerId", ".milestoneId", ".approval", ".notes"},
    "Profile": {".english", *(f".languages.{number}" for number in range(3))},
}
"""Fields that today's code stores elsewhere, by type of item.

Profiles have languages with their levels, and no codes with the level of English beside them.
Payment purposes have new names, and `details` holds their data: see `souk.domains.payments.model`. The payment
tests below show that the old fields are read.
"""
_REINDEXED = {
    "ApiKey": {"GSI1SK"},
    "Gig": {"GSI1SK"},
    "Session": {"GSI2PK", "GSI2SK"},
    "WebhookSubscription": {"GSI2PK", "GSI2SK"},
}
"""Attributes of items that today's code indexes in another way, by type of item.

Sessions are indexed by person now; those of 0.1.0 end within twelve hours. Reviews of subscriptions have items of their
own; those of 0.1.0 are still read from their old index. Revoked keys and deleted gigs have sort keys of their own;
those of 0.1.0 are still read by their old ones.
"""
ROUNDS = 20
"""Work may schedule more work; after this many rounds, the test fails."""


@pytest.fixture(scope="module", params=release_files(), ids=lambda path: path.name)
def release(request: pytest.FixtureRequest) -> Release:
    """Return a recorded release."""
    path: Path = request.param
    return Release.read(path)


@pytest.fixture
def environment(release: Release) -> Iterator[Environment]:
    """Return an environment with the table of a release, a minute after it was recorded."""
    with create_environment() as environment:
        release.load(environment.souk.table)
        environment.set_time(release.recorded_at + MINUTE)
        yield environment


def test_a_release_is_recorded() -> None:
    assert release_files(), "Run: python -m tests.upgrade.record"


# Every item


def test_entities_keep_their_fields_and_keys(release: Release) -> None:
    known = collections()
    for item in release.items:
        if "doc" not in item:
            continue
        readers = known[item["type"]["S"]]
        written = [one.encode(one.decode(item)) for one in readers]
        moved = _REINDEXED.get(item["type"]["S"], set())
        names = item.keys() - moved
        (encoded,) = [one for one in written if _has_attributes(one, names, moved)]
        assert {name: encoded[name] for name in names - {"doc"}} == {name: item[name] for name in names - {"doc"}}
        lost = set(lost_fields(orjson.loads(item["doc"]["S"]), orjson.loads(encoded["doc"]["S"])))
        assert lost <= _MOVED.get(item["type"]["S"], set()), (key_of(item), item["type"]["S"])


def test_profiles_keep_their_languages(release: Release) -> None:
    profiles = {one.user_id: one for one in entities(release.items, PROFILES)}
    stored = [orjson.loads(item["doc"]["S"]) for item in release.items if item.get("type", {}).get("S") == "Profile"]
    assert stored
    for doc in stored:
        read = profiles[doc["userId"]]
        codes = {one["code"] if isinstance(one, dict) else one for one in doc["languages"]}
        assert read.language_codes == codes
        assert "english" not in doc or read.english == doc["english"]


def _has_attributes(encoded: Item, names: AbstractSet[str], moved: AbstractSet[str]) -> bool:
    """Return whether an item has these attributes, and others only for lists: `souk lists rewrite` adds those."""
    return names <= encoded.keys() and all(name.startswith(("f_", "GSI")) for name in encoded.keys() - names - moved)


def test_counters_and_tallies_keep_their_keys(release: Release) -> None:
    """Stored counters and tallies have no type, so their keys are compared with those that the code reads."""
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
        yield Key(f"WEBHOOKS#{organization.id}", "COUNT")  # test_new_webhook_counts_with_the_stored_ones
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


def test_unique_values_still_find_their_owner(environment: Environment, release: Release) -> None:
    """Each reservation of a unique value leads to the same entity as before."""
    table, items = environment.souk.table, release.items
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
    keys = sum(one.idempotency_key is not None for one in entities(items, OFFERS))  # checked by repeated requests
    assert found + keys == sum(item["SK"]["S"] == "UNIQ" for item in items)


# Queries


def test_queries_return_the_recorded_answers(environment: Environment, release: Release) -> None:
    environment.set_time(release.recorded_at)
    use_search_indexes(environment.souk.table, release.items, environment.patch)
    people = People.load(environment.souk)
    for one in release.answers:
        now = answer(people.persons[one.email], one.query, one.variables)
        assert in_one_form(now) == in_one_form(one.answer), (one.email, one.query)


# Commands


def test_repeated_requests_return_the_first_result(environment: Environment, release: Release) -> None:
    people = People.load(environment.souk)
    made = {one.source_type: one for one in entities(release.items, OFFERS) if one.idempotency_key}
    offer, order = made["JobPosting"], made["CatalogProjectOrderUid"]
    offer_fields = offer_input_with_key(people.actors[OLIVIA], people.actors[NOAH], offer.job_id)
    assert people.actors[OLIVIA].answer(CREATE_OFFER, input=offer_fields)["offer"]["id"] == offer.id
    (gig,) = (one for one in entities(release.items, GIGS) if one.packages and one.title == "Draw a logo")
    again = people.actors[OLIVIA].answer(ORDER, input=gig_order_input(people.persons[OLIVIA], gig.id))
    assert again["contract"]["id"] == order.contract_id


def test_new_webhook_counts_with_the_stored_ones(environment: Environment, release: Release) -> None:
    olivia = People.load(environment.souk).persons[OLIVIA]
    webhook = {"url": "https://more.acme.test/", "events": [{"entity": "JP", "actions": []}]}
    assert olivia.call(CREATE_SUBSCRIPTION, {"input": webhook}).data
    key = Key(f"WEBHOOKS#{olivia.organization_id}", "COUNT")
    before, after = (
        next(int(item["counted"]["N"]) for item in items if key_of(item) == key)
        for items in (release.items, scan(environment.souk.table))
    )
    assert after == before + 1


def test_open_work_can_be_finished(environment: Environment, release: Release) -> None:
    """Accept the open offers, advance each milestone by one step, and end and review contracts."""
    people, items = People.load(environment.souk), release.items
    client = people.actors[OLIVIA]
    by_id = {people.actors[email].user_id: people.actors[email] for email in (SOFIA, NOAH, MIA)}
    for milestone in entities(items, MILESTONES):
        offer = environment.souk.table.get(OFFERS, milestone.offer_id)
        assert offer is not None
        if offer.parties.client_user_id != client.user_id:
            continue
        freelancer = by_id[offer.parties.vendor_user_id]
        if milestone.state is MilestoneState.NOT_FUNDED:
            assert client.activate(milestone.id)["state"] == "Active"
        elif milestone.state in (MilestoneState.ACTIVE, MilestoneState.REJECTED):
            assert freelancer.submit(milestone.id, "Here it is.")["state"] == "Submitted"
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
    audit(environment.souk.table)


# Deadlines


def test_stored_deadlines_are_carried_out(environment: Environment, release: Release) -> None:
    souk, stored_deadlines = environment.souk, deadlines(release.items)
    own = Table(souk.table.client, souk.table.name, souk.table.clock, FUNCTIONS[CLOCK].writes)
    poller = DeadlinePoller(own, souk.invoke, OWNERS)
    for one in stored_deadlines:
        assert poller.sweep([one.hour], datetime.fromisoformat(one.at)).failed == 0, one
    remaining = {(one.kind, one.id, one.version) for one in deadlines(scan(souk.table))}
    assert remaining.isdisjoint((one.kind, one.id, one.version) for one in stored_deadlines)
    until = datetime.fromisoformat(stored_deadlines[-1].at)
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
    raised = [one for one in entities(items, CONTRACTS) if len(one.terms) > len(before[one.id].terms)]
    assert {one.title for one in raised} == {one.title for one in before.values() if one.next_raise}
    assert any(jobs[one.id].status is JobStatus.FILLED is not one.status for one in entities(release.items, JOBS))
    queued = environment.sqs.receive_message(QueueUrl=next(iter(environment.queues.values())), MaxNumberOfMessages=10)
    assert queued["Messages"]
    audit(souk.table)


def _run_until(poller: DeadlinePoller, table: Table, until: datetime) -> None:
    """Carry out deadlines until none is due."""
    for _ in range(ROUNDS):
        due = [one for one in deadlines(scan(table)) if datetime.fromisoformat(one.at) <= until]
        if not due:
            return
        assert poller.sweep(dict.fromkeys(one.hour for one in due), until).failed == 0
    raise AssertionError(f"Deadlines are still due after {ROUNDS} rounds.")


# Open payments


def test_open_sandbox_payments_are_finished(environment: Environment) -> None:
    """Checkouts finish on their stored pages, and charges when the clock looks them up at the sandbox."""
    souk, page = environment.souk, browser(environment.souk)
    untouched = [one for one in _open(souk.table, sandbox.NAME, FUND) if not _is_paid(souk.table, one)]
    for order, decision, state in zip(
        untouched, ("pay", "refuse"), (OrderState.FULFILLED, OrderState.DECLINED), strict=False
    ):
        page.submit(page.get(order.return_url), button=f"decision={decision}")
        assert payment_order(souk.table, order.id).state is state
    expected = []
    for purpose in sorted(payment_purposes()):
        for order in _open(souk.table, sandbox.NAME, purpose):
            paid = _is_paid(souk.table, order)
            if not paid and purpose != FUND:
                Sandbox(souk.table).settle(order, PaymentStatus.DECLINED, "The card was declined.")
            failed = OrderState.EXPIRED if purpose == FUND else OrderState.DECLINED
            expected.append((order, OrderState.FULFILLED if paid else failed))
    assert {(one.purpose, state is OrderState.FULFILLED) for one, state in expected} == {
        (one.purpose, paid) for one, _ in expected for paid in (True, False)
    }, "of each purpose that the release knew"
    for order, state in expected:
        souk.invoke("contracts", due_event(RECONCILE, order.id, datetime.fromisoformat(order.expires)))
        assert payment_order(souk.table, order.id).state is state, order
    audit(souk.table)


def _open(table: Table, name: str, purpose: str) -> list[PaymentOrder]:
    return open_orders(scan(table), name, purpose)


def _is_paid(table: Table, order: PaymentOrder) -> bool:
    return Sandbox(table).look_up(order).status is PaymentStatus.PAID


def test_open_stripe_payments_are_finished(environment: Environment) -> None:
    """Stripe reports payments that the earlier release requested."""
    table = environment.souk.table
    with stripe_payments(environment.patch) as account:
        web = application(environment.souk.tables["contracts"], Signer(lambda: b"another"), provider)
        for purpose in sorted({one.purpose for one in entities(scan(table), ORDERS) if one.provider == stripe.NAME}):
            paid, failed = _open(table, stripe.NAME, purpose)
            for order, succeeded in ((paid, True), (failed, False)):
                payload, signature = account.webhook("any kind", _stripe_payment(account, order, succeeded=succeeded))
                event = proxy_event(payload.decode(), {"Stripe-Signature": signature}, "/payments/stripe")
                assert web(event, SimpleNamespace(aws_request_id="request"))["statusCode"] == 200
            assert payment_order(table, paid.id).state is OrderState.FULFILLED
            assert payment_order(table, failed.id).state in (OrderState.EXPIRED, OrderState.DECLINED)
    audit(table)


def _stripe_payment(account: StripeAccount, order: PaymentOrder, *, succeeded: bool) -> dict[str, Any]:
    """Return a payment at Stripe that succeeded or failed."""
    common = {"id": order.reference, "metadata": {"souk_order": order.id}}
    reference = order.reference or ""
    if order.checkout:
        outcome = {
            "status": "complete" if succeeded else "expired",
            "payment_status": "paid" if succeeded else "unpaid",
        }
        account.sessions[reference] = {"object": "checkout.session", "url": order.url, **common, **outcome}
        return account.sessions[reference]
    status = "succeeded" if succeeded else "requires_payment_method"
    account.intents[reference] = {"object": "payment_intent", "last_payment_error": None, "status": status, **common}
    return account.intents[reference]
