"""Paying a freelancer beside what their milestones bring."""

from datetime import timedelta
from typing import Final

from souk.domains.agreements.parties import require_client_lead
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS
from souk.domains.milestones.rules.requirements import MOST
from souk.domains.payments import ordering
from souk.domains.payments.deployed import provider, provider_name
from souk.domains.payments.inputs import CustomPaymentRequest
from souk.domains.payments.model import BookingKind, CustomPayment, Deal, OrderState, PaymentOrder, Purpose
from souk.domains.payments.rules import ledger
from souk.domains.payments.store import CUSTOM_PAYMENTS, ORDERS, deal_of, post
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.money import Money
from souk.values.problems import Problems
from souk.values.texts import said
from souk.values.times import stamp

APART: Final = timedelta(hours=1)
"""A payment within this time after one of its kind for the same contract is taken for a repeated click."""
_ATTEMPTS: Final = 5
_CAME_TO_NOTHING: Final = frozenset({OrderState.DECLINED, OrderState.EXPIRED, OrderState.REFUNDED})


def send(ctx: Context, request: CustomPaymentRequest) -> str:
    """Pay a bonus, and return the id of its booking."""
    contract = ctx.table.get(CONTRACTS, request.contract_id, consistent=True)
    if contract is None or not contract.parties.include(ctx.principal):
        raise NotFound("There is no such contract, or it is not yours to see.")
    require_client_lead(contract.parties, ctx.principal)
    deal = deal_of(ctx.table, contract)
    payment = _payment(ctx, request, deal)
    placed = None
    # Two that may follow each other are in each other's way for a moment; two that may not, for good.
    for left in reversed(range(_ATTEMPTS if request.allow_subsequent else 1)):
        try:
            placed = _place(ctx, contract, payment, once=not request.allow_subsequent)
            break
        except Conflict:
            if not left:
                raise
            contract = ctx.table.get(CONTRACTS, request.contract_id, consistent=True) or contract
    if placed is not None:
        ordering.charge(ctx.table, provider(ctx.table), placed, ctx.now)
    return payment.booking_id


def _payment(ctx: Context, request: CustomPaymentRequest, deal: Deal) -> PaymentOrder:
    problems = Problems("input")
    amount = 0
    try:
        amount = Money.parse(repr(request.amount), deal.currency).minor
    except Unprocessable as refused:
        problems.add("amount", refused.message)
    else:
        if not 1 <= amount <= MOST:
            problems.add("amount", "a payment is more than nothing, and not beyond what the books can hold.")
    comment = said(problems, "comment", request.comment)
    if comment is None:
        problems.add("comment", "say what is paid for.")
    notes = said(problems, "notes", request.notes)
    problems.raise_if_any()
    now = ctx.now
    return PaymentOrder(
        id=ctx.table.new_id(),
        purpose=Purpose.CUSTOM_PAYMENT,
        provider=provider_name(),
        deal=deal,
        amount=amount,
        charge=ledger.charge_of(deal, amount),
        title=comment or "",
        notes=notes,
        booking_id=ctx.table.new_id(),
        user_id=ctx.principal.user_id,
        created=stamp(now),
        modified=stamp(now),
        expires=stamp(now + ordering.CHARGE),
    )


def _place(ctx: Context, contract: Contract, payment: PaymentOrder, *, once: bool) -> PaymentOrder | None:
    """Book the payment; where a provider has to be asked, note it instead and return it."""
    last = ctx.table.get(CUSTOM_PAYMENTS, contract.id, BookingKind.BONUS, consistent=True)
    if once and last is not None and _stands(ctx, last):
        raise Conflict(
            "A bonus for this contract was paid less than an hour ago; say allowSubsequent: true to pay another."
        )
    at_once = ordering.covered(ctx.table, payment.deal, payment.charge)
    tx = ctx.table.transaction()
    tx.check(CONTRACTS, contract)
    _note(tx, last, payment, by_provider=not at_once)
    placed = None
    if at_once:
        entry = ledger.Entry(payment.booking_id, payment.created, payment.title, notes=payment.notes)
        post(tx, ledger.direct(BookingKind.BONUS, payment.deal, payment.amount, entry))
    else:
        placed = ordering.place(tx, payment)
    tx.commit()
    return placed


def _stands(ctx: Context, last: CustomPayment) -> bool:
    """Say whether a payment was made, or may still be, a short while ago."""
    if last.at <= stamp(ctx.now - APART):
        return False
    order = ctx.table.get(ORDERS, last.order_id, consistent=True) if last.order_id else None
    return order is None or order.state not in _CAME_TO_NOTHING


def _note(tx: Transaction, last: CustomPayment | None, payment: PaymentOrder, *, by_provider: bool) -> None:
    """Note the payment as the last of its kind: of two at once, one wins."""
    noted = CustomPayment(
        contract_id=payment.deal.contract_id,
        kind=BookingKind.BONUS,
        booking_id=payment.booking_id,
        order_id=payment.id if by_provider else None,
        at=payment.created,
        version=last.version if last else 0,
    )
    if last is None:
        tx.create(CUSTOM_PAYMENTS, noted, Conflict("Another bonus for this contract is being paid at this moment."))
    else:
        tx.update(CUSTOM_PAYMENTS, noted, Conflict("Another bonus for this contract is being paid at this moment."))
