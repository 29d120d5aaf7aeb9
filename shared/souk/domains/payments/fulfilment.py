"""What follows from what a provider says of a payment: it is done what it was for, once, or the money goes back.

Whoever hears something of a payment calls `settle`: the page of the sandbox, a webhook, the command that charged, and
the clock. It asks the provider, so it does not matter who called, how often, or in which order.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.rules import paying
from souk.domains.milestones.store import MILESTONES, change_milestone
from souk.domains.payments.model import BookingKind, LedgerTransaction, OrderState, PaymentOrder, Purpose
from souk.domains.payments.providers.port import PaymentProvider, Report, Standing
from souk.domains.payments.rules import ledger
from souk.domains.payments.rules.orders import SETTLED, News, move
from souk.domains.payments.store import ORDERS, RECONCILE, post
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.values.times import stamp

_ATTEMPTS: Final = 5


def settle(table: Table, provider: PaymentProvider, order_id: str, now: datetime) -> PaymentOrder | None:
    """Ask how a payment stands and do what follows; returns it as it is then, None where there is none."""
    order = table.get(ORDERS, order_id, consistent=True)
    if order is None or order.state in SETTLED:
        return order
    if order.provider != provider.name:
        logger.warning("A payment is of a provider that is not in use any more", payment=order.id)
        return order
    if order.state is OrderState.PAID:
        return _give_back(table, provider, order, now)
    report = provider.look_up(order)
    if report.standing is Standing.OPEN and not (order.expires > stamp(now) and _wanted(table, order, now)):
        provider.call_off(order)
        report = provider.look_up(order)
    return advance(table, provider, order, report, now)


def advance(
    table: Table, provider: PaymentProvider, order: PaymentOrder, report: Report, now: datetime
) -> PaymentOrder:
    """Do what follows from a provider's report on a payment."""
    if report.standing is Standing.PAID:
        return _paid(table, provider, order, report, now)
    if order.state is not OrderState.OPEN or report.standing is Standing.OPEN:
        return order
    news = News.DECLINED if report.standing is Standing.DECLINED else News.EXPIRED
    return _ended(table, order, news, report.reason, now)


def called_off(table: Table, provider: PaymentProvider, order_id: str, now: datetime) -> None:
    """Call a checkout off that nobody wants any more. What was paid already goes its way."""
    order = table.get(ORDERS, order_id, consistent=True)
    if order is not None and order.state is OrderState.OPEN and order.provider == provider.name:
        provider.call_off(order)
        advance(table, provider, order, provider.look_up(order), now)


def _wanted(table: Table, order: PaymentOrder, now: datetime) -> bool:
    """Say whether what a payment is for could be done now."""
    try:
        _PURPOSES[order.purpose](table.transaction(), table, order, now)
    except Conflict:
        return False
    return True


def _paid(table: Table, provider: PaymentProvider, order: PaymentOrder, report: Report, now: datetime) -> PaymentOrder:
    """Do what a payment was for, in one transaction with the books, or give it back."""
    for _ in range(_ATTEMPTS):
        current = table.get(ORDERS, order.id, consistent=True)
        if current is None or current.state in SETTLED:
            return current or order
        if current.state is OrderState.PAID:
            return _give_back(table, provider, current, now)
        current = current.model_copy(update={"reference": report.reference or current.reference})
        tx = table.transaction()
        try:
            if current.state is not OrderState.OPEN:
                raise Conflict("It was paid after its time was over.")
            _PURPOSES[current.purpose](tx, table, current, now)
        except Conflict as useless:
            useful = _useless(table, current, useless.message, now)
            if useful is not None:
                return _give_back(table, provider, useful, now)
            continue
        stored = tx.update(ORDERS, _moved(current, News.FULFILLED, None, now))
        try:
            tx.commit()
        except Conflict:  # somebody has changed something meanwhile: decide anew
            continue
        return stored
    raise Conflict("Others are changing the same thing at this moment; the payment is settled later.")


def _fund(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    contract, milestone = _about(table, order)
    if contract.status is ContractStatus.CLOSED:
        raise Conflict("The contract has ended.")
    if milestone.checkout_id != order.id or milestone.deposit != order.amount:
        raise Conflict("The milestone has changed since this checkout was made.")
    _book(tx, contract, order, paying.fund(milestone, order.deal, _clerk(table, order, now)), now)


def _approve(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    contract, milestone = _about(table, order)
    if milestone.payment_id != order.id or order.approval is None:
        raise Conflict("The milestone does not wait for this payment.")
    _book(tx, contract, order, paying.approve(milestone, order.approval, order.deal, _clerk(table, order, now)), now)


def _pay(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    contract = table.get(CONTRACTS, order.deal.contract_id, consistent=True)
    if contract is None:
        raise Conflict("There is no such contract any more.")
    tx.check(CONTRACTS, contract)
    entry = ledger.Entry(order.booking_id, stamp(now), order.title, order_id=order.id, notes=order.notes)
    post(tx, _came_in(tx, order, now), ledger.direct(BookingKind.BONUS, order.deal, order.amount, entry))


_PURPOSES: Final[Mapping[Purpose, Callable[[Transaction, Table, PaymentOrder, datetime], None]]] = {
    Purpose.FUND_MILESTONE: _fund,
    Purpose.APPROVE_MILESTONE: _approve,
    Purpose.CUSTOM_PAYMENT: _pay,
}


def _about(table: Table, order: PaymentOrder) -> tuple[Contract, Milestone]:
    contract = table.get(CONTRACTS, order.deal.contract_id, consistent=True)
    milestone = _milestone(table, order)
    if contract is None or milestone is None:
        raise Conflict("There is no such milestone any more.")
    return contract, milestone


def _milestone(table: Table, order: PaymentOrder) -> Milestone | None:
    if order.offer_id is None or order.milestone_id is None:
        return None
    return table.get(MILESTONES, order.offer_id, order.milestone_id, consistent=True)


def _clerk(table: Table, order: PaymentOrder, now: datetime) -> paying.Clerk:
    ids = chain([order.booking_id], iter(table.new_id, None))
    return paying.Clerk(lambda: next(ids), now, order.id)


def _came_in(tx: Transaction, order: PaymentOrder, now: datetime) -> LedgerTransaction:
    entry = ledger.Entry(tx.new_id(), stamp(now), f"Paid for {order.title}", order.milestone_id, order.id)
    return ledger.payment(order.deal, order.charge, entry)


def _book(tx: Transaction, contract: Contract, order: PaymentOrder, booked: paying.Booked, now: datetime) -> None:
    tx.check(CONTRACTS, contract)
    change_milestone(tx, booked.milestone, contract.parties)
    post(tx, _came_in(tx, order, now), *booked.bookings)


def _useless(table: Table, order: PaymentOrder, why: str, now: datetime) -> PaymentOrder | None:
    """Note that the money of a payment has to go back; None where others have changed the payment meanwhile."""
    tx = table.transaction()
    stored = tx.update(ORDERS, _moved(order, News.USELESS, why, now))
    _unlock(tx, table, order)
    schedule(tx, RECONCILE, order.id, now)  # in case that the process ends before the money has gone back
    try:
        tx.commit()
    except Conflict:
        return None
    logger.warning("A payment goes back", payment=order.id, reason=why)
    return stored


def _give_back(table: Table, provider: PaymentProvider, order: PaymentOrder, now: datetime) -> PaymentOrder:
    report = provider.give_back(order)
    if report.standing is not Standing.REFUNDED:
        return order
    tx = table.transaction()
    stored = tx.update(ORDERS, _moved(order, News.GIVEN_BACK, order.reason, now))
    try:
        tx.commit()
    except Conflict:  # another has noted it first
        return table.get(ORDERS, order.id, consistent=True) or order
    return stored


def _ended(table: Table, order: PaymentOrder, news: News, reason: str | None, now: datetime) -> PaymentOrder:
    """Note that a payment will not be made; a milestone that waited for it waits no more."""
    tx = table.transaction()
    stored = tx.update(ORDERS, _moved(order, news, reason, now))
    _unlock(tx, table, order)
    try:
        tx.commit()
    except Conflict:
        return table.get(ORDERS, order.id, consistent=True) or order
    return stored


def _unlock(tx: Transaction, table: Table, order: PaymentOrder) -> None:
    milestone = _milestone(table, order)
    if milestone is not None and milestone.payment_id == order.id:
        change_milestone(tx, milestone.model_copy(update={"payment_id": None}), order.deal.parties)


def _moved(order: PaymentOrder, news: News, reason: str | None, now: datetime) -> PaymentOrder:
    changed = {"state": move(order.state, news), "reason": reason, "modified": stamp(now.astimezone(UTC))}
    return order.model_copy(update=changed)
