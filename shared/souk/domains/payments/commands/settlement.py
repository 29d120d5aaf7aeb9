"""Settling payment orders: the purpose of a paid order is done once, or the money is refunded.

The sandbox's page, the provider's webhook, the command that charged and the clock all call `settle`. It asks the
provider for the state of the payment, so repeated and reordered calls are harmless.
"""

from datetime import UTC, datetime

from souk.deadlines.model import schedule
from souk.domains import load
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider, Report, Standing
from souk.domains.payments.rules.orders import SETTLED, News, domain_of, move
from souk.domains.payments.store import ORDERS, RECONCILE
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, SoukError
from souk.values.times import stamp


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
        _fulfil(table.transaction(), table, order, now)
    except Conflict:
        return False
    return True


def _paid(table: Table, provider: PaymentProvider, order: PaymentOrder, report: Report, now: datetime) -> PaymentOrder:
    """Do what a payment was for, in one transaction with the books, or give it back."""
    stored = table.retry_until_committed(
        lambda tx: _use(tx, table, order, report, now),
        refused=Conflict("Others are changing the same thing at this moment; the payment is settled later."),
    )
    if stored.state is not OrderState.PAID:
        return stored
    logger.warning("A payment goes back", payment=stored.id, reason=stored.reason)
    return _give_back(table, provider, stored, now)


def _use(tx: Transaction, table: Table, order: PaymentOrder, report: Report, now: datetime) -> PaymentOrder:
    """Note in a transaction what a payment was for, or that its money has to go back: it is `PAID` then."""
    current = table.get(ORDERS, order.id, consistent=True)
    if current is None or current.state in SETTLED or current.state is OrderState.PAID:
        return current or order
    current = current.model_copy(update={"reference": report.reference or current.reference})
    try:
        if current.state is not OrderState.OPEN:
            raise Conflict("It was paid after its time was over.")
        _fulfil(tx, table, current, now)
    except Conflict as useless:
        tx.clear()
        return _useless(tx, table, current, useless.message, now)
    return tx.update(ORDERS, _moved(current, News.FULFILLED, None, now))


def _useless(tx: Transaction, table: Table, order: PaymentOrder, why: str, now: datetime) -> PaymentOrder:
    """Note in a transaction that the money of a payment has to go back."""
    stored = tx.update(ORDERS, _moved(order, News.USELESS, why, now))
    _cancel(tx, table, order)
    schedule(tx, RECONCILE, order.id, now)  # in case that the process ends before the money has gone back
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
    _cancel(tx, table, order)
    try:
        tx.commit()
    except Conflict:
        return table.get(ORDERS, order.id, consistent=True) or order
    return stored


def _fulfil(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    """Add the purpose of a payment to a transaction. Raises Conflict where it is no longer possible."""
    handler = load(domain_of(order.purpose)).paid_handlers.get(order.purpose)
    if handler is None:
        raise SoukError(f"No domain declares the payment purpose {order.purpose}.")
    handler(tx, table, order, now)


def _cancel(tx: Transaction, table: Table, order: PaymentOrder) -> None:
    """Add the end of a payment without its purpose to a transaction."""
    if handler := load(domain_of(order.purpose)).unpaid_handlers.get(order.purpose):
        handler(tx, table, order)


def _moved(order: PaymentOrder, news: News, reason: str | None, now: datetime) -> PaymentOrder:
    changed = {"state": move(order.state, news), "reason": reason, "modified": stamp(now.astimezone(UTC))}
    return order.model_copy(update=changed)
