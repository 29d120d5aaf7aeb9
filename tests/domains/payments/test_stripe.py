"""The Stripe adapter with a fake Stripe account: calls, answers and webhooks."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from souk.domains.ledger.model import AccountKind, BookingKind
from souk.domains.payments import deployment
from souk.domains.payments.commands import orders
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.stripe import NAME, Stripe, amount_at_stripe
from souk.domains.payments.store import ORDERS
from souk.domains.payments.web import application
from souk.runtime.settings import payment_settings
from souk.storage import Table, Transaction
from souk.values.errors import Unprocessable
from souk.web import Router
from souk.web.signing import Signer
from tests.accounts.browser import Browser
from tests.support.api import Souk, operator, proxy_event
from tests.support.clock import CLOCK
from tests.support.stripe_account import API_KEY, WEBHOOK_SECRET, StripeAccount
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.jobs import ACME
from tests.support.worlds.milestones import MilestonesWorld, contract
from tests.support.worlds.timesheets import TimesheetsWorld, at, run


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeAccount]:
    """Return the deployment's fake Stripe account."""
    there = StripeAccount()

    def stripe(table: Table) -> Stripe:
        return Stripe(table, API_KEY, WEBHOOK_SECRET, there)

    monkeypatch.setattr(deployment, "stripe", stripe)
    monkeypatch.setenv("SOUK_PAYMENTS", NAME)
    payment_settings.cache_clear()
    yield there
    payment_settings.cache_clear()


@pytest.fixture
def world(account: StripeAccount, souk: Souk) -> MilestonesWorld:  # noqa: ARG001 - who takes payments
    return MilestonesWorld(souk, contract(enterprise=False))


@pytest.fixture
def web(souk: Souk) -> Router:
    signer = Signer(lambda: b"a key that only tests use")
    return application(souk.tables["contracts"], signer, deployment.provider)


def checkout(world: MilestonesWorld, price: int = 10_000) -> tuple[str, PaymentOrder]:
    id_ = world.add_milestone(price)
    order_id = world.mutate_milestone("activateMilestone", id=id_)["checkout"]["id"]
    return id_, order(world, order_id)


def order(world: MilestonesWorld, order_id: str) -> PaymentOrder:
    found = world.souk.table.get(ORDERS, order_id, consistent=True)
    assert found is not None
    return found


def tell(web: Router, account: StripeAccount, about: dict[str, Any], kind: str, **how: Any) -> int:
    """Send a webhook, and return the status of the answer."""
    return deliver(web, *account.webhook(kind, about, **how))


def deliver(web: Router, payload: bytes, signature: str) -> int:
    event = proxy_event(payload.decode(), {"Stripe-Signature": signature}, "/payments/stripe")
    status: int = web(event, SimpleNamespace(aws_request_id="request"))["statusCode"]
    return status


def paid(world: MilestonesWorld, web: Router, account: StripeAccount) -> str:
    """Fund a milestone by a checkout."""
    id_, made = checkout(world)
    account.pay(made.reference or "")
    tell(web, account, account.sessions[made.reference or ""], "checkout.session.completed")
    assert world.stored_milestone(id_).state == "Active"
    return id_


def test_checkout_is_a_session(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    id_ = world.add_milestone()
    found = world.mutate_milestone("activateMilestone", id=id_)["checkout"]
    (session,) = account.sessions.values()
    assert found["url"] == session["url"]
    asked = next(given for _, path, given in account.calls if path == "/v1/checkout/sessions")
    assert asked["line_items[0][price_data][unit_amount]"] == "10500"
    assert asked["line_items[0][price_data][currency]"] == "usd"
    assert asked["payment_intent_data[setup_future_usage]"] == "off_session"
    assert asked["client_reference_id"] == found["id"]
    assert asked["success_url"].startswith("http")
    page = Browser(web, base="https://localhost").get(asked["success_url"])
    assert session["url"] in page.body
    assert "<form" not in page.body, "what Stripe takes is not paid on a page of ours"
    assert world.mutate_milestone("activateMilestone", id=id_)["checkout"]["url"] == session["url"]
    assert len(account.sessions) == len(account.customers) == 1


@pytest.mark.parametrize("gone", [False, True], ids=["at Stripe", "only in the table"])
def test_forgotten_company_has_no_customer(world: MilestonesWorld, account: StripeAccount, gone: bool) -> None:
    checkout(world)
    provider, (customer,) = deployment.provider(world.souk.tables["contracts"]), account.customers.values()
    if gone:  # an attempt before this one came so far
        account.customers.clear()
    for _ in range(2):
        provider.forget(customer["metadata"]["souk_company"])
    assert not account.customers
    assert not provider.has_saved_card(customer["metadata"]["souk_company"])


def test_webhook_fulfils_once(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    id_, made = checkout(world)
    account.pay(made.reference or "")
    session = account.sessions[made.reference or ""]
    for kind in ("payment_intent.succeeded", "checkout.session.completed", "checkout.session.completed"):
        assert tell(web, account, session, kind) == 200
    milestone = world.stored_milestone(id_)
    assert (milestone.state, milestone.escrow) == ("Active", 10_000)
    assert len(world.bookings()) == 2
    world.audit()


def test_webhook_content_is_not_trusted(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    id_, made = checkout(world)
    lie = {**account.sessions[made.reference or ""], "payment_status": "paid"}
    assert tell(web, account, lie, "checkout.session.completed") == 200
    assert world.stored_milestone(id_).state == "NotFunded"


@pytest.mark.parametrize("how", [{"secret": "whsec_another"}, {"age": 301}])
def test_unsigned_webhook_is_refused(
    world: MilestonesWorld, account: StripeAccount, web: Router, how: dict[str, Any]
) -> None:
    id_, made = checkout(world)
    account.pay(made.reference or "")
    session = account.sessions[made.reference or ""]
    assert tell(web, account, session, "checkout.session.completed", **how) == 401
    assert world.stored_milestone(id_).state == "NotFunded"


@pytest.mark.parametrize("signature", ["", "t=1", "t=x,v1=y", "v1=", "t=1,v1=é", "t=1,v1=" + "a" * 5_000])
def test_malformed_signature_is_refused(web: Router, account: StripeAccount, signature: str) -> None:
    payload, _ = account.webhook("checkout.session.completed", {"id": "cs_1", "object": "checkout.session"})
    for body in (payload, b"", b"\0{"):
        assert deliver(web, body, signature) == 401


def test_unrelated_webhook_is_ignored(web: Router, account: StripeAccount) -> None:
    assert tell(web, account, {"id": "cus_1", "object": "customer"}, "customer.created") == 200
    stranger = {"id": "pi_9", "object": "payment_intent", "metadata": {"souk_order": "123"}}
    assert tell(web, account, stranger, "payment_intent.succeeded") == 200


def test_sandbox_takes_no_webhooks(souk: Souk) -> None:
    sandbox = application(souk.tables["contracts"], Signer(lambda: b""), deployment.provider)
    assert deliver(sandbox, b"{}", "") == 404


def test_failed_webhook_gets_error_for_retry(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    id_, made = checkout(world)
    account.pay(made.reference or "")
    session = dict(account.sessions[made.reference or ""])
    account.down = True
    assert tell(web, account, session, "checkout.session.completed") == 500
    account.down = False
    assert tell(web, account, session, "checkout.session.completed") == 200
    assert world.stored_milestone(id_).state == "Active"


def test_late_payment_is_refunded(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    _, made = checkout(world)
    world.mark_ended()
    account.pay(made.reference or "")
    tell(web, account, account.sessions[made.reference or ""], "checkout.session.completed")
    assert order(world, made.id).state is OrderState.REFUNDED
    assert len(account.refunds) == 1
    assert world.bookings() == []


def test_cancelled_checkout_expires_at_stripe(world: MilestonesWorld, account: StripeAccount) -> None:
    id_, made = checkout(world)
    world.mutate_milestone("editMilestone", id=id_, depositAmount="5000")
    assert account.sessions[made.reference or ""]["status"] == "expired"
    assert order(world, made.id).state is OrderState.EXPIRED


def test_payment_during_cancellation(world: MilestonesWorld, account: StripeAccount) -> None:
    id_, made = checkout(world)
    account.pay(made.reference or "")
    world.mutate_milestone("editMilestone", id=id_, depositAmount="5000")
    assert order(world, made.id).state is OrderState.REFUNDED
    world.audit()


def test_saved_card_is_charged(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    id_ = paid(world, web, account)
    done = world.mutate_milestone("approveMilestone", id=id_, paidAmount="10000", bonusAmount="1000")
    assert done["bonus"]["rawValue"] == "10.00"
    asked = next(given for method, path, given in account.calls if (method, path) == ("POST", "/v1/payment_intents"))
    assert (asked["amount"], asked["payment_method"]) == ("1050", "pm_1")
    confirmed = next(given for _, path, given in account.calls if path.endswith("/confirm"))
    assert confirmed == {"off_session": "true"}
    assert world.balance(AccountKind.EARNINGS) == 9_900
    world.audit()


def test_stored_checkout_is_created_when_opened(
    world: MilestonesWorld, account: StripeAccount, web: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkout is stored, but not created at Stripe: by a function without keys, or one that was interrupted."""
    id_ = world.add_milestone()
    with monkeypatch.context() as patch:
        patch.setattr(orders, "begin", lambda *_: None)
        found = world.mutate_milestone("activateMilestone", id=id_)["checkout"]
    assert not account.sessions
    assert "/payments/checkout?order=" in found["url"]
    shown = Browser(web, base="https://localhost").get(found["url"])
    (session,) = account.sessions.values()
    assert session["url"] in shown.body
    account.pay(session["id"])
    assert "Paid" in Browser(web, base="https://localhost").get(found["url"]).text
    assert world.stored_milestone(id_).state == "Active"


def test_declined_card(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    id_ = paid(world, web, account)
    account.declines = "card_declined"
    refused = world.mutate("approveMilestone", id=id_, paidAmount="10000", bonusAmount="1000")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "Your card was declined." in refused.error["message"]
    assert world.stored_milestone(id_).payment_id is None


def test_charge_without_saved_card_is_declined(world: MilestonesWorld) -> None:
    given = {"contractId": world.contract.id, "amount": 5, "comment": "Thanks", "notes": ""}
    refused = world.mutate("sendCustomPayment", None, "{ invoiceId }", **given)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "no saved card" in refused.error["message"]


def test_interrupted_charge_is_looked_up(
    world: MilestonesWorld, account: StripeAccount, web: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = Transaction.commit
    for stop_at, state in ((2, "Active"), (3, "Paid")):  # before Stripe's name of it is noted; after it was charged
        id_ = paid(world, web, account)
        count = 0

        def commit(self: Transaction, at: int = stop_at) -> None:
            nonlocal count
            count += 1
            if count == at:
                raise KeyboardInterrupt
            committed(self)

        with monkeypatch.context() as patch:
            patch.setattr(Transaction, "commit", commit)
            with pytest.raises(KeyboardInterrupt):
                world.mutate("approveMilestone", id=id_, paidAmount="10000", bonusAmount="7")
        world.souk.run_due(CLOCK.market() + timedelta(minutes=6))
        milestone = world.stored_milestone(id_)
        assert (milestone.state, milestone.payment_id) == (state, None)
        world.audit()


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (1_050, "USD", 1_050),
        (1_050, "JPY", 1_050),
        (105_000, "MGA", 1_050),
        (1_050, "ISK", 105_000),
        (10_500, "KWD", 10_500),
    ],
)
def test_amounts_in_stripe_units(minor: int, currency: str, expected: int) -> None:
    assert amount_at_stripe(minor, currency) == expected


@pytest.mark.parametrize(("minor", "currency"), [(1_001, "MGA"), (10_501, "KWD")])
def test_unsupported_amount_is_refused(minor: int, currency: str) -> None:
    with pytest.raises(Unprocessable):
        amount_at_stripe(minor, currency)


def test_unsupported_amount_declines_checkout(account: StripeAccount, souk: Souk) -> None:
    world = MilestonesWorld(souk, contract(enterprise=False, currency="KWD"))
    id_ = world.add_milestone(10_001)
    found = world.mutate_milestone("activateMilestone", id=id_)["checkout"]
    assert (found["state"], found["url"]) == ("DECLINED", None)
    assert "KWD" in found["reason"]
    assert not account.sessions


def test_keys_are_read_from_secret(table: Table) -> None:
    made = Stripe.of(table, b'{"apiKey": "sk_test_1", "webhookSecret": "whsec_1"}')
    assert made.name == "stripe"


def test_week_without_card_is_paid_by_checkout(account: StripeAccount, souk: Souk, web: Router) -> None:
    weeks = TimesheetsWorld(souk, hourly_contract(6_500, None, enterprise=False))
    weeks.add_billed_week(run(6))
    assert "no saved card" in weeks.week(weeks.liam)["declineReason"]
    shown = weeks.done("retryTimesheetPayment", weeks.liam, returnUrl="https://example.com/paid")
    (session,) = account.sessions.values()
    assert (shown["state"], shown["checkoutUrl"]) == ("DECLINED", session["url"])
    asked = next(given for _, path, given in account.calls if path == "/v1/checkout/sessions")
    assert "/payments/checkout?order=" in asked["success_url"], "Souk's page says what happened, and leads back"
    account.pay(session["id"])
    tell(web, account, session, "checkout.session.completed")
    assert weeks.week(weeks.liam)["state"] == "BILLED"
    weeks.add_week(run(6), monday=at(7).date())
    weeks.souk.run_due(at(14, 13))
    assert weeks.week(weeks.liam, week="2026-11-23")["state"] == "BILLED", "by the card that the checkout has saved"
    weeks.audit()


def test_part_of_a_payment_is_refunded_once(world: MilestonesWorld, account: StripeAccount, web: Router) -> None:
    paid(world, web, account)
    [made] = world.souk.table.query(ORDERS, f"PAYMENTS#COMPANY#{ACME}", index="GSI1").items
    ada = operator(world.souk)
    funding = next(one for one in world.bookings() if one.kind is BookingKind.FUNDING)
    reverse = "mutation ($input: ReverseBookingInput!) { reverseBooking(input: $input) { id } }"
    ada.call(reverse, {"input": {"bookingId": funding.id, "reason": "Asked", "idempotencyKey": "r"}})

    def refund(amount: str, key: str) -> dict[str, Any]:
        document = """mutation ($input: RefundPaymentInput!) {
          refundPayment(input: $input) { stuck reason refunded { rawValue } } }"""
        money = {"amount": amount, "currency": "USD"}
        given = {"paymentOrderId": made.id, "amount": money, "reason": "Asked", "idempotencyKey": key}
        found: dict[str, Any] = ada.call(document, {"input": given}).data["refundPayment"]
        return found

    assert refund("10.25", "a")["refunded"]["rawValue"] == "10.25"
    account.down_after_refund = True
    assert refund("20", "b")["stuck"], "the answer was lost, so nobody knows"
    account.down = False
    account.forget_keys()  # Stripe forgets idempotency keys after a day
    world.souk.run_due(CLOCK.market() + timedelta(days=2))
    assert [one["amount"] for one in account.refunds.values()] == [1_025, 2_000]
    account.refund_status = "pending"
    assert refund("1", "c")["stuck"]
    account.refunds[max(account.refunds)].update(status="failed", failure_reason="lost_or_stolen_card")
    world.souk.run_due(CLOCK.market() + timedelta(days=4))
    assert order(world, made.id).refunded == 3_025
    assert order(world, made.id).refunds[-1].problem == "lost_or_stolen_card"
    assert world.balance(AccountKind.FUNDS) == 10_500 - 3_025
    assert [one.kind for one in world.bookings()].count(BookingKind.CARD_REFUND) == 3
