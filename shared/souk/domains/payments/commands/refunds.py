"""Refunds to the card: money of a client goes back to the card that it came from.

The money leaves the client's funds in the transaction that stores the refund, before the provider is called. So it
cannot be spent meanwhile, and a process that stops leaves a pending refund, which the deadline `payments.reconcile`
takes up. The provider makes a refund once, by its id. If it refuses, the money returns to the funds.
"""

from datetime import datetime
from hashlib import sha256
from typing import Final

from souk.authentication.records import operators_organization_id
from souk.deadlines.model import schedule
from souk.domains.audit.inputs import reason_in
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.model import AccountKind, LedgerTransaction, Reversal
from souk.domains.ledger.rules import entries, reversing
from souk.domains.ledger.store import BOOKINGS, REVERSALS, balances_of, post
from souk.domains.payments.commands.orders import CHARGE_LIFETIME
from souk.domains.payments.commands.settlement import settle
from souk.domains.payments.inputs import RefundPayment
from souk.domains.payments.model import CardRefund, OrderState, PaymentOrder, RefundState
from souk.domains.payments.providers.port import PaymentProvider, PaymentStatus, Report
from souk.domains.payments.rules import refunds as rules
from souk.domains.payments.rules.orders import SETTLED, Outcome, move
from souk.domains.payments.store import ORDERS, RECONCILE
from souk.graph import Context
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, NotFound, SoukError
from souk.values.money import Money
from souk.values.problems import Problems
from souk.values.times import stamp

_KEY_USED: Final = "This idempotency key was used for a different refund."
_NO_ORDER: Final = "There is no payment with this id."


def refund(ctx: Context, provider: PaymentProvider, request: RefundPayment) -> PaymentOrder:
    """Pay a part of a payment back to the card, out of the client's funds.

    If the provider cannot be reached, the refund is pending and the clock goes on with it. A repeated idempotency key
    refunds nothing more. Raises NotFound for an unknown payment, Unprocessable for a bad amount, and Conflict if less
    is left of the charge or of the funds.
    """
    problems = Problems("input")
    reason, key = reason_in(problems, request.reason), idempotency.key(problems, request.idempotency_key)
    if key is None:
        problems.add("idempotencyKey", "must not be empty.", missing=True)
    hashed = sha256((key or "").encode()).hexdigest()
    guard = f"UNIQ#refund#{ctx.principal.organization_id}#{ctx.principal.user_id}#{hashed}"
    fingerprint = idempotency.fingerprint(request)

    def attempt(tx: Transaction) -> PaymentOrder:
        order = ctx.table.get(ORDERS, request.payment_order_id, consistent=True)
        problems.raise_if_any()
        if order is None:
            raise NotFound(_NO_ORDER)
        if made := ctx.table.holder(guard):
            if made != fingerprint:
                raise Conflict(_KEY_USED)
            return order
        amount = rules.amount_of(Problems("input"), request.amount.amount, request.amount.currency, order)
        rules.require_refundable(order, provider.name, amount)
        _require_funds(ctx, order, amount)
        entry = entries.Entry(tx.new_id(), stamp(ctx.now), f"Back to the card: {order.title}", order_id=order.id)
        post(tx, entries.card_refund(order.deal, amount, entry))
        new = CardRefund(
            id=tx.new_id(),
            amount=amount,
            booking_id=entry.id,
            user_id=ctx.principal.user_id,
            created=stamp(ctx.now),
        )
        schedule(tx, RECONCILE, order.id, ctx.now + CHARGE_LIFETIME)
        tx.reserve(guard, fingerprint, Conflict(_KEY_USED))
        subject = Subject(type="PaymentOrder", id=order.id, title=order.title)
        shown = f"{Money(amount, order.deal.currency).raw_value} {order.deal.currency}"
        record(tx, actor_of(ctx), "refundPayment", subject, reason=reason, changes={"refund": (None, shown)})
        changed = {"refunds": (*order.refunds, new), "modified": stamp(ctx.now)}
        return tx.update(ORDERS, order.model_copy(update=changed))

    stored = ctx.table.retry_until_committed(attempt)
    ctx.clear_cache()
    return _finished(ctx.table, provider, stored, ctx.now)


def retry(ctx: Context, provider: PaymentProvider, order_id: str) -> PaymentOrder:
    """Ask the provider about a payment now. One that is settled stays as it is.

    Raises NotFound for an unknown payment, Conflict for one of another provider, and SoukError if the provider cannot
    be reached.
    """
    order = ctx.table.get(ORDERS, order_id, consistent=True)
    if order is None:
        raise NotFound(_NO_ORDER)
    if order.state in SETTLED and order.pending_refund is None:
        return order
    if order.provider != provider.name:
        raise Conflict(f"This payment was made with {order.provider}, which this marketplace no longer uses.")
    tx = ctx.table.transaction()
    record(tx, actor_of(ctx), "retryPaymentOrder", Subject(type="PaymentOrder", id=order.id, title=order.title))
    tx.commit()
    ctx.clear_cache()
    settle(ctx.table, provider, order_id, ctx.now)
    return finish(ctx.table, provider, order_id, ctx.now) or order


def finish(table: Table, provider: PaymentProvider, order_id: str, now: datetime) -> PaymentOrder | None:
    """Ask the provider for the pending refunds of a payment, and book the answers. Returns the payment."""
    order = table.get(ORDERS, order_id, consistent=True)
    while order is not None and (pending := order.pending_refund) and order.provider == provider.name:
        report = provider.refund_part(order, pending)
        if report.status is PaymentStatus.OPEN:
            return order
        order = _answered(table, order, pending, report, now)
    return order


def _finished(table: Table, provider: PaymentProvider, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Finish the pending refunds of a payment, unless the provider cannot be reached: then the clock does it later."""
    try:
        return finish(table, provider, order.id, now) or order
    except SoukError:
        logger.warning("A refund to a card is not finished", payment=order.id, exc_info=True)
        return table.get(ORDERS, order.id, consistent=True) or order


def _answered(table: Table, order: PaymentOrder, pending: CardRefund, report: Report, now: datetime) -> PaymentOrder:
    """Store the provider's answer to a refund once, with its event or with the booking that returns the money."""

    def attempt(tx: Transaction) -> PaymentOrder:
        current = table.get(ORDERS, order.id, consistent=True) or order
        found = next((one for one in current.refunds if one.id == pending.id), None)
        if found is None or found.state is not RefundState.PENDING:
            return current  # a concurrent call stored the answer first
        done = report.status is PaymentStatus.REFUNDED
        if done:
            _tell(tx, table, current)
        else:
            _return_money(tx, table, current, found, now)
        state = RefundState.DONE if done else RefundState.FAILED
        answered = found.model_copy(update={"state": state, "problem": None if done else report.reason})
        refunds = tuple(answered if one.id == found.id else one for one in current.refunds)
        changed = current.model_copy(update={"refunds": refunds, "modified": stamp(now)})
        if changed.refunded == changed.charge and changed.state is OrderState.FULFILLED:
            changed = changed.model_copy(update={"state": move(changed.state, Outcome.REFUNDED)})
        return tx.update(ORDERS, changed)

    return table.retry_until_committed(attempt)


def _tell(tx: Transaction, table: Table, order: PaymentOrder) -> None:
    operators = operators_organization_id(table)
    tx.emit("PAYMENT", "REFUND", order.id, to=[*order.deal.parties.client, *([operators] if operators else [])])


def _return_money(tx: Transaction, table: Table, order: PaymentOrder, refused: CardRefund, now: datetime) -> None:
    """Put the money of a refund that the provider refused back into the client's funds."""
    taken: LedgerTransaction | None = table.get(BOOKINGS, refused.booking_id, consistent=True)
    if taken is None:
        raise SoukError("The booking of a refund is missing.")
    entry = entries.Entry(tx.new_id(), stamp(now), f"Not refunded: {order.title}", order_id=order.id)
    back = entries.reversal(taken, entry)
    post(tx, back)
    tx.create(REVERSALS, Reversal(booking_id=taken.id, reversed_by=back.id))


def _require_funds(ctx: Context, order: PaymentOrder, amount: int) -> None:
    funds = entries.account(AccountKind.FUNDS, order.deal)
    left = balances_of(ctx.table, [funds])[funds]
    if left < amount:
        company = ctx.load(ORGANIZATIONS, order.deal.client_company_id)
        owner = reversing.owner_of(funds, company.name if company else None)
        raise Conflict(reversing.shortage(owner, funds, left, amount))
