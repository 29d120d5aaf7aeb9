"""Charges of what a client has saved: bonuses and overpayments, declined, doubled, cut off in the middle."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from souk.domains.agreements.model import Side
from souk.domains.contracts.commands import custom_payments
from souk.domains.contracts.store import deal_of
from souk.domains.ledger.model import AccountKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import BOOKINGS, booked_by, post
from souk.domains.market.store import CLIENT_RECORDS, FREELANCER_RECORDS
from souk.domains.milestones.store import close_open_milestones
from souk.domains.payments.commands import settlement
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentStatus, Report
from souk.domains.payments.providers.sandbox import Sandbox
from souk.storage import Transaction
from souk.values.errors import Conflict, SoukError
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, SOFIA
from tests.support.worlds.milestones import MilestonesWorld, contract

INVOICE = "{ invoiceId }"


def bonus(world: MilestonesWorld, amount: Any = 12.5, who: Person | None = None, **given: Any) -> Answer:
    wanted: dict[str, Any] = {"contractId": world.contract.id, "comment": "Thanks", "notes": "", **given}
    return world.do("sendCustomPayment", who, INVOICE, amount=amount, **wanted)


def funded(world: MilestonesWorld, price: int = 10_000) -> str:
    """Add a milestone and have its checkout paid."""
    id_ = world.planned(price)
    order_id = world.done("activateMilestone", id=id_)["checkout"]["id"]
    pay(world, order_id)
    assert world.stored(id_).state == "Active"
    return id_


def pay(world: MilestonesWorld, order_id: str) -> None:
    table = world.souk.tables["contracts"]
    sandbox = Sandbox(table)
    order = order_of(world, order_id)
    sandbox.settle(order, PaymentStatus.PAID)
    settlement.settle(table, sandbox, order_id, CLOCK.market())


def order_of(world: MilestonesWorld, order_id: str) -> PaymentOrder:
    (found,) = (one for one in orders(world) if one.id == order_id)
    return found


def orders(world: MilestonesWorld) -> list[PaymentOrder]:
    table = world.souk.table
    items = table.client.scan(TableName=table.name)["Items"]
    found = [PaymentOrder.model_validate_json(item["doc"]["S"]) for item in items if item["SK"]["S"] == "ORDER"]
    return sorted(found, key=lambda one: one.id)


def test_bonus_on_account(world: MilestonesWorld) -> None:
    invoice = bonus(world, notes="From the team's budget").data["sendCustomPayment"]["invoiceId"]
    booking = world.souk.table.get(BOOKINGS, invoice)
    assert booking
    assert (booking.kind, booking.amount, booking.description, booking.notes) == (
        "Bonus",
        1_250,
        "Thanks",
        "From the team's budget",
    )
    assert world.on(AccountKind.FUNDS) == -1_313  # 62.5 of fee are 63
    assert world.on(AccountKind.EARNINGS) == 1_125
    assert world.souk.table.read_tally(CLIENT_RECORDS, ACME).spent == 1_313
    assert world.souk.table.read_tally(FREELANCER_RECORDS, SOFIA).earned == 1_250
    world.audit()


def test_bonus_by_charge(market_world: MilestonesWorld) -> None:
    invoice = bonus(market_world).data["sendCustomPayment"]["invoiceId"]
    assert market_world.souk.table.get(BOOKINGS, invoice)
    assert (market_world.on(AccountKind.FUNDS), market_world.on(AccountKind.EARNINGS)) == (0, 1_125)
    market_world.audit()


def test_repeated_click_pays_once(market_world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    bonus(market_world)
    assert bonus(market_world).code == "CONFLICT"
    assert bonus(market_world, allowSubsequent=False).code == "CONFLICT"
    assert "errors" not in bonus(market_world, allowSubsequent=True).json
    monkeypatch.setattr(custom_payments, "APART", timedelta(0))
    assert "errors" not in bonus(market_world).json
    assert market_world.on(AccountKind.EARNINGS) == 3 * 1_125


def test_declined_bonus_can_be_retried(market_world: MilestonesWorld) -> None:
    refused = bonus(market_world, 40.02)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "declined" in refused.error["message"]
    assert [one.state for one in orders(market_world)] == [OrderState.DECLINED]
    assert "errors" not in bonus(market_world, 40.03).json
    market_world.audit()


def test_bonus_after_end_of_contract(world: MilestonesWorld) -> None:
    world.end()
    assert "errors" not in bonus(world).json


@pytest.mark.parametrize("amount", [0, -1, 0.001, 12.345, 1e-9, 1e15, 1e300, -0.0])
def test_invalid_amount_is_refused(world: MilestonesWorld, amount: float) -> None:
    answer = bonus(world, amount)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "input.amount" in answer.error["message"]
    assert world.bookings() == []


@pytest.mark.parametrize(("amount", "minor"), [(0.1, 10), (0.29, 29), (1.15, 115), (1234567.89, 123456789), (5, 500)])
def test_amounts_are_exact(world: MilestonesWorld, amount: float, minor: int) -> None:
    bonus(world, amount)
    assert [one.amount for one in world.bookings()] == [minor]


def test_yen_have_no_decimals(souk: Any) -> None:
    world = MilestonesWorld(souk, contract(currency="JPY"))
    assert bonus(world, 12.5).code == "UNPROCESSABLE_CONTENT"
    assert "errors" not in bonus(world, 1200).json
    assert world.on(AccountKind.EARNINGS, currency="JPY") == 1_080
    # The client's record is kept in its own currency, and a freelancer's in dollars.
    assert souk.table.read_tally(CLIENT_RECORDS, ACME).spent == 0
    assert souk.table.read_tally(FREELANCER_RECORDS, SOFIA).earned == 0


def test_comment_is_required(world: MilestonesWorld) -> None:
    assert bonus(world, comment=" ").code == "UNPROCESSABLE_CONTENT"
    assert bonus(world, comment="a" * 5_001).code == "UNPROCESSABLE_CONTENT"
    assert bonus(world, contractId="0#\0").code == "NOT_FOUND"


def test_only_client_pays(world: MilestonesWorld) -> None:
    assert bonus(world, who=world.omar).code == "NOT_FOUND"
    assert bonus(world, who=world.sofia).code == "FORBIDDEN"
    assert bonus(world, who=world.max).code == "FORBIDDEN"


def test_approval_charges_amount_beyond_escrow(market_world: MilestonesWorld) -> None:
    id_ = funded(market_world)
    paid = market_world.done(
        "approveMilestone", id=id_, paidAmount="12000", bonusAmount="500", noteToContractor="Thanks"
    )
    assert (paid["state"], paid["overpayment"]["rawValue"], paid["bonus"]["rawValue"]) == ("Paid", "20.00", "5.00")
    order = orders(market_world)[-1]
    assert (order.state, order.amount, order.charge) == (OrderState.FULFILLED, 2_500, 2_625)
    assert market_world.on(AccountKind.EARNINGS) == 9_000 + 1_800 + 450
    assert market_world.on(AccountKind.FUNDS) == 0
    market_world.audit()


def test_declined_extra_pays_nothing(market_world: MilestonesWorld) -> None:
    id_ = funded(market_world)
    refused = market_world.do("approveMilestone", id=id_, paidAmount="10000", bonusAmount="4002")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    milestone = market_world.stored(id_)
    assert (milestone.state, milestone.payment_id, milestone.escrow) == ("Active", None, 10_000)
    assert market_world.done("approveMilestone", id=id_, paidAmount="10000")["state"] == "Paid"
    market_world.audit()


def test_milestone_is_locked_while_being_paid(market_world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = funded(market_world)
    meanwhile: list[str] = []
    charged = Sandbox.charge

    def charge(self: Sandbox, order: PaymentOrder) -> Report:
        for field, who, given in (
            ("approveMilestone", market_world.olivia, {"paidAmount": "10000"}),
            ("submitMilestone", market_world.sofia, {}),
            ("editMilestone", market_world.olivia, {"description": "Another"}),
        ):
            meanwhile.append(market_world.do(field, who, id=id_, **given).code)
        tx = market_world.souk.table.transaction()
        with pytest.raises(Conflict, match="being paid"):
            close_open_milestones(tx, market_world.souk.table, market_world.now(), Side.FREELANCER, CLOCK.market())
        return charged(self, order)

    assert market_world.olivia.token
    assert market_world.sofia.token
    monkeypatch.setattr(Sandbox, "charge", charge)
    assert market_world.done("approveMilestone", id=id_, paidAmount="10000", bonusAmount="100")["state"] == "Paid"
    assert meanwhile == ["CONFLICT"] * 3
    market_world.audit()


def _silent(*_: object) -> Report:
    raise SoukError("The payment provider cannot be reached now, or did not answer clearly.")


def _charged_and_silent(self: Sandbox, order: PaymentOrder) -> Report:
    self.settle(order, PaymentStatus.PAID)
    raise SoukError("The payment provider cannot be reached now, or did not answer clearly.")


@pytest.mark.parametrize(
    ("charge", "state", "at_last"), [(_silent, "Active", "EXPIRED"), (_charged_and_silent, "Paid", "FULFILLED")]
)
def test_deadline_settles_unfinished_charge(
    market_world: MilestonesWorld,
    monkeypatch: pytest.MonkeyPatch,
    charge: Callable[..., Report],
    state: str,
    at_last: str,
) -> None:
    id_ = funded(market_world)
    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "charge", charge)
        answer = market_world.do("approveMilestone", id=id_, paidAmount="10000", bonusAmount="100")
    assert answer.code == "INTERNAL_SERVER_ERROR"
    assert market_world.stored(id_).payment_id is not None
    market_world.souk.run_due(CLOCK.market() + timedelta(minutes=6))
    milestone = market_world.stored(id_)
    assert (milestone.state, milestone.payment_id) == (state, None)
    assert orders(market_world)[-1].state == at_last
    market_world.audit()


def test_crash_between_writes_of_approval(market_world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = Transaction.commit
    outcomes = set()
    for stop_at in range(1, 9):
        id_ = funded(market_world, 100)
        count = 0

        def commit(self: Transaction, at: int = (stop_at + 1) // 2, after: bool = stop_at % 2 == 0) -> None:
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
                market_world.do("approveMilestone", id=id_, paidAmount="100", bonusAmount="7")
        market_world.audit()
        market_world.souk.run_due(CLOCK.market() + timedelta(days=2))
        market_world.audit()
        milestone = market_world.stored(id_)
        assert milestone.payment_id is None
        assert (milestone.state, milestone.bonus) in (("Active", 0), ("Paid", 7))
        outcomes.add(milestone.state)
    assert outcomes == {"Active", "Paid"}


def test_concurrent_bonus_counts_as_repeated_click(world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.olivia.token
    first = meanwhile(monkeypatch, lambda: bonus(world, who=world.olivia))
    second = bonus(world, who=world.olivia)
    assert "errors" not in first[0].json
    assert second.code == "CONFLICT"
    assert "less than an hour ago" in second.json["errors"][0]["message"]
    world.audit()


def test_concurrent_subsequent_bonuses_are_both_paid(world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.olivia.token
    first = meanwhile(monkeypatch, lambda: bonus(world, who=world.olivia))
    second = bonus(world, who=world.olivia, allowSubsequent=True)
    paid = [one.data["sendCustomPayment"]["invoiceId"] for one in (first[0], second)]
    assert len(set(paid)) == 2
    world.audit()


def test_idempotency_key_books_once(world: MilestonesWorld) -> None:
    bonus(world)
    table = world.souk.table
    booking = world.bookings()[0]
    again = booking.model_copy(update={"id": "9999999999999999999", "version": 0})
    for key, refused in (("a key", False), ("a key", True), ("another", True)):
        tx = table.transaction()
        post(tx, again.model_copy(update={"id": f"{again.id}{key}"}) if refused else again, key="a key")
        if refused:
            with pytest.raises(Conflict):
                tx.commit()
        else:
            tx.commit()
    found = booked_by(table, ACME, "a key")
    assert found
    assert found.id == again.id
    assert booked_by(table, ACME, "no such key") is None


def test_escrow_cannot_become_negative(world: MilestonesWorld) -> None:
    world.active(1_000)
    table = world.souk.table
    deal = deal_of(table, world.now())
    tx = table.transaction()
    post(tx, entries.release(deal, 1_001, entries.Entry("1", "2026-07-01T00:00:00.000Z")))
    with pytest.raises(Conflict, match="escrow"):
        tx.commit()
    world.audit()


def test_concurrent_payments_one_wins(world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another approval comes in between what the first has read and what it writes."""
    id_ = world.submitted()
    committed = Transaction.commit
    meanwhile: list[Answer] = []
    assert world.olivia.token

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        meanwhile.append(world.do("approveMilestone", world.olivia, id=id_, paidAmount="10000"))
        committed(self)

    monkeypatch.setattr(Transaction, "commit", commit)
    late = world.do("approveMilestone", id=id_, paidAmount="10000", bonusAmount="1")
    assert meanwhile[0].data["approveMilestone"]["state"] == "Paid"
    assert late.code == "CONFLICT"
    world.audit()
