"""Billing a week, and charging the client for it.

`time.bill` books the week if the client pays on account or has enough funds. Otherwise it only writes the payment
order, because a charge takes a second and all contracts are due within an hour; `time.charge` charges it. A week has
one bill and one booking, whatever runs twice or stops in between (ADR 40).
"""

from datetime import date, datetime, timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import Hold
from souk.domains.contracts.store import CONTRACTS, contract_by_id
from souk.domains.ledger.model import Deal
from souk.domains.ledger.rules import entries
from souk.domains.payments.commands import orders
from souk.domains.payments.deployment import provider, provider_name
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.rules.orders import incoming
from souk.domains.payments.store import ORDERS
from souk.domains.reviews.model import ReviewKind
from souk.domains.time.commands.booking import Step, book, hold, lift_hold, put_before_operators, stipend_for
from souk.domains.time.model import Decline, Stage, Timesheet, TimesheetEvent
from souk.domains.time.rules import amounts, states, stipends, weeks
from souk.domains.time.store import CHARGE, TIMESHEETS, WRITE_OFF, schedule_bill, week_of_id
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, SoukError, Unprocessable
from souk.values.times import stamp

PURPOSE: Final = "time.timesheet"
WRITE_OFF_AFTER: Final = timedelta(days=7)
_RETRY_AFTER: Final = timedelta(days=1)
_PATIENCE: Final = timedelta(hours=23)
"""How long a bill waits for its charge. It is charged at once, unless the clock or the provider stands still."""
_UNPAID: Final = frozenset({Stage.CHARGING, Stage.DECLINED, Stage.WRITTEN_OFF})


def begin_stipend(table: Table, contract_id: str) -> None:
    """Schedule the first bill of a contract with a stipend. Each bill schedules the next one."""
    contract = contract_by_id(table, contract_id)
    if contract is None or not contract.term.stipend:
        return
    tx = table.transaction()
    first = weeks.monday_of(datetime.fromisoformat(contract.starts).date())
    schedule_bill(tx, contract.id, first.isoformat())
    tx.commit()


def bill(table: Table, entity_id: str, now: datetime) -> None:
    """Bill a week that has closed: book it, or order its charge. It changes nothing if the week is billed already."""
    ids = week_of_id(entity_id)
    table.retry_until_committed(lambda tx: _bill(tx, table, ids, now))


def _bill(tx: Transaction, table: Table, ids: tuple[str, str], now: datetime) -> None:
    contract_id, week = ids
    contract, monday = contract_by_id(table, contract_id), date.fromisoformat(week)
    if contract is None or contract.pay is not PayType.HOURLY or now < weeks.closes(monday):
        return
    if stipends.goes_on(contract, monday):
        schedule_bill(tx, contract.id, (monday + weeks.WEEK).isoformat())
    sheet = table.get(TIMESHEETS, *ids, consistent=True) or Timesheet(
        contract_id=contract_id, week=week, parties=contract.parties, created=stamp(now), modified=stamp(now)
    )
    if sheet.stage is not Stage.UNBILLED:
        return
    stipend = stipend_for(table, contract, monday, weeks.ends(monday))
    step = Step(tx, table, contract, sheet, now).having(bill=amounts.bill_of(sheet, contract, stipend))
    tx.check(CONTRACTS, contract)  # the limit and the terms of the bill are those in force
    if not amounts.kept(step.bill, 0):
        if sheet.version:
            step.having(stage=Stage.RELEASED, released=stamp(weeks.closes(monday))).save()
        return
    deal = step.deal()
    if orders.covered(table, deal, step.charge):
        book(step, deal)
        return
    order = orders.place(tx, order_for(step, deal, now + _PATIENCE))
    schedule(tx, CHARGE, step.id, now)
    step.having(stage=Stage.CHARGING, order_id=order.id).save()


def order_for(step: Step, deal: Deal, expires: datetime) -> PaymentOrder:
    """Return a new order for the charge of a week. It is not stored."""
    return PaymentOrder(
        id=step.tx.new_id(),
        purpose=PURPOSE,
        details={"week": step.sheet.week},
        provider=provider_name(),
        deal=deal,
        amount=amounts.kept(step.bill, 0),
        charge=step.charge,
        title=f"Hours of the week of {step.sheet.week}: {step.contract.title[:200]}",
        booking_id=entries.hourly_id(step.contract.id, step.sheet.week),
        user_id=step.contract.parties.client_user_id,
        created=stamp(step.now),
        modified=stamp(step.now),
        expires=stamp(expires),
    )


def charge(table: Table, entity_id: str, now: datetime) -> None:
    """Charge a week that was billed, or try a declined one again if that is due.

    Raises SoukError if the charge cannot be settled yet.
    """
    ids = week_of_id(entity_id)
    sheet = table.get(TIMESHEETS, *ids, consistent=True)
    if sheet is None or sheet.stage not in (Stage.CHARGING, Stage.DECLINED):
        return
    order = order_of(table, sheet)
    if order is None or order.state is not OrderState.OPEN:
        order = table.retry_until_committed(lambda tx: _retry(Step.read(tx, table, ids, now)))
    if order is not None:
        settle_charge(table, order, now)


def _retry(step: Step | None) -> PaymentOrder | None:
    if step is None or states.as_of(step.sheet, step.now).stage is not Stage.DECLINED:
        return None
    decline = step.sheet.decline
    if decline is None or decline.next_retry is None or decline.next_retry > stamp(step.now):
        return None
    return pay_again(step)[1]


def pay_again(step: Step) -> tuple[Timesheet, PaymentOrder | None]:
    """Add another attempt to pay a week to a transaction: from the client's funds, or by an order, which is returned.

    Returns the changed week, too.
    """
    deal = step.deal()
    if orders.covered(step.table, deal, step.charge):
        return book(step, deal), None
    order = orders.place(step.tx, order_for(step, deal, step.now + orders.CHARGE_LIFETIME))
    return step.having(order_id=order.id).save(), order


def order_of(table: Table, sheet: Timesheet) -> PaymentOrder | None:
    """Return the last order that charges a week."""
    return table.get(ORDERS, sheet.order_id, consistent=True) if sheet.order_id else None


def settle_charge(table: Table, order: PaymentOrder, now: datetime) -> None:
    """Charge an order. A declined charge is no error: `decline` stores it. Raises SoukError if it is not settled."""
    try:
        orders.charge(table, provider(table), order, now)
    except (Conflict, Unprocessable):
        stored = table.get(ORDERS, order.id, consistent=True)
        if stored is None or stored.state is OrderState.OPEN:
            raise SoukError("The payment is not finished yet. Check again in a few minutes.") from None


def settle(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    """Book a week that the client has paid to a provider. Raises Conflict if it does not wait for this payment."""
    step = _step_of(tx, table, order, now)
    if step is None:
        raise Conflict("This week no longer exists.")
    if step.sheet.stage not in _UNPAID or order.id not in (step.sheet.order_id, step.sheet.checkout_id):
        raise Conflict("This week is paid already.")
    book(step, order.deal, incoming(order, tx.new_id(), now))


def decline(tx: Transaction, table: Table, order: PaymentOrder) -> None:
    """Store that a charge failed. The first time, the contract is held, and the charge is tried daily for a week."""
    now = tx.clock.market()
    step = _step_of(tx, table, order, now)
    if step is None or step.sheet.stage not in _UNPAID:
        return
    if order.id == step.sheet.checkout_id:
        step.having(checkout_id=None).save()
    elif order.id == step.sheet.order_id:
        failed = _declined(step.sheet, order.reason or "The payment was not finished in time.", now)
        if failed.next_retry is not None:
            schedule(tx, CHARGE, step.id, datetime.fromisoformat(failed.next_retry))
        if step.sheet.stage is not Stage.CHARGING:
            step.having(decline=failed).save()
            return
        schedule(tx, WRITE_OFF, step.id, datetime.fromisoformat(failed.write_off))
        hold(step, Hold.DECLINED)
        step.having(decline=failed, stage=Stage.DECLINED).save(TimesheetEvent.DECLINE)


def _declined(sheet: Timesheet, reason: str, now: datetime) -> Decline:
    """Return the decline of a week after one more failure. It is retried each day at the time of the first one."""
    before = sheet.decline
    if before is None:
        return Decline(
            since=stamp(now),
            reason=reason,
            next_retry=stamp(now + _RETRY_AFTER),
            write_off=stamp(now + WRITE_OFF_AFTER),
        )
    at = before.next_retry
    while at is not None and at <= stamp(now):
        at = stamp(datetime.fromisoformat(at) + _RETRY_AFTER)
    return before.model_copy(update={"reason": reason, "next_retry": at if at and at < before.write_off else None})


def write_off(table: Table, entity_id: str, now: datetime) -> None:
    """Give up the charge of a week that was declined for seven days. The client can still pay it."""

    def attempt(tx: Transaction) -> None:
        step = Step.read(tx, table, week_of_id(entity_id), now)
        if step is None or step.sheet.stage is not Stage.DECLINED:
            return
        after = states.as_of(step.sheet, now)
        if after.stage is Stage.WRITTEN_OFF:
            lift_hold(step)
            put_before_operators(Step(tx, table, step.contract, after, now), ReviewKind.TIMESHEET_WRITTEN_OFF).save()

    table.retry_until_committed(attempt)


def _step_of(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> Step | None:
    return Step.read(tx, table, (order.deal.contract_id, str(order.details.get("week"))), now)
