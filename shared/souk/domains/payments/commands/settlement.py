"""Settling payment orders: the purpose of a paid order is done once, or the money is refunded.

The sandbox's page, the provider's webhook, the command that charged and the deadline all call `settle`. It asks the
provider for the state of the payment, so repeated and reordered calls are harmless.
"""

from datetime import UTC, datetime

from souk.deadlines.model import schedule
from souk.domains import load
from souk.domains.identity.rules.payment_verification import proved_by_payment
from souk.domains.identity.store import ORGANIZATIONS, VERIFY_PAYMENT
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider, PaymentStatus, Report
from souk.domains.payments.rules.orders import SETTLED, Outcome, domain_of, move
from souk.domains.payments.store import ORDERS, RECONCILE
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, SoukError
from souk.values.times import stamp


def settle(table: Table, provider: PaymentProvider, order_id: str, now: datetime) -> PaymentOrder | None:
    """Ask the provider for the status of a payment, and update the order. Returns it; None if there is none."""
    order = table.get(ORDERS, order_id, consistent=True)
    if order is None or order.state in SETTLED:
        return order
    if order.provider != provider.name:
        logger.warning("A payment belongs to a provider that is no longer in use", payment=order.id)
        return order
    if order.state is OrderState.PAID:
        return _refund(table, provider, order, now)
    report = provider.look_up(order)
    if report.status is PaymentStatus.OPEN and not (order.expires > stamp(now) and _is_possible(table, order, now)):
        provider.cancel(order)
        report = provider.look_up(order)
    return advance(table, provider, order, report, now)


def advance(
    table: Table, provider: PaymentProvider, order: PaymentOrder, report: Report, now: datetime
) -> PaymentOrder:
    """Update an order according to a provider's report."""
    if report.status is PaymentStatus.PAID:
        return _fulfil_or_refund(table, provider, order, report, now)
    if order.state is not OrderState.OPEN or report.status is PaymentStatus.OPEN:
        return order
    outcome = Outcome.DECLINED if report.status is PaymentStatus.DECLINED else Outcome.EXPIRED
    return _fail(table, order, outcome, report.reason, now)


def cancel(table: Table, provider: PaymentProvider, order_id: str, now: datetime) -> None:
    """Cancel a checkout that is no longer needed. If it was paid already, the order advances as usual."""
    order = table.get(ORDERS, order_id, consistent=True)
    if order is not None and order.state is OrderState.OPEN and order.provider == provider.name:
        provider.cancel(order)
        advance(table, provider, order, provider.look_up(order), now)


def _is_possible(table: Table, order: PaymentOrder, now: datetime) -> bool:
    """Return whether the purpose of a payment is possible now."""
    try:
        _fulfil(table.transaction(), table, order, now)
    except Conflict:
        return False
    return True


def _fulfil_or_refund(
    table: Table, provider: PaymentProvider, order: PaymentOrder, report: Report, now: datetime
) -> PaymentOrder:
    """Fulfil the purpose of a payment, in one transaction with the bookings, or refund it."""
    stored = table.retry_until_committed(
        lambda tx: _try_purpose(tx, table, order, report, now),
        refused=Conflict("The contract is being changed right now; the payment is settled later."),
    )
    if stored.state is not OrderState.PAID:
        return stored
    logger.warning("A payment is being refunded", payment=stored.id, reason=stored.reason)
    return _refund(table, provider, stored, now)


def _try_purpose(tx: Transaction, table: Table, order: PaymentOrder, report: Report, now: datetime) -> PaymentOrder:
    """Add the purpose of a payment to a transaction, or else its state `PAID`, which requires a refund."""
    current = table.get(ORDERS, order.id, consistent=True)
    if current is None or current.state in SETTLED or current.state is OrderState.PAID:
        return current or order
    current = current.model_copy(update={"reference": report.reference or current.reference})
    try:
        if current.state is not OrderState.OPEN:
            raise Conflict("It was paid after its deadline.")
        _fulfil(tx, table, current, now)
    except Conflict as error:
        tx.clear()
        return _require_refund(tx, table, current, error.message, now)
    _verify_payment_method(tx, table, current, now)
    return tx.update(ORDERS, _moved(current, Outcome.FULFILLED, None, now))


def _verify_payment_method(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    """Schedule the verification of the client's payment method, if this payment proves it."""
    company = table.get(ORGANIZATIONS, order.deal.client_company_id)
    if company and proved_by_payment(company.payment_verification_status):
        schedule(tx, VERIFY_PAYMENT, company.id, now)  # only the function of identity writes companies


def _require_refund(tx: Transaction, table: Table, order: PaymentOrder, reason: str, now: datetime) -> PaymentOrder:
    """Add the state of a payment that must be refunded to a transaction."""
    stored = tx.update(ORDERS, _moved(order, Outcome.UNUSABLE, reason, now))
    _cancel(tx, table, stored)
    schedule(tx, RECONCILE, order.id, now)  # in case the process ends before the refund
    return stored


def _refund(table: Table, provider: PaymentProvider, order: PaymentOrder, now: datetime) -> PaymentOrder:
    report = provider.refund(order)
    if report.status is not PaymentStatus.REFUNDED:
        return order
    tx = table.transaction()
    stored = tx.update(ORDERS, _moved(order, Outcome.REFUNDED, order.reason, now))
    try:
        tx.commit()
    except Conflict:  # a concurrent call stored it first
        return table.get(ORDERS, order.id, consistent=True) or order
    return stored


def _fail(table: Table, order: PaymentOrder, outcome: Outcome, reason: str | None, now: datetime) -> PaymentOrder:
    """Store that a payment failed, and run the purpose's handler for that, such as unlocking the milestone."""
    tx = table.transaction()
    stored = tx.update(ORDERS, _moved(order, outcome, reason, now))
    _cancel(tx, table, stored)
    try:
        tx.commit()
    except Conflict:
        return table.get(ORDERS, order.id, consistent=True) or order
    return stored


def _fulfil(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    """Add the purpose of a payment to a transaction. Raises Conflict if it is no longer possible."""
    handler = load(domain_of(order.purpose)).paid_handlers.get(order.purpose)
    if handler is None:
        raise SoukError(
            f"No domain declares the payment purpose {order.purpose}. "
            "Declare it with `domain.paid` in the resolvers of the domain."
        )
    handler(tx, table, order, now)


def _cancel(tx: Transaction, table: Table, order: PaymentOrder) -> None:
    """Add the end of a payment without its purpose to a transaction."""
    if handler := load(domain_of(order.purpose)).unpaid_handlers.get(order.purpose):
        handler(tx, table, order)


def _moved(order: PaymentOrder, outcome: Outcome, reason: str | None, now: datetime) -> PaymentOrder:
    changed = {"state": move(order.state, outcome), "reason": reason, "modified": stamp(now.astimezone(UTC))}
    return order.model_copy(update=changed)
