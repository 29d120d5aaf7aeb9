"""The books are right whatever anybody tries, in whatever order: random steps, most of which are refused.

The first part drives the pure rules, with several contracts of different fees and currencies that share a client and a
freelancer; the second drives the API, with fewer steps.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from souk.domains.agreements.model import Fees, Side
from souk.domains.ledger.model import Account, AccountKind, BookingKind, Deal, LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.rules.fees import fee, returned
from souk.domains.ledger.rules.tallies import sums
from souk.domains.milestones.model import Approval, Milestone, MilestoneState, Submission
from souk.domains.milestones.rules import ending, paying, submissions
from souk.domains.milestones.rules.states import FUNDED, OPEN, PENDING, STEPS, Action
from souk.domains.payments.commands.settlement import settle
from souk.domains.payments.deployment import provider
from souk.domains.payments.providers.port import PaymentStatus
from souk.domains.payments.providers.sandbox import Sandbox
from souk.domains.payments.store import ORDERS
from souk.values.errors import Conflict, SoukError
from tests.support.clock import CLOCK
from tests.support.worlds.milestones import SINCE, MilestonesWorld

NOW = datetime(2026, 7, 1, tzinfo=UTC)
AMOUNTS = st.one_of(st.integers(1, 20), st.integers(1, 1_000_000), st.just(10**12))
IDS = count(1)


def new_id() -> str:
    return str(next(IDS))


def deal(number: int, currency: str, client: int, vendor: int, *, on_account: bool) -> Deal:
    return Deal(
        contract_id=f"contract-{number}",
        client_company_id="client",
        client_team_id="client",
        client_user_id="1",
        vendor_company_id="vendor",
        vendor_team_id="vendor",
        vendor_user_id="2",
        agency=False,
        currency=currency,
        fees=Fees(client=client, vendor=vendor),
        on_account=on_account,
        home_currency=currency == "USD",
    )


DEALS = (
    deal(0, "USD", 500, 1_000, on_account=False),
    deal(1, "USD", 333, 777, on_account=False),
    deal(2, "JPY", 1, 9_999, on_account=False),
    deal(3, "KWD", 10_000, 0, on_account=False),
    deal(4, "EUR", 0, 10_000, on_account=True),
)
_REACHED: dict[MilestoneState, set[MilestoneState]] = {
    since: {step.to for step in STEPS.values() if step.to and since in step.since} for since in MilestoneState
}
"""The states that the table leads to from each state."""


class Books(RuleBasedStateMachine):
    """A ledger and milestones in memory."""

    taken: ClassVar[int] = 0
    refused: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.bookings: list[LedgerTransaction] = []
        self.balances: Counter[Account] = Counter()
        self.milestones: dict[str, Milestone] = {}
        self.of: dict[str, Deal] = {}
        self.ended: set[str] = set()

    # What anybody can try

    @rule(deal=st.sampled_from(DEALS), price=AMOUNTS, revisions=st.sampled_from([None, 0, 2]))
    def plan(self, deal: Deal, price: int, revisions: int | None) -> None:
        if deal.contract_id in self.ended:
            return
        id_ = new_id()
        self.of[id_] = deal
        self.milestones[id_] = Milestone(
            id=id_,
            offer_id=deal.contract_id,
            contract_id=deal.contract_id,
            currency=deal.currency,
            state=MilestoneState.NOT_FUNDED,
            sequence=len(self.milestones) + 1,
            deposit=price,
            revisions=revisions,
            created_by_id="1",
            created="",
            modified="",
        )

    @precondition(lambda self: self.milestones)
    @rule(data=st.data(), by_provider=st.booleans())
    def fund(self, data: st.DataObject, by_provider: bool) -> None:
        one = self.pick(data)
        self.attempt(lambda: self.book(one, *self.funded(one, by_provider=by_provider)))

    @precondition(lambda self: self.milestones)
    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        one = self.pick(data)

        def submit() -> None:
            submissions.require_submittable(one)
            work = Submission(id=new_id(), sequence=1, amount=one.escrow, created="", modified="")
            self.keep(submissions.submitted(one, work))

        self.attempt(submit)

    @precondition(lambda self: self.milestones)
    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        one = self.pick(data)
        last = one.submissions[-1].id if one.submissions else ""
        self.attempt(lambda: self.keep(submissions.rejected(one, last, None, "")))

    @precondition(lambda self: self.milestones)
    @rule(data=st.data(), paid=AMOUNTS, whole=st.booleans(), bonus=st.just(0) | AMOUNTS, by_provider=st.booleans())
    def approve(self, data: st.DataObject, paid: int, whole: bool, bonus: int, by_provider: bool) -> None:
        one = self.pick(data)
        reason = data.draw(st.sampled_from([None, "Half of it was done"]))
        approval = Approval(paid=one.deposit if whole else paid, bonus=bonus, underpayment_reason=reason)

        def approve() -> None:
            deal = self.of[one.id]
            booked = paying.approve(one, approval, deal, paying.BookingContext(new_id, NOW))
            extra = paying.total_charge(deal, paying.extras(one, approval))
            came_in = [entries.payment(deal, extra, self.entry())] if by_provider and extra else []
            self.book(one, booked.milestone, [*came_in, *booked.bookings])

        self.attempt(approve)

    @rule(deal=st.sampled_from(DEALS), amount=AMOUNTS, by_provider=st.booleans())
    def pay_a_bonus(self, deal: Deal, amount: int, by_provider: bool) -> None:
        bookings = [entries.direct(BookingKind.BONUS, deal, amount, self.entry())]
        if by_provider:
            bookings.insert(0, entries.payment(deal, entries.charge_of(deal, amount), self.entry()))
        self.attempt(lambda: self.post(bookings))

    @precondition(lambda self: any(one.kind is BookingKind.BONUS for one in self.bookings))
    @rule(data=st.data())
    def take_a_bonus_back(self, data: st.DataObject) -> None:
        reversed_ = {one.reverses for one in self.bookings}
        paid = [one for one in self.bookings if one.kind is BookingKind.BONUS and one.id not in reversed_]
        if paid:
            self.attempt(lambda: self.post([entries.reversal(data.draw(st.sampled_from(paid)), self.entry())]))

    @rule(deal=st.sampled_from(DEALS), amount=AMOUNTS)
    def refund_to_the_card(self, deal: Deal, amount: int) -> None:
        funds = entries.account(AccountKind.FUNDS, deal)
        before = self.balances[funds]
        self.attempt(lambda: self.post([entries.card_refund(deal, amount, self.entry())]))
        assert self.balances[funds] in (before, before - amount)
        assert self.balances[funds] == before or self.balances[funds] >= 0, "not even who pays on account may owe this"

    @rule(deal=st.sampled_from(DEALS), by=st.sampled_from(Side), sure=st.integers(0, 9))
    def end(self, deal: Deal, by: Side, sure: int) -> None:
        if sure:  # contracts last
            return

        def end() -> None:
            mine = [one for one in self.milestones.values() if one.contract_id == deal.contract_id]
            still = ending.open_milestones(mine)
            closed = [ending.closed(one, by, NOW) for one in still]
            amount, back = ending.refund_of(still, deal.fees.client)
            self.post([entries.refund(deal, amount, back, self.entry())] if amount else [])
            for one in closed:
                self.keep(one)
            self.ended.add(deal.contract_id)

        self.attempt(end)

    # What must hold

    @invariant()
    def every_booking_sums_to_zero(self) -> None:
        for booking in self.bookings[-5:]:
            assert sum(line.minor for line in booking.lines) == 0
            assert all(line.minor for line in booking.lines)
            assert {line.account.currency for line in booking.lines} == {booking.deal.currency}

    @invariant()
    def escrow_is_what_milestones_have_in_it(self) -> None:
        for deal in DEALS:
            held = self.balances[entries.account(AccountKind.ESCROW, deal)]
            mine = [one for one in self.milestones.values() if one.contract_id == deal.contract_id]
            assert held == sum(one.escrow for one in mine) >= 0

    @invariant()
    def a_milestone_adds_up(self) -> None:
        for one in self.milestones.values():
            rate = self.of[one.id].fees.client
            assert one.escrow == (one.deposit if one.state in FUNDED else 0)
            assert one.funded in (0, one.deposit)
            if one.state is MilestoneState.PAID:
                assert one.overpaid == max(0, one.paid - one.deposit)
                assert one.charged_fee == fee(min(one.paid, one.deposit), rate)
            elif one.state in FUNDED:
                assert one.charged_fee == fee(one.deposit, rate)
            else:
                assert one.charged_fee == one.paid == one.bonus == 0

    @invariant()
    def nobody_owes_who_may_not(self) -> None:
        for account, balance in self.balances.items():
            may_owe = any(deal.on_account and deal.currency == account.currency for deal in DEALS)
            assert balance >= 0 or (account.kind is AccountKind.FUNDS and may_owe)

    def teardown(self) -> None:
        """Compare the balances with all lines, and their total with the money that came in."""
        lines = [line for booking in self.bookings for line in booking.lines]
        for account, balance in self.balances.items():
            assert balance == sum(line.minor for line in lines if line.account == account)
        for currency in {line.account.currency for line in lines}:
            assert sum(line.minor for line in lines if line.account.currency == currency) == 0
        for currency in {line.account.currency for line in lines}:
            month = Counter[str]()
            for booking in self.bookings:
                if booking.deal.currency == currency:
                    month.update(sums(booking))
            fees = month["client_fees"] + month["vendor_fees"] - month["reversed_fees"]
            assert fees == sum(one.on(AccountKind.FEES) for one in self.bookings if one.deal.currency == currency)
            assert fees + sum(month[name] for name in ("funds", "escrow", "earnings", "provider")) == 0
            assert min(month["client_fees"], month["vendor_fees"]) >= 0
        pays = (BookingKind.RELEASE, BookingKind.OVERPAYMENT, BookingKind.BONUS)
        booked = sum(one.amount for one in self.bookings if one.kind in pays and one.milestone_id)
        assert booked == sum(one.paid + one.bonus for one in self.milestones.values())

    # How it is kept

    def pick(self, data: st.DataObject) -> Milestone:
        return data.draw(st.sampled_from(list(self.milestones.values())))

    def funded(self, one: Milestone, *, by_provider: bool) -> tuple[Milestone, list[LedgerTransaction]]:
        deal = self.of[one.id]
        booked = paying.fund(one, deal, paying.BookingContext(new_id, NOW))
        came_in = [entries.payment(deal, entries.charge_of(deal, one.deposit), self.entry())] if by_provider else []
        return booked.milestone, [*came_in, *booked.bookings]

    def attempt(self, step: Callable[[], None]) -> None:
        """Try a step. A refused step must change nothing; the invariants check that."""
        type(self).taken += 1
        try:
            step()
        except SoukError:
            type(self).refused += 1

    def book(self, before: Milestone, after: Milestone, bookings: list[LedgerTransaction]) -> None:
        assert before.contract_id not in self.ended or before.state not in OPEN
        self.post(bookings)
        self.keep(after)

    def post(self, bookings: list[LedgerTransaction]) -> None:
        """Book like `souk.domains.ledger.store.post`: all or nothing."""
        found = entries.balance_changes(bookings)
        if any(one.at_least is not None and self.balances[one.account] + one.by < one.at_least for one in found):
            raise Conflict("There is not enough.")
        for one in found:
            self.balances[one.account] += one.by
        self.bookings += bookings

    def keep(self, after: Milestone) -> None:
        before = self.milestones[after.id]
        assert after.state in _REACHED[before.state], f"{before.state} leads to {after.state}"
        self.milestones[after.id] = after

    def entry(self) -> entries.Entry:
        return entries.Entry(new_id(), "2026-07-01T00:00:00.000Z", order_id="1")


def test_random_steps_keep_ledger_consistent() -> None:
    Books.taken = Books.refused = 0
    quick = settings(max_examples=120, stateful_step_count=90, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Books, settings=quick)
    assert Books.taken >= 5_000
    assert 500 < Books.refused < Books.taken - 500, "both what is allowed and what is not has been tried"


@pytest.mark.parametrize("seed", range(3))
def test_random_api_calls_keep_ledger_consistent(market_world: MilestonesWorld, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same steps each time
    world, table = market_world, market_world.souk.tables["contracts"]
    milestones = [world.add_milestone(dice.choice([1, 99, 10_001])) for _ in range(3)]
    people = (world.liam, world.liam, world.olivia, world.sofia, world.sofia, world.max, world.omar)
    codes: Counter[str] = Counter()
    for step in range(60):
        who, id_ = dice.choice(people), dice.choice(milestones)
        action = dice.choice(["fund", "page", "submit", "reject", "approve", "approve", "bonus", "edit", "plan"])
        amount = str(dice.choice([1, 50, 99, 4_002, 10_001, 20_000]))
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "fund": ("activateMilestone", {"id": id_}),
            "submit": ("submitMilestone", {"id": id_, "amount": amount}),
            "approve": (
                "approveMilestone",
                {
                    "id": id_,
                    "paidAmount": amount,
                    "bonusAmount": dice.choice(["0", "7", "4002"]),
                    "underpaymentReason": dice.choice([None, "Half"]),
                },
            ),
            "edit": ("editMilestone", {"id": id_, "depositAmount": amount}),
            "plan": (
                "createMilestoneV2",
                {"contractId": world.contract.id, "description": "More", "depositAmount": amount},
            ),
            "bonus": (
                "sendCustomPayment",
                {
                    "contractId": world.contract.id,
                    "amount": dice.choice([0.01, 40.02, 12.34]),
                    "comment": "Thanks",
                    "notes": "",
                    "allowSubsequent": dice.choice([True, False]),
                },
            ),
        }
        if action == "page":
            order_id = world.stored_milestone(id_).checkout_id
            order = table.get(ORDERS, order_id) if order_id else None
            if order:
                Sandbox(table).settle(order, dice.choice([PaymentStatus.PAID, PaymentStatus.DECLINED]))
                settle(table, provider(table), order.id, CLOCK.market())
            continue
        if action == "reject":
            work = world.stored_milestone(id_).submissions
            answer = world.mutate("rejectSubmittedMilestone", who, "{ response }", id=work[-1].id if work else "1")
        else:
            field, given = calls[action]
            answer = world.mutate(field, who, "{ invoiceId }" if action == "bonus" else "{ id }", **given)
            if action == "plan" and "errors" not in answer.json:
                milestones.append(answer.data[field]["id"])
        codes["done" if "errors" not in answer.json else answer.code] += 1
        if step % 10 == 0:
            world.audit()
    world.souk.run_due(CLOCK.market() + timedelta(days=2))
    world.audit()
    assert codes["done"] > 5
    assert set(codes) <= {"done", "CONFLICT", "FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE_CONTENT"}


def test_only_pay_of_freelancer_is_earned() -> None:
    made, entry = deal(1, "USD", 500, 1_000, on_account=False), entries.Entry("1", SINCE)
    release = entries.release(made, 100, entry)
    bookings = (
        entries.payment(made, 105, entry),
        entries.funding(made, 100, entry),
        release,
        entries.refund(made, 100, 5, entry),
        entries.direct(BookingKind.OVERPAYMENT, made, 100, entry),
        entries.direct(BookingKind.BONUS, made, 100, entry),
        entries.reversal(release, entry),
    )
    assert [one.earned for one in bookings] == [0, 0, 100, 0, 100, 100, -100]


def test_only_payments_outside_of_weeks_are_reversed() -> None:
    made, entry = deal(1, "USD", 500, 1_000, on_account=False), entries.Entry("1", SINCE, week="2026-11-16")
    back = entries.HoursBack(amount=50, client_fee=3, vendor_fee=5, minutes=10, released=True)
    hourly = (
        entries.hourly(made, 100, entry),
        entries.hourly_release(made, 100, 60, entry),
        entries.hourly_refund(made, back, entry),
    )
    assert {one.kind for one in hourly} == entries.HOURLY_KINDS
    for booking in hourly:
        with pytest.raises(ValueError, match="A week is not reversed"):
            entries.reversal(booking, entry)
    reversed_ = entries.reversal(entries.direct(BookingKind.BONUS, made, 100, entry), entry)
    with pytest.raises(ValueError, match="A reversal cannot be reversed"):
        entries.reversal(reversed_, entry)


@pytest.mark.parametrize(
    ("amount", "rate", "expected"),
    [(0, 500, 0), (1, 500, 0), (10, 500, 1), (9, 500, 0), (10_001, 500, 500), (1, 10_000, 1)],
)
def test_fee_is_rounded_half_up(amount: int, rate: int, expected: int) -> None:
    assert fee(amount, rate) == expected


def test_kept_and_refunded_fee_sum_to_charged_fee() -> None:
    for price in range(200):
        for used in range(price + 1):
            charged = fee(price, 777)
            back = returned(charged, used, 777)
            assert 0 <= back <= charged
            assert charged - back == min(charged, fee(used, 777))


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        fee(-1, 500)
    assert frozenset(PENDING).isdisjoint(FUNDED)
    assert Action.FUND in STEPS
