"""Checkouts: paid, refused, late and concurrent payments, and their deadlines."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.agreements.model import Side
from souk.domains.identity.model import Organization
from souk.domains.identity.model import PaymentVerificationStatus as Payment
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.model import AccountKind
from souk.domains.market.store import CLIENT_RECORDS
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from souk.domains.milestones.store import MILESTONES, close_open_milestones
from souk.domains.payments.commands import settlement
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentStatus, Report
from souk.domains.payments.providers.sandbox import Sandbox
from souk.domains.payments.rules.orders import STEPS, Outcome, move
from souk.domains.payments.rules.urls import checkout_page
from souk.domains.payments.store import ORDERS
from souk.storage import Transaction
from souk.values.errors import Conflict
from souk.web.signing import Signer
from tests.accounts.browser import Browser, Page
from tests.support.clock import CLOCK
from tests.support.standing import reactivate, suspend
from tests.support.worlds.jobs import ACME
from tests.support.worlds.milestones import MilestonesWorld

SIGNER = Signer(lambda: b"a key that only tests use")


def checkout(world: MilestonesWorld, price: int = 10_000) -> tuple[str, dict[str, Any]]:
    id_ = world.add_milestone(price)
    found: dict[str, Any] = world.mutate_milestone("activateMilestone", id=id_)["checkout"]
    return id_, found


def stored(world: MilestonesWorld, order_id: str) -> PaymentOrder:
    found = world.souk.table.get(ORDERS, order_id, consistent=True)
    assert found is not None
    return found


def decide(browser: Browser, url: str, decision: str) -> str:
    """Open the page, press a button, and return the next page."""
    return browser.submit(browser.get(url), button=f"decision={decision}").text


def press(browser: Browser, token: str, decision: str) -> Page:
    """Send the form of a page that was opened some time ago."""
    return browser.post("/payments/checkout", {"order": token, "decision": decision})


def test_suspended_side_pays_no_checkout(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    page = browser.get(found["url"])
    for company in (market_world.contract.parties.client_company_id, market_world.contract.parties.vendor_company_id):
        suspend(market_world.souk.table, company)
        refused = browser.submit(page, button="decision=pay")
        assert "one side is suspended" in refused.text
        assert stored(market_world, found["id"]).state is OrderState.OPEN
        reactivate(market_world.souk.table, company)
    browser.submit(page, button="decision=pay")
    assert market_world.stored_milestone(id_).state == "Active"


def test_checkout_is_paid_on_page(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    page = browser.get(found["url"])
    assert page.status == 200
    for text in ("Milestone 1: A draft", "$105.00", "$5.00", "sandbox"):
        assert text in page.body
    assert "Paid. Thank you." in decide(browser, found["url"], "pay")
    milestone = market_world.stored_milestone(id_)
    assert (milestone.state, milestone.escrow, milestone.charged_fee) == ("Active", 10_000, 500)
    assert stored(market_world, found["id"]).state is OrderState.FULFILLED
    assert sorted(one.kind for one in market_world.bookings()) == ["Escrow Funding", "Payment"]
    assert market_world.balance(AccountKind.FUNDS) == 0
    assert market_world.souk.table.read_tally(CLIENT_RECORDS, ACME).spent == 10_500
    assert market_world.events()[-1] == ("MILESTONE", "REFRESH", id_)
    market_world.audit()


@pytest.mark.parametrize(
    ("before", "decision", "after"),
    [
        (None, "pay", Payment.VERIFIED),
        (Payment.DECLINED, "pay", Payment.VERIFIED),
        (Payment.DECLINED, "refuse", Payment.DECLINED),
        (Payment.ONHOLD, "pay", Payment.ONHOLD),
    ],
)
def test_paid_checkout_verifies_the_payment_method(
    market_world: MilestonesWorld, browser: Browser, before: Payment | None, decision: str, after: Payment
) -> None:
    def company() -> Organization:
        found = market_world.souk.table.get(ORGANIZATIONS, ACME, consistent=True)
        assert found is not None
        return found

    tx = market_world.souk.table.transaction()
    tx.update(ORGANIZATIONS, company().model_copy(update={"payment_verification_status": before}))
    tx.commit()
    _, found = checkout(market_world)
    decide(browser, found["url"], decision)
    market_world.souk.run_due()
    assert company().payment_verification_status is after


def test_concurrent_activations_get_same_checkout(
    market_world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, found = checkout(market_world)
    table = market_world.souk.table
    tx = table.transaction()
    tx.update(ORDERS, stored(market_world, found["id"]).model_copy(update={"reference": None}))  # it was cut off
    tx.commit()
    begun = Sandbox.begin
    meanwhile: list[Any] = []
    assert market_world.olivia.token

    def begin(self: Sandbox, order: PaymentOrder) -> Report:
        monkeypatch.setattr(Sandbox, "begin", begun)
        meanwhile.append(market_world.mutate("activateMilestone", market_world.olivia, id=id_).data)
        return begun(self, order)

    monkeypatch.setattr(Sandbox, "begin", begin)
    again = market_world.mutate_milestone("activateMilestone", id=id_)
    assert again["checkout"]["id"] == found["id"]
    assert meanwhile[0]["activateMilestone"]["checkout"]["url"] == again["checkout"]["url"]


def test_page_has_security_headers(market_world: MilestonesWorld, browser: Browser) -> None:
    _, found = checkout(market_world)
    page = browser.get(found["url"])
    headers = {name: values[0] for name, values in page.headers.items()}
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in page.body


def test_user_text_is_escaped(market_world: MilestonesWorld, browser: Browser) -> None:
    id_ = market_world.add_milestone(description="<b>bold</b>")
    url = market_world.mutate_milestone("activateMilestone", id=id_)["checkout"]["url"]
    assert "&lt;b&gt;bold" in browser.get(url).body


def test_repeated_payment_is_paid_once(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    decide(browser, found["url"], "pay")
    booked = market_world.bookings()
    token = found["url"].partition("order=")[2]
    for decision in ("pay", "refuse", "pay"):
        assert "Paid" in press(browser, token, decision).text
    for _ in range(2):
        settlement.settle(market_world.souk.table, provider(market_world.souk.table), found["id"], CLOCK.market())
    assert market_world.bookings() == booked
    assert market_world.stored_milestone(id_).state == "Active"


def test_checkout_is_refused_on_page(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    assert "refused" in decide(browser, found["url"], "refuse")
    assert market_world.stored_milestone(id_).state == "NotFunded"
    assert market_world.bookings() == []
    again = market_world.mutate_milestone("activateMilestone", id=id_)["checkout"]
    assert again["id"] != found["id"]
    assert again["state"] == "OPEN"
    assert "Paid" in decide(browser, again["url"], "pay")


@pytest.mark.parametrize("token", ["", "0", "x", "a" * 3000, "é", "AAAA%00"])
def test_forged_url_is_not_found(browser: Browser, token: str) -> None:
    assert browser.get(f"/payments/checkout?order={token}").status == 404
    assert press(browser, token, "pay").status == 404


def test_url_belongs_to_one_checkout(market_world: MilestonesWorld, browser: Browser) -> None:
    _, found = checkout(market_world)
    forged = found["url"][:-3] + "AAA"
    assert browser.get(forged).status == 404
    elsewhere = Signer(lambda: b"another key")
    assert browser.get(checkout_page("", elsewhere, found["id"])).status == 404
    assert browser.get(checkout_page("", SIGNER, "123")).status == 404


def test_new_price_makes_new_checkout(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    market_world.mutate_milestone("editMilestone", id=id_, depositAmount="20000")
    assert stored(market_world, found["id"]).state is OrderState.EXPIRED
    assert "has expired" in browser.get(found["url"]).body
    again = market_world.mutate_milestone("activateMilestone", id=id_)["checkout"]
    assert again["amount"]["rawValue"] == "210.00"
    assert "Paid" in decide(browser, again["url"], "pay")
    market_world.audit()


def test_deleted_milestone_cancels_checkout(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    market_world.mutate("deleteMilestone", shown="", id=id_)
    assert stored(market_world, found["id"]).state is OrderState.EXPIRED
    assert browser.get(found["url"]).status == 200


def test_payment_after_end_is_refunded(market_world: MilestonesWorld, browser: Browser) -> None:
    _, found = checkout(market_world)
    market_world.mark_ended()
    Sandbox(market_world.souk.table).settle(stored(market_world, found["id"]), PaymentStatus.PAID)
    assert "was refunded" in browser.get(found["url"]).body
    order = stored(market_world, found["id"])
    assert (order.state, order.reason) == (OrderState.REFUNDED, "The contract has ended.")
    assert market_world.bookings() == []
    market_world.audit()


def test_ending_cancels_checkout(market_world: MilestonesWorld, browser: Browser) -> None:
    _, found = checkout(market_world)
    table = market_world.souk.table
    tx = table.transaction()
    close_open_milestones(tx, table, market_world.stored_contract(), Side.CLIENT, CLOCK.market())
    tx.commit()
    market_world.souk.run_due(CLOCK.market() + timedelta(seconds=1))
    assert stored(market_world, found["id"]).state is OrderState.EXPIRED
    assert "<form" not in browser.get(found["url"]).body


def test_deadline_settles_unfinished_checkout(market_world: MilestonesWorld) -> None:
    id_, found = checkout(market_world)
    sandbox = Sandbox(market_world.souk.table)
    sandbox.settle(stored(market_world, found["id"]), PaymentStatus.PAID)  # paid, and nobody has heard of it
    assert market_world.stored_milestone(id_).state == "NotFunded"
    market_world.souk.run_due(CLOCK.market() + timedelta(days=1))
    assert market_world.stored_milestone(id_).state == "Active"
    market_world.souk.run_due(CLOCK.market() + timedelta(days=2))
    market_world.audit()


def test_checkout_expires(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    market_world.souk.run_due(CLOCK.market() + timedelta(hours=22))
    assert stored(market_world, found["id"]).state is OrderState.OPEN
    market_world.souk.run_due(CLOCK.market() + timedelta(hours=24))
    assert stored(market_world, found["id"]).state is OrderState.EXPIRED
    token = found["url"].partition("order=")[2]
    assert "has expired" in press(browser, token, "pay").text
    assert market_world.stored_milestone(id_).state == "NotFunded"
    assert market_world.bookings() == []


def test_unfinished_refund_is_completed(market_world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = checkout(market_world)
    market_world.mark_ended()
    table = market_world.souk.table
    sandbox = Sandbox(table)
    sandbox.settle(stored(market_world, found["id"]), PaymentStatus.PAID)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "refund", crash)
        with pytest.raises(KeyboardInterrupt):
            settlement.settle(table, sandbox, found["id"], CLOCK.market())
    assert stored(market_world, found["id"]).state is OrderState.PAID
    market_world.souk.run_due(CLOCK.market() + timedelta(minutes=1))
    assert stored(market_world, found["id"]).state is OrderState.REFUNDED


def test_crash_at_any_write_leaves_consistent_state(
    market_world: MilestonesWorld, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Crash before and after each write; the deadline must settle the payment."""
    committed = Transaction.commit
    for stop_at in range(1, 12):
        id_ = market_world.add_milestone()
        count = 0

        def commit(self: Transaction, after: bool = stop_at % 2 == 0, at: int = (stop_at + 1) // 2) -> None:
            nonlocal count
            count += 1
            if count == at and not after:
                raise KeyboardInterrupt
            committed(self)
            if count == at:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Transaction, "commit", commit)
            try:
                url = market_world.mutate_milestone("activateMilestone", id=id_)["checkout"]["url"]
                decide(browser, url, "pay")
            except KeyboardInterrupt:
                pass
        market_world.audit()
        market_world.souk.run_due(CLOCK.market() + timedelta(days=2))
        market_world.audit()
        milestone = market_world.stored_milestone(id_)
        order = stored(market_world, milestone.checkout_id) if milestone.checkout_id else None
        assert order is None or (order.state is OrderState.FULFILLED) == (milestone.state == "Active")
        assert order is None or order.state in (OrderState.FULFILLED, OrderState.EXPIRED)


def test_concurrent_write_is_detected(market_world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, found = checkout(market_world)
    table = market_world.souk.table
    sandbox = Sandbox(table)
    sandbox.settle(stored(market_world, found["id"]), PaymentStatus.PAID)
    committed = Transaction.commit

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        tx = table.transaction()
        tx.update(MILESTONES, market_world.stored_milestone(id_).model_copy(update={"description": "Meanwhile"}))
        tx.commit()
        committed(self)

    monkeypatch.setattr(Transaction, "commit", commit)
    settlement.settle(table, sandbox, found["id"], CLOCK.market())
    milestone = market_world.stored_milestone(id_)
    assert (milestone.state, milestone.description) == ("Active", "Meanwhile")
    market_world.audit()


def test_refunded_funds_pay_next_milestone(market_world: MilestonesWorld, browser: Browser) -> None:
    id_, found = checkout(market_world)
    decide(browser, found["url"], "pay")
    market_world.mutate_milestone(
        "approveMilestone", id=id_, paidAmount="1", underpaymentReason="Almost nothing was done"
    )
    assert market_world.balance(AccountKind.FUNDS) == 10_499
    second = market_world.add_milestone(9_000)
    assert market_world.mutate_milestone("activateMilestone", id=second)["state"] == "Active"
    assert market_world.balance(AccountKind.FUNDS) == 10_499 - 9_450
    market_world.audit()


def test_only_outcomes_of_table_are_allowed() -> None:
    for state in OrderState:
        for outcome in Outcome:
            if (state, outcome) in STEPS:
                assert move(state, outcome) is STEPS[state, outcome]
            else:
                with pytest.raises(Conflict):
                    move(state, outcome)


def test_checkout_pages_have_the_brand(market_world: MilestonesWorld, browser: Browser) -> None:
    tx = market_world.souk.table.transaction()
    tx.create(SETTINGS, Settings(name="Bazaar", powered_by=False, languages=("en", "de")))
    tx.commit()
    CLOCK.wait(seconds=61)
    _, found = checkout(market_world)
    open_page, missing = browser.get(found["url"]), browser.get("/payments/checkout?order=none")
    paid = browser.submit(open_page, button="decision=pay")
    for page in (open_page, missing, paid):
        assert "· Bazaar</title>" in page.body
        assert "Souk" not in page.body
    browser.headers["Accept-Language"] = "de"
    assert "Bezahlt. Vielen Dank." in browser.get(found["url"]).text
