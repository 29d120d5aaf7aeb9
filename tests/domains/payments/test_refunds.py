"""Operators reverse bookings and pay money back to the card. The books stay right, whatever happens in between."""

import random
from datetime import timedelta
from typing import Any

import pytest

from souk.domains.agreements.model import Side
from souk.domains.audit.store import ACTIONS
from souk.domains.ledger.model import AccountKind, BookingKind
from souk.domains.milestones.store import close_open_milestones
from souk.domains.payments.model import OrderState, PaymentOrder, RefundState
from souk.domains.payments.providers.sandbox import SANDBOX_PAYMENTS, Sandbox
from souk.domains.payments.store import ORDERS
from souk.operations import ledger
from souk.operations.deployment import Deployment
from souk.storage import Transaction
from souk.values.errors import SoukError
from tests.accounts.browser import Browser
from tests.support.api import Answer, Person, operator
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.milestones import MilestonesWorld

BOOKING = """{ id kind reverses reversedBy description
  lines { account organization { name } contractId amount { rawValue } } }"""
ORDER = "{ id state stuck reason refunded { rawValue } charge { rawValue } amount { rawValue } organization { name } }"


class Operator:
    """An operator who changes the money of a world."""

    def __init__(self, world: MilestonesWorld, browser: Browser) -> None:
        self.world, self.browser, self.table = world, browser, world.souk.table
        self.ada: Person = operator(world.souk)

    def pay(self, price: int = 10_000) -> tuple[str, str]:
        """Fund a milestone as the client, by a checkout. Returns the ids of the milestone and of the payment."""
        id_ = self.world.add_milestone(price)
        found = self.world.mutate_milestone("activateMilestone", id=id_)["checkout"]
        if found is None:  # the client's funds cover it
            return id_, ""
        self.browser.submit(self.browser.get(found["url"]), button="decision=pay")
        return id_, found["id"]

    def reverse(self, booking_id: str, by: Person | None = None, **given: Any) -> Answer:
        given = {"bookingId": booking_id, "reason": "A mistake", "idempotencyKey": new_id(), **given}
        document = f"mutation ($input: ReverseBookingInput!) {{ reverseBooking(input: $input) {BOOKING} }}"
        return (by or self.ada).call(document, {"input": given})

    def refund(self, order_id: str, amount: str, currency: str = "USD", **given: Any) -> Answer:
        money = {"amount": amount, "currency": currency}
        given = {"paymentOrderId": order_id, "amount": money, "reason": "Asked", "idempotencyKey": new_id(), **given}
        document = f"mutation ($input: RefundPaymentInput!) {{ refundPayment(input: $input) {ORDER} }}"
        return self.ada.call(document, {"input": given})

    def ask(self, document: str, **variables: Any) -> Any:
        return self.ada.call(document, variables).data

    def booking(self, kind: BookingKind) -> str:
        """Return the id of the latest booking of a kind."""
        return max((one for one in self.world.bookings() if one.kind == kind), key=lambda one: int(one.id)).id

    def order(self, order_id: str) -> PaymentOrder:
        found = self.table.get(ORDERS, order_id, consistent=True)
        assert found is not None
        return found

    def at_provider(self, order_id: str) -> int:
        """Return what the sandbox has paid back."""
        found = self.table.get(SANDBOX_PAYMENTS, order_id, consistent=True)
        return sum(found.refunds.values()) if found else 0

    def trail(self) -> list[str]:
        return [one.action for one in self.table.query(ACTIONS, f"AUDIT#{CLOCK.market():%Y-%m}").items]

    def require_right_books(self) -> None:
        deployment = Deployment({"TableName": self.table.name}, lambda _: self.table.client, "https://souk.test")
        assert ledger.verify(deployment, lambda _: None)[1] == []


@pytest.fixture
def house(market_world: MilestonesWorld, browser: Browser) -> Operator:
    return Operator(market_world, browser)


def test_paid_milestone_is_reversed_and_refunded_to_the_card(house: Operator) -> None:
    world = house.world
    milestone_id, order_id = house.pay()
    assert house.refund(order_id, "1").error["message"].endswith("has 0.00 USD left of 1.00 USD.")
    world.mutate_milestone("approveMilestone", id=milestone_id, paidAmount="10000")
    funding, release = house.booking(BookingKind.FUNDING), house.booking(BookingKind.RELEASE)
    short = house.reverse(funding)
    assert short.code == "CONFLICT"
    assert short.error["message"] == (f"The escrow of contract {world.contract.id} has 0.00 USD left of 100.00 USD.")
    assert house.reverse(house.booking(BookingKind.PAYMENT)).code == "CONFLICT"
    assert house.reverse("1").code == "NOT_FOUND"
    wrong = house.reverse(release, reason=" ", idempotencyKey="").error["extensions"]["fields"]
    assert [one["path"] for one in wrong] == ["input.reason", "input.idempotencyKey"]

    done = house.reverse(release, idempotencyKey="k").data["reverseBooking"]
    assert (done["kind"], done["reverses"], done["reversedBy"]) == ("Reversal", release, None)
    lines = {(line["account"], line["amount"]["rawValue"]) for line in done["lines"]}
    assert lines == {("ESCROW", "100.00"), ("EARNINGS", "-90.00"), ("FEES", "-10.00")}
    assert {line["organization"]["name"] for line in done["lines"] if line["organization"]} == {"Sofia"}
    again = house.reverse(release, idempotencyKey="k")
    assert again.data["reverseBooking"]["id"] == done["id"]
    assert house.reverse(funding, idempotencyKey="k").code == "CONFLICT"
    assert "reversed already" in house.reverse(release).error["message"]
    assert "cannot be reversed" in house.reverse(done["id"]).error["message"]
    shown = house.ask(f'{{ ledgerBooking(id: "{release}") {{ reversedBy }} }}')["ledgerBooking"]
    assert shown["reversedBy"] == done["id"]
    assert house.reverse(funding).data["reverseBooking"]["kind"] == "Reversal"
    assert world.stored_milestone(milestone_id).state == "Paid", "what a booking did to milestones stays"
    assert (world.balance(AccountKind.FUNDS), world.balance(AccountKind.ESCROW)) == (10_500, 0)

    for amount, currency, path in (("0", "USD", "amount"), ("1.001", "USD", "amount"), ("1", "EUR", "currency")):
        wrong = house.refund(order_id, amount, currency)
        assert (wrong.code, wrong.error["extensions"]["fields"][0]["path"]) == (
            "UNPROCESSABLE_CONTENT",
            f"input.amount.{path}",
        )
    part = house.refund(order_id, "5.01", idempotencyKey="r").data["refundPayment"]
    assert (part["state"], part["refunded"]["rawValue"], part["stuck"]) == ("FULFILLED", "5.01", False)
    assert house.refund(order_id, "5.01", idempotencyKey="r").data["refundPayment"] == part
    assert house.refund(order_id, "5.02", idempotencyKey="r").code == "CONFLICT"
    refused = house.refund(order_id, "40.02").data["refundPayment"]
    assert (refused["refunded"]["rawValue"], refused["reason"]) == ("5.01", "The card was declined.")
    assert "99.99 USD is left of 105.00 USD" in house.refund(order_id, "100").error["message"]
    assert "$5.01 USD of it was refunded" in house.browser.get(_page(house, order_id)).text
    whole = house.refund(order_id, "99.99").data["refundPayment"]
    assert (whole["state"], whole["refunded"]["rawValue"]) == ("REFUNDED", "105.00")
    assert house.refund(order_id, "0.01").code == "CONFLICT"
    assert "This payment was refunded." in house.browser.get(_page(house, order_id)).text
    assert (house.at_provider(order_id), world.balance(AccountKind.FUNDS)) == (10_500, 0)
    assert [action for action in house.trail() if action != "bootstrap"] == [
        *["reverseBooking"] * 2,
        *["refundPayment"] * 3,
    ]
    assert world.events().count(("PAYMENT", "REFUND", order_id)) == 2
    house.require_right_books()


def _page(house: Operator, order_id: str) -> str:
    return house.order(order_id).return_url


def test_operators_alone_see_and_change_money(house: Operator) -> None:
    _, order_id = house.pay()
    for document in ("{ ledgerBalance { currency } }", "{ paymentOrders { totalCount } }"):
        assert house.world.liam.call(document).code == "FORBIDDEN"
    assert house.reverse("1", by=house.world.liam).code == "FORBIDDEN"
    retried = house.ask(f'mutation {{ retryPaymentOrder(id: "{order_id}") {ORDER} }}')["retryPaymentOrder"]
    assert retried["state"] == "FULFILLED"
    assert house.trail() == [], "a payment that is settled stays as it is"


def test_crash_at_any_write_of_a_refund_pays_back_once(house: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Crash before and after each write; the deadline finishes what was begun."""
    _, order_id = house.pay()
    house.reverse(house.booking(BookingKind.FUNDING))
    committed, begun = Transaction.commit, 0
    for stop_at in range(1, 7):
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
            with pytest.raises(KeyboardInterrupt):
                house.refund(order_id, "1.00", idempotencyKey=str(stop_at))
        house.require_right_books()
        begun = len(house.order(order_id).refunds)
        house.world.souk.run_due(CLOCK.market() + timedelta(hours=1))
        house.refund(order_id, "1.00", idempotencyKey=str(stop_at))  # the operator tries again
        assert house.order(order_id).refunded == house.at_provider(order_id) == stop_at * 100
    assert begun == 6
    assert house.world.balance(AccountKind.FUNDS) == 10_500 - 600
    house.require_right_books()


def test_refund_waits_for_a_provider_that_cannot_be_reached(house: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    _, order_id = house.pay()
    house.reverse(house.booking(BookingKind.FUNDING))

    def fail(*_: object) -> None:
        raise SoukError("It is down.")

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "refund_part", fail)
        waiting = house.refund(order_id, "20").data["refundPayment"]
    assert (waiting["stuck"], waiting["refunded"]["rawValue"]) == (True, "0.00")
    assert house.world.balance(AccountKind.FUNDS) == 8_500, "it cannot be spent meanwhile"
    stuck = "{ paymentOrders(filter: {stuck_eq: true}) { totalCount edges { node { id } } } }"
    assert [one["node"]["id"] for one in house.ask(stuck)["paymentOrders"]["edges"]] == [order_id]
    done = house.ask(f'mutation {{ retryPaymentOrder(id: "{order_id}") {ORDER} }}')["retryPaymentOrder"]
    assert (done["stuck"], done["refunded"]["rawValue"]) == (False, "20.00")
    assert house.ask(stuck)["paymentOrders"] == {"totalCount": 0, "edges": []}
    assert house.order(order_id).refunds[0].state is RefundState.DONE
    house.require_right_books()


def test_contract_can_end_after_a_funding_was_reversed(house: Operator) -> None:
    first, _ = house.pay(10_000)
    funding = house.booking(BookingKind.FUNDING)
    house.pay(20_000)
    house.reverse(funding)
    assert house.world.stored_milestone(first).state == "Active"
    tx = house.table.transaction()
    close_open_milestones(tx, house.table, house.world.stored_contract(), Side.CLIENT, CLOCK.market())
    tx.commit()
    assert (house.world.balance(AccountKind.ESCROW), house.world.balance(AccountKind.FUNDS)) == (0, 31_500)
    house.require_right_books()


def test_books_are_listed_by_what_they_concern(house: Operator) -> None:
    milestone_id, order_id = house.pay()
    contract_id = house.world.contract.id
    today = f"{CLOCK.market():%Y-%m-%d}"

    def bookings(**criteria: Any) -> list[str]:
        document = """query ($filter: LedgerBookingFilter!, $page: Pagination) {
          ledgerBookings(filter: $filter, pagination: $page) { totalCount edges { node { id kind paymentOrderId } }
            pageInfo { hasNextPage endCursor } } }"""
        seen: list[str] = []
        page: dict[str, Any] = {"first": 1}
        while True:
            found = house.ask(document, filter=criteria, page=page)["ledgerBookings"]
            seen += [one["node"]["kind"] for one in found["edges"]]
            if not found["pageInfo"]["hasNextPage"]:
                assert len(seen) == found["totalCount"]
                return sorted(seen)
            page = {"first": 1, "after": found["pageInfo"]["endCursor"]}

    both = ["Escrow Funding", "Payment"]
    day = {"rangeStart": today, "rangeEnd": today}
    for criteria in (
        {"contractId_eq": contract_id},
        {"milestoneId_eq": milestone_id},
        {"paymentOrderId_eq": order_id},
        {"organizationId_eq": house.world.contract.parties.client_company_id},
        {"bookedDateTime_bt": day},
    ):
        assert bookings(**criteria) == both, criteria
        assert bookings(**criteria, kind_any=["Payment"]) == ["Payment"]
    for criteria in ({}, {"bookedDateTime_bt": {"rangeStart": "2026-01-01", "rangeEnd": "2026-02-01"}}):
        wrong = house.ada.call(
            "query ($filter: LedgerBookingFilter!) { ledgerBookings(filter: $filter) { totalCount } }",
            {"filter": criteria},
        )
        assert wrong.code == "UNPROCESSABLE_CONTENT"

    accounts = """query ($filter: LedgerAccountFilter) { ledgerAccounts(filter: $filter) { totalCount
      edges { node { kind balance { rawValue } organization { name } contractId } } } }"""
    found = house.ask(accounts)["ledgerAccounts"]["edges"]
    assert {(one["node"]["kind"], one["node"]["balance"]["rawValue"]) for one in found} == {
        ("ESCROW", "100.00"),
        ("FEES", "5.00"),
        ("PROVIDER", "-105.00"),
    }
    found = house.ask(accounts, filter={"nonZero_eq": True, "kind_eq": "ESCROW"})["ledgerAccounts"]
    assert (found["totalCount"], found["edges"][0]["node"]["contractId"]) == (1, contract_id)
    found = house.ask(accounts, filter={"contractId_eq": contract_id})["ledgerAccounts"]
    assert found["totalCount"] == 1
    [sums] = house.ask("{ ledgerBalance { currency escrow { rawValue } provider { rawValue } sum { rawValue } } }")[
        "ledgerBalance"
    ]
    assert (sums["escrow"]["rawValue"], sums["sum"]["rawValue"]) == ("100.00", "0.00")
    month = f"{CLOCK.market():%Y-%m}"
    [income] = house.ask(
        f'{{ feeIncome(rangeStart: "{month}", rangeEnd: "{month}") {{ month bookings clientFees {{ rawValue }}'
        " vendorFees { rawValue } reversed { rawValue } total { rawValue } } }"
    )["feeIncome"]
    assert (income["month"], income["bookings"], income["clientFees"]["rawValue"], income["total"]["rawValue"]) == (
        month,
        1,
        "5.00",
        "5.00",
    )
    for first, last in (("2026", "2026-01"), ("2026-02", "2026-01"), ("2024-01", "2026-01")):
        wrong = house.ada.call(f'{{ feeIncome(rangeStart: "{first}", rangeEnd: "{last}") {{ month }} }}')
        assert wrong.code == "UNPROCESSABLE_CONTENT"
    listed = house.ask(f"{{ paymentOrders(pagination: {{first: 5}}) {{ totalCount edges {{ node {ORDER} }} }} }}")
    assert [one["node"]["id"] for one in listed["paymentOrders"]["edges"]] == [order_id]


def test_random_reversals_and_refunds_keep_the_books_right(house: Operator) -> None:
    dice = random.Random(1)  # noqa: S311 - the same steps each time
    orders: list[str] = []
    milestones: list[str] = []
    done = 0
    for _ in range(40):
        step = dice.choice(["pay", "approve", "reverse", "reverse", "refund", "refund"])
        if step == "pay" and len(orders) < 5:
            milestone_id, order_id = house.pay(dice.choice([99, 10_001, 333]))
            milestones.append(milestone_id)
            orders += [order_id] if order_id else []
        elif step == "approve" and milestones:
            amount = dice.choice(["1", "99", "10001"])
            house.world.mutate(
                "approveMilestone", id=dice.choice(milestones), paidAmount=amount, underpaymentReason="Half"
            )
        elif step == "reverse" and orders:
            answer = house.reverse(dice.choice(house.world.bookings()).id)
            done += "errors" not in answer.json
            assert "errors" not in answer.json or answer.code == "CONFLICT"
        elif step == "refund" and orders:
            answer = house.refund(dice.choice(orders), dice.choice(["0.01", "1", "3.50", "40.02", "105"]))
            done += "errors" not in answer.json
            assert "errors" not in answer.json or answer.code == "CONFLICT"
    assert done > 3
    for order_id in orders:
        assert house.order(order_id).refunded == house.at_provider(order_id)
    for kind in (AccountKind.FUNDS, AccountKind.ESCROW, AccountKind.EARNINGS):
        assert house.world.balance(kind) >= 0
    house.require_right_books()


def test_checkout_leads_back_to_the_client(house: Operator) -> None:
    world, browser = house.world, house.browser
    id_ = world.add_milestone()
    for wrong in ("https://evil.test/", "javascript:alert(1)", "http://example.com/", "https://example.com:444/", "x"):
        refused = world.mutate("activateMilestone", id=id_, returnUrl=wrong)
        assert (refused.code, refused.error["extensions"]["fields"][0]["path"]) == (
            "UNPROCESSABLE_CONTENT",
            "input.returnUrl",
        )
    found = world.mutate_milestone("activateMilestone", id=id_)["checkout"]
    again = world.mutate_milestone("activateMilestone", id=id_, returnUrl="https://EXAMPLE.com/paid?a=1#end")[
        "checkout"
    ]
    assert again["id"] == found["id"]
    page = browser.get(found["url"])
    for shown in ("Milestone 1: A draft", "$100.00 USD", "$5.00 USD", "$105.00 USD", ">Cancel<"):
        assert shown in page.body
    assert f'href="https://example.com/paid?a=1&amp;checkout={found["id"]}&amp;state=OPEN#end"' in page.body
    paid = browser.submit(page, button="decision=pay")
    assert f'checkout={found["id"]}&amp;state=FULFILLED#end"' in paid.body
    for shown in ("Paid. Thank you.", "Back to Souk", house.order(found["id"]).booking_id):
        assert shown in paid.body
    assert house.order(found["id"]).state is OrderState.FULFILLED
    other = world.mutate_milestone("activateMilestone", id=world.add_milestone())["checkout"]
    refused_page = browser.submit(browser.get(other["url"]), button="decision=refuse")
    assert 'href="https://localhost/account"' in refused_page.body
