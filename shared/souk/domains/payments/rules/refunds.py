"""Which part of a payment can go back to the card. Pure."""

from typing import Final

from souk.domains.payments.model import OrderState, PaymentOrder
from souk.values.errors import Conflict, Unprocessable
from souk.values.money import Money
from souk.values.problems import Problems

MAX_REFUNDS: Final = 100
"""Refunds of one payment."""


def amount_of(problems: Problems, text: str, currency: str, order: PaymentOrder) -> int:
    """Return the amount to refund, in minor units. `text` is in the major unit, and read exactly.

    Raises Unprocessable unless it is more than zero and in the payment's currency.
    """
    if currency != order.deal.currency:
        problems.add("amount.currency", f"this payment is in {order.deal.currency}.")
        problems.raise_if_any()
    amount = 0
    try:
        amount = Money.parse(text, currency).minor
    except Unprocessable as problem:
        problems.add("amount.amount", problem.message)
    else:
        if amount < 1:
            problems.add("amount.amount", "must be more than zero.")
    problems.raise_if_any()
    return amount


def require_refundable(order: PaymentOrder, provider: str, amount: int) -> None:
    """Raise Conflict unless an amount of a payment can go back to the card now."""
    if order.state is not OrderState.FULFILLED:
        raise Conflict(f"This payment is {order.state}. Only a fulfilled payment goes back to the card.")
    if order.provider != provider:
        raise Conflict(f"This payment was made with {order.provider}, which this marketplace no longer uses.")
    if amount > order.left:
        left, charge = (
            f"{order.deal.money(minor).raw_value} {order.deal.currency}" for minor in (order.left, order.charge)
        )
        raise Conflict(f"Of this payment, {left} is left of {charge}.")
    if len(order.refunds) >= MAX_REFUNDS:
        raise Conflict(f"A payment has at most {MAX_REFUNDS} refunds.")
