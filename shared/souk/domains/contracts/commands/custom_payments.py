"""Custom payments: bonuses outside of milestones."""

from datetime import datetime, timedelta
from typing import Final

from souk.domains.agreements.commands import require_parties
from souk.domains.agreements.rules import require_client_lead
from souk.domains.contracts.inputs import CustomPaymentRequest
from souk.domains.contracts.model import CustomPayment
from souk.domains.contracts.store import CONTRACTS, CUSTOM_PAYMENTS, deal_of
from souk.domains.ledger.model import BookingKind, Deal, LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.payments.commands import orders
from souk.domains.payments.deployment import provider, provider_name
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.rules.orders import incoming
from souk.domains.payments.store import ORDERS
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import texts
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.money import MAX_MINOR, Money
from souk.values.problems import Problems
from souk.values.times import stamp

PURPOSE: Final = "contracts.custom_payment"
REPEAT_WINDOW: Final = timedelta(hours=1)
"""A second payment of the same kind for a contract within this time counts as a repeated click."""
_FAILED: Final = frozenset({OrderState.DECLINED, OrderState.EXPIRED, OrderState.REFUNDED})


def send(ctx: Context, request: CustomPaymentRequest) -> str:
    """Pay a bonus, and return the id of its booking."""
    payment, by_provider = ctx.table.retry_until_committed(lambda tx: _place(tx, ctx, request))
    if by_provider:
        orders.charge(ctx.table, provider(ctx.table), payment, ctx.now)
    return payment.booking_id


def _place(tx: Transaction, ctx: Context, request: CustomPaymentRequest) -> tuple[PaymentOrder, bool]:
    """Book the payment, or order it from the provider. Returns the order and whether the provider must charge it."""
    contract = ctx.table.get(CONTRACTS, request.contract_id, consistent=True)
    if contract is None or not contract.parties.include(ctx.principal):
        raise NotFound("This contract does not exist, or you cannot see it.")
    require_client_lead(contract.parties, ctx.principal)
    payment = _payment(ctx, request, deal_of(ctx.table, contract))
    last = ctx.table.get(CUSTOM_PAYMENTS, contract.id, BookingKind.BONUS, consistent=True)
    if not request.allow_subsequent and last is not None and _is_recent(ctx, last):
        raise Conflict(
            "A bonus for this contract was paid less than an hour ago. Set allowSubsequent: true to pay another."
        )
    by_provider = not orders.covered(ctx.table, payment.deal, payment.charge)
    require_parties(tx, contract.parties)
    tx.check(CONTRACTS, contract)
    _save_last(tx, last, payment, by_provider=by_provider)
    if by_provider:
        return orders.place(tx, payment), by_provider
    post(tx, _bonus(payment, payment.created))
    return payment, by_provider


def _payment(ctx: Context, request: CustomPaymentRequest, deal: Deal) -> PaymentOrder:
    problems = Problems("input")
    amount = 0
    try:
        amount = Money.parse(repr(request.amount), deal.currency).minor
    except Unprocessable as error:
        problems.add("amount", error.message)
    else:
        if not 1 <= amount <= MAX_MINOR:
            problems.add("amount", "must be more than 0, and less than the limit of the ledger.")
    comment = texts.optional_text(problems, "comment", request.comment)
    if comment is None:
        problems.add("comment", "describe the payment.")
    notes = texts.optional_text(problems, "notes", request.notes)
    problems.raise_if_any()
    now = ctx.now
    return PaymentOrder(
        id=ctx.table.new_id(),
        purpose=PURPOSE,
        provider=provider_name(),
        deal=deal,
        amount=amount,
        charge=entries.charge_of(deal, amount),
        title=comment or "",
        details={"notes": notes} if notes else {},
        booking_id=ctx.table.new_id(),
        user_id=ctx.principal.user_id,
        created=stamp(now),
        modified=stamp(now),
        expires=stamp(now + orders.CHARGE_LIFETIME),
    )


def settle(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    """Book a bonus that the client has paid to a provider."""
    contract = table.get(CONTRACTS, order.deal.contract_id, consistent=True)
    if contract is None:
        raise Conflict("This contract no longer exists.")
    tx.check(CONTRACTS, contract)
    post(tx, incoming(order, tx.new_id(), now), _bonus(order, stamp(now), order.id))


def _bonus(payment: PaymentOrder, at: str, order_id: str | None = None) -> LedgerTransaction:
    entry = entries.Entry(payment.booking_id, at, payment.title, order_id=order_id, notes=payment.details.get("notes"))
    return entries.direct(BookingKind.BONUS, payment.deal, payment.amount, entry)


def _is_recent(ctx: Context, last: CustomPayment) -> bool:
    """Return whether a payment was made, or is still possible, within `REPEAT_WINDOW`."""
    if last.at <= stamp(ctx.now - REPEAT_WINDOW):
        return False
    order = ctx.table.get(ORDERS, last.order_id, consistent=True) if last.order_id else None
    return order is None or order.state not in _FAILED


def _save_last(tx: Transaction, last: CustomPayment | None, payment: PaymentOrder, *, by_provider: bool) -> None:
    """Store the payment as the last of its kind. If two are made at the same time, one gets Conflict."""
    current = CustomPayment(
        contract_id=payment.deal.contract_id,
        kind=BookingKind.BONUS,
        booking_id=payment.booking_id,
        order_id=payment.id if by_provider else None,
        at=payment.created,
        version=last.version if last else 0,
    )
    if last is None:
        tx.create(CUSTOM_PAYMENTS, current, Conflict("Another bonus for this contract is being paid right now."))
    else:
        tx.update(CUSTOM_PAYMENTS, current, Conflict("Another bonus for this contract is being paid right now."))
