"""Charges of weeks that fail: retried, written off, paid late, and interrupted at every point."""

from datetime import timedelta

import pytest

from souk.domains.contracts.model import Hold
from souk.domains.contracts.rules.limits import limit_of_week
from souk.domains.identity.store import USERS
from souk.domains.ledger.model import AccountKind, BookingKind
from souk.domains.payments.commands import settlement
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentStatus, Report
from souk.domains.payments.providers.sandbox import SANDBOX_PAYMENTS, Sandbox
from souk.domains.payments.store import ORDERS
from souk.domains.time.store import save_timesheet
from souk.values.errors import SoukError
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.jobs import SOFIA
from tests.support.worlds.timesheets import BILLED, DECLINED, MONDAY, WEEK, TimesheetsWorld, at, run


@pytest.fixture
def declined(souk: Souk) -> TimesheetsWorld:
    """Return a world with a week whose charge has failed."""
    world = TimesheetsWorld(souk, hourly_contract(DECLINED, 40, enterprise=False))
    world.add_billed_week(run(6))
    return world


def orders(world: TimesheetsWorld) -> list[PaymentOrder]:
    return sorted((ORDERS.decode(item) for item in world.items_of("Payment")), key=lambda one: one.id)


def let_cards_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sandbox, "charge", lambda self, order: self.settle(order, PaymentStatus.PAID))


def test_declined_week_holds_contract(declined: TimesheetsWorld) -> None:
    world = declined
    shown = world.week(world.liam)
    assert (shown["state"], shown["billedDateTime"], shown["disputableUntilDateTime"]) == ("DECLINED", None, None)
    assert (shown["declineReason"], shown["nextRetryDateTime"][:10], shown["writeOffDateTime"][:10]) == (
        "The card was declined.",
        "2026-11-24",
        "2026-11-30",
    )
    freelancer = world.week(world.sofia)
    assert [freelancer[name] for name in ("declineReason", "nextRetryDateTime", "writeOffDateTime")] == [None] * 3
    contract = world.stored_contract()
    assert (contract.status, contract.held, contract.hour_limits[-1].hours) == ("PAUSED", {WEEK: Hold.DECLINED}, 40)
    assert world.restart(world.liam).code == "CONFLICT"
    assert world.act("disputeTimesheet", world.liam, reason="OTHER", message="No").code == "CONFLICT"
    assert world.act("refundHours", world.sofia, minutes=10).code == "CONFLICT"
    assert world.balances() == (0, 0, 0)
    assert world.told() == ["DECLINE"]


def test_declined_week_is_retried_daily_and_written_off(declined: TimesheetsWorld) -> None:
    world = declined
    for day in range(8, 14):
        world.souk.run_due(at(day, 14))
        assert len(orders(world)) == day - 6
    CLOCK.at(at(14, 14))
    assert world.week(world.liam)["state"] == "WRITTEN_OFF"
    world.souk.run_due(at(14, 14))
    world.souk.run_due(at(20))
    shown = world.week(world.liam)
    assert (shown["state"], shown["nextRetryDateTime"], len(orders(world))) == ("WRITTEN_OFF", None, 7)
    assert world.told() == ["DECLINE"], "once a week, not at each retry"
    assert world.stored_contract().held == {}
    assert world.restart(world.liam).data
    assert [one["node"]["state"] for one in world.weeks(world.operator)["edges"]] == ["WRITTEN_OFF"]
    world.audit()
    freelancer = world.souk.table.get(USERS, SOFIA)
    assert freelancer
    tx = world.souk.table.transaction()
    tx.update(USERS, freelancer.model_copy(update={"erased": "2026-01-31T00:00:00.000Z"}))
    tx.commit()
    assert world.act("retryTimesheetPayment", world.liam).code == "CONFLICT"


def test_week_paid_late_can_be_disputed_for_a_day(declined: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = declined
    world.souk.run_due(at(20))
    let_cards_pay(monkeypatch)
    CLOCK.at(at(20, 9))
    paid = world.done("retryTimesheetPayment", world.liam)
    assert (paid["state"], paid["disputableUntilDateTime"]) == ("BILLED", "2026-12-08T00:00:00.000Z")
    assert world.told() == ["DECLINE", "SUBMIT"]
    assert world.weeks(world.operator)["edges"] == []
    assert world.act("retryTimesheetPayment", world.liam).code == "CONFLICT"
    world.souk.run_due(at(22, 1))
    assert world.balance(AccountKind.EARNINGS) == 3_602
    world.audit()


def test_daily_retry_takes_funds_that_have_come(declined: TimesheetsWorld) -> None:
    world = declined
    world.add_funds(5_000)
    world.souk.run_due(at(8, 14))
    assert world.week(world.liam)["state"] == "BILLED"
    assert world.balances() == (5_000 - 4_202, 4_002, 0)
    assert world.stored_contract().held == {}
    assert world.stored_contract().status == "PAUSED", "until the client restarts it"
    assert world.restart(world.liam).data
    world.audit()


def test_retry_that_is_declined_is_no_error(declined: TimesheetsWorld) -> None:
    world = declined
    assert world.act("retryTimesheetPayment", world.sofia).code == "FORBIDDEN"
    assert world.act("retryTimesheetPayment", world.omar).code == "NOT_FOUND"
    again = world.done("retryTimesheetPayment", world.liam, idempotencyKey="k")
    assert (again["state"], len(orders(world))) == ("DECLINED", 2)
    assert world.done("retryTimesheetPayment", world.liam, idempotencyKey="k") == again
    assert len(orders(world)) == 2
    assert world.told() == ["DECLINE"]


def test_declined_week_is_paid_by_checkout(declined: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = declined
    wrong = world.act("retryTimesheetPayment", world.liam, useCheckout=True, returnUrl="javascript:alert(1)")
    assert wrong.code == "UNPROCESSABLE_CONTENT"
    monkeypatch.setattr(Sandbox, "has_saved_card", lambda *_: False)
    shown = world.done("retryTimesheetPayment", world.liam, returnUrl="https://example.com/paid")
    assert (shown["state"], shown["checkoutUrl"][:8]) == ("DECLINED", "https://")
    assert world.done("retryTimesheetPayment", world.liam)["checkoutUrl"] == shown["checkoutUrl"]
    assert world.week(world.sofia)["checkoutUrl"] is None
    checkout = orders(world)[-1]
    assert (checkout.checkout, checkout.back_url, checkout.charge) == (True, "https://example.com/paid", 4_202)
    table = world.souk.tables["contracts"]
    Sandbox(table).settle(checkout, PaymentStatus.PAID)
    settlement.settle(table, Sandbox(table), checkout.id, CLOCK.market())
    assert (world.week(world.liam)["state"], world.week(world.liam)["checkoutUrl"]) == ("BILLED", None)
    world.audit()


def test_checkout_of_week_that_is_paid_otherwise_is_refunded(declined: TimesheetsWorld) -> None:
    world = declined
    world.done("retryTimesheetPayment", world.liam, useCheckout=True)
    checkout = orders(world)[-1]
    table = world.souk.tables["contracts"]
    Sandbox(table).settle(checkout, PaymentStatus.PAID)
    world.add_funds(5_000)
    world.souk.run_due(at(8, 14))
    settlement.settle(table, Sandbox(table), checkout.id, CLOCK.market())
    assert [one.kind for one in world.bookings()].count(BookingKind.HOURLY) == 1
    found = world.souk.table.get(SANDBOX_PAYMENTS, checkout.id)
    assert found is not None
    assert found.standing in (PaymentStatus.REFUNDED, PaymentStatus.PAID)
    assert len([one for one in orders(world) if one.state in (OrderState.FULFILLED, OrderState.REFUNDED)]) == 1
    world.audit()


def test_refused_checkout_leaves_week_declined(declined: TimesheetsWorld) -> None:
    world = declined
    world.done("retryTimesheetPayment", world.liam, useCheckout=True)
    world.souk.run_due(CLOCK.market() + timedelta(hours=23, minutes=1))
    assert (world.stored_week().stage, world.stored_week().checkout_id) == ("DECLINED", None)


@pytest.mark.parametrize("stop", ["before the provider", "after the provider", "before the books", "after the books"])
def test_interrupted_charge_bills_once(by_card: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch, stop: str) -> None:
    world, charged = by_card, Sandbox.charge
    settled = settlement._fulfil_or_refund  # noqa: SLF001 - where a process ends
    stopped: list[str] = []

    def charge(self: Sandbox, order: PaymentOrder) -> Report:
        report = None if stop == "before the provider" and not stopped else charged(self, order)
        if report is None or (stop == "after the provider" and not stopped):
            stopped.append(order.id)
            raise SoukError("The process ends here.")
        return report

    def fulfil(*given: object) -> PaymentOrder:
        if stop == "before the books" and not stopped:
            stopped.append("")
            raise SoukError("The process ends here.")
        order = settled(*given)  # type: ignore[arg-type]
        if stop == "after the books" and not stopped:
            stopped.append(order.id)
            raise SoukError("The process ends here.")
        return order

    monkeypatch.setattr(Sandbox, "charge", charge)
    monkeypatch.setattr(settlement, "_fulfil_or_refund", fulfil)
    world.add_week(run(6))
    with pytest.raises(SoukError):
        world.souk.run_due(BILLED)
    assert world.week(world.liam)["state"] == "BILLED"
    world.souk.run_due(BILLED + timedelta(minutes=5))
    assert stopped
    assert world.kinds() == ["Hourly", "Payment"]
    assert len(orders(world)) == 1
    assert world.balances() == (0, 6_500, 0)
    world.souk.run_due(at(20))
    assert world.kinds() == ["Hourly", "Hourly Release", "Payment"]
    world.audit()


def test_bill_that_runs_twice_bills_once(on_account: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = on_account
    world.add_week(run(6))
    CLOCK.at(BILLED)
    due = {"due": {"kind": "time.bill", "id": f"{world.contract.id}/{WEEK}"}}
    meanwhile(monkeypatch, lambda: world.souk.invoke("time", due))
    world.souk.invoke("time", due)
    world.souk.invoke("time", due)
    assert world.kinds() == ["Hourly"]
    world.audit()


def test_changed_limit_and_bill_race(on_account: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = on_account
    world.add_week(run(60))
    CLOCK.at(BILLED)
    meanwhile(monkeypatch, lambda: world.change_limit(world.liam, weeklyLimit="5"))
    world.souk.run_due(BILLED)
    assert world.stored_contract().hour_limits[-1].hours == 5
    assert limit_of_week(world.stored_contract(), MONDAY) is None, "a cut holds from the next Monday on"
    assert world.balance(AccountKind.ESCROW) == 65_000
    world.audit()


def test_dispute_and_release_race(on_account: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = on_account
    world.add_billed_week(run(6))
    CLOCK.at(at(11, 23, 59))
    opened = meanwhile(monkeypatch, world.dispute)
    world.souk.invoke(
        "time", {"due": {"kind": "time.release", "id": f"{world.contract.id}/{WEEK}", "now": "2026-11-28T01:00:00Z"}}
    )
    assert opened[0]["state"] == "DISPUTED"
    assert (world.stored_week().stage, world.kinds()) == ("DISPUTED", ["Hourly"])
    world.audit()


def test_dispute_loses_to_release(on_account: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = on_account
    world.add_billed_week(run(6))
    CLOCK.at(at(11, 23, 59))
    due = {"kind": "time.release", "id": f"{world.contract.id}/{WEEK}", "now": "2026-11-28T01:00:00Z"}
    meanwhile(monkeypatch, lambda: world.souk.invoke("time", {"due": due}))
    assert world.act("disputeTimesheet", world.liam, reason="OTHER", message="Late").code == "CONFLICT"
    assert (world.stored_week().stage, world.stored_contract().held) == ("RELEASED", {})
    world.audit()


def test_change_of_time_and_dispute_race(on_account: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of time writes the week at its version, so a dispute is of the time that it was read with."""
    world = on_account
    world.add_billed_week(run(6))
    read = world.stored_week()
    meanwhile(monkeypatch, world.dispute)
    tx = world.souk.table.transaction()
    save_timesheet(tx, read.model_copy(update={"runs": ()}))
    with pytest.raises(SoukError):
        tx.commit()
    assert world.stored_week().runs == read.runs
