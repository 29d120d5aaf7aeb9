"""What every way to pay, release and refund a week adds to its transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from souk.deadlines.model import schedule
from souk.domains.contracts.model import ChangedAs, Contract, ContractStatus, Hold
from souk.domains.contracts.rules import holds
from souk.domains.contracts.rules.spans import active_spans, without
from souk.domains.contracts.rules.states import Action
from souk.domains.contracts.store import change_contract, changes_since, contract_by_id, deal_of, record
from souk.domains.ledger.model import Deal, LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.payments.store import RECONCILE
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_review
from souk.domains.time.commands.suspensions import Suspensions
from souk.domains.time.model import Bill, Stage, Timesheet, TimesheetEvent
from souk.domains.time.rules import amounts, states, weeks
from souk.domains.time.rules.stipends import stipend_of_week
from souk.domains.time.store import TIMESHEETS, save_timesheet, schedule_release, week_id
from souk.storage import Table, Transaction
from souk.values.times import stamp


@dataclass(frozen=True, slots=True)
class Step:
    """A transaction that changes a week: the week and its contract as they were read, and the time."""

    tx: Transaction
    table: Table
    contract: Contract
    sheet: Timesheet
    now: datetime

    @classmethod
    def read(cls, tx: Transaction, table: Table, ids: tuple[str, str], now: datetime) -> Self | None:
        """Read a week by its contract and Monday, consistently. None if there is no such week."""
        contract, sheet = contract_by_id(table, ids[0]), table.get(TIMESHEETS, *ids, consistent=True)
        return None if contract is None or sheet is None else cls(tx, table, contract, sheet, now)

    @property
    def id(self) -> str:
        """The week's id in deadlines, reviews and the audit trail."""
        return week_id(self.sheet.contract_id, self.sheet.week)

    @property
    def monday(self) -> date:
        """The Monday."""
        return date.fromisoformat(self.sheet.week)

    @property
    def bill(self) -> Bill:
        """The bill; an empty one for a week that is not billed."""
        return self.sheet.bill or Bill()

    @property
    def charge(self) -> int:
        """The amount that the client is charged, with the fee."""
        return amounts.kept(self.bill, 0) + amounts.client_fee(self.bill, 0)

    def deal(self) -> Deal:
        """Read the ledger's data of the contract."""
        return deal_of(self.table, self.contract)

    def having(self, **update: object) -> Self:
        """Return the step with a changed week."""
        return replace(self, sheet=self.sheet.model_copy(update=update))

    def save(self, *events: TimesheetEvent) -> Timesheet:
        """Add the week to the transaction, with its events."""
        return save_timesheet(self.tx, self.sheet.model_copy(update={"modified": stamp(self.now)}), *events)

    def entry(
        self, prefix: str, suffix: str = "", review_ends: str | None = None, order_id: str | None = None
    ) -> entries.Entry:
        """Return the entry of a booking of the week. Its id follows from the week, so nothing is booked twice."""
        return entries.Entry(
            f"{entries.hourly_id(self.contract.id, self.sheet.week)}{suffix}",
            stamp(self.now),
            f"{prefix} the week of {self.sheet.week}: {self.contract.title[:200]}",
            order_id=order_id,
            week=self.sheet.week,
            review_ends=review_ends or self.sheet.review_ends,
        )


def stipend_for(table: Table, contract: Contract, monday: date, until: datetime) -> int:
    """Return the stipend of a week, from the contract's history; 0 without one, which reads nothing.

    Days on which a side was suspended all day have none.
    """
    if not contract.term.stipend:
        return 0
    since = stamp(weeks.start_of(monday))
    reads: list[Callable[[Table], list[Any]]] = [
        lambda table: changes_since(table, contract.id, since),
        lambda table: Suspensions.read(table, contract).spans,
    ]
    changes, suspended = table.concurrently(reads)
    return stipend_of_week(contract, monday, without(active_spans(contract, changes), suspended), until)


def book(step: Step, deal: Deal, *incoming: LedgerTransaction) -> Timesheet:
    """Add to a transaction that a week is paid: its amount is in escrow until it is released.

    `incoming` is the booking of the money that a provider took in.
    """
    tx, sheet, now = step.tx, step.sheet, step.now
    late = weeks.review_ends(step.monday, now)
    review_ends = stamp(late if sheet.decline else weeks.released(step.monday))
    order_id = incoming[0].order_id if incoming else None
    entry = step.entry("Hours of", "", review_ends, order_id)
    post(tx, *incoming, entries.hourly(deal, amounts.kept(step.bill, 0), entry))
    if sheet.checkout_id is not None and sheet.checkout_id != order_id:
        schedule(tx, RECONCILE, sheet.checkout_id, now)  # cancels the checkout
    lift_hold(step)
    close_open_review(step, ReviewState.RESOLVED)
    paid = {"stage": Stage.BILLED, "billed": stamp(now), "review_ends": review_ends}
    after = step.having(**paid, checkout_id=None, review_opened=None)
    schedule_release(tx, after.sheet)
    return after.save(TimesheetEvent.SUBMIT)


def refund_and_release(step: Step, minutes: int, *, at: str | None) -> tuple[Step, list[TimesheetEvent]]:
    """Add a refund of minutes to a transaction, and with `at` the release of the rest, from that time on.

    Returns the step with the changed week, which is not saved, and the events.
    """
    deal, bookings, events = step.deal(), list[LedgerTransaction](), list[TimesheetEvent]()
    after = states.with_refund(step.sheet, minutes)
    if minutes:
        back = amounts.hours_back(step.sheet, step.bill, minutes)
        entry = step.entry("Refund for", f"-refund-{after.refunds}")
        bookings.append(entries.hourly_refund(deal, back, entry))
        events.append(TimesheetEvent.REFUND)
    if at is not None:
        if amount := amounts.kept(step.bill, after.refunded):
            left = step.bill.minutes - after.refunded
            bookings.append(entries.hourly_release(deal, amount, left, step.entry("Payment for", "-release")))
            events.append(TimesheetEvent.RELEASE)
        after = states.released(after, at)
    post(step.tx, *bookings)
    return replace(step, sheet=after), events


def hold(step: Step, reason: Hold) -> None:
    """Add the hold of a contract by a week to a transaction. A contract that has ended is not held."""
    if step.contract.status is ContractStatus.CLOSED:
        return
    changed = holds.held(step.contract, step.sheet.week, reason, step.tx.new_id(), stamp(step.now))
    details = {"week": step.sheet.week, "reason": reason.value}
    if changed.hour_limits != step.contract.hour_limits:
        details["weeklyLimit"] = "0"
    change_contract(step.tx, changed, Action.HOLD, **details)


def lift_hold(step: Step, *, by_id: str | None = None, message: str | None = None) -> None:
    """Add the end of a hold to a transaction. A client's message is recorded also for a contract that has ended."""
    lifted = holds.lifted(step.contract, step.sheet.week, stamp(step.now))
    changed = lifted or holds.by_marketplace(step.contract, stamp(step.now))
    if by_id is not None:
        changed = changed.model_copy(update={"changed_by_id": by_id, "changed_as": ChangedAs.CLIENT})
    if lifted:
        change_contract(step.tx, changed, Action.LIFT_HOLD, message, week=step.sheet.week)
    elif message:
        record(step.tx, changed, Action.LIFT_HOLD, message, week=step.sheet.week)


def put_before_operators(step: Step, kind: ReviewKind, by_id: str | None = None) -> Step:
    """Add a review to a transaction, and return the step with it."""
    opened = stamp(step.now)
    company = step.sheet.parties.client_company_id
    review = Review(kind=kind, subject_id=step.id, organization_id=company, requested_by_id=by_id, opened=opened)
    open_review(step.tx, step.table, review)
    return step.having(review_opened=opened)


def close_open_review(
    step: Step, state: ReviewState, *, decided_by_id: str | None = None, note: str | None = None
) -> None:
    """Add the end of the review of a week to a transaction, if it has an open one."""
    opened = step.sheet.review_opened
    if opened is None:
        return
    disputed = step.sheet.stage is Stage.DISPUTED
    kind = ReviewKind.TIMESHEET_DISPUTE if disputed else ReviewKind.TIMESHEET_WRITTEN_OFF
    review = step.table.get(REVIEWS, kind, step.id, opened, consistent=True)
    if review is not None:
        close_review(step.tx, step.table, review, state, decided_by_id=decided_by_id, note=note)
