"""The states of a payment order: a table of outcomes and transitions. Pure.

An order is stored before the provider is called. Souk learns the outcome only from the provider, possibly several times
and in any order. `docs/payments.md` shows this table.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from souk.domains.ledger.model import LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.values.errors import Conflict
from souk.values.times import stamp

S = OrderState


class Outcome(StrEnum):
    """The outcome of a payment."""

    FULFILLED = "the money arrived, and the purpose is done"
    UNUSABLE = "the money arrived, and the purpose is no longer possible"
    DECLINED = "the provider or the payer refused"
    EXPIRED = "the deadline passed, or the payment was cancelled"
    REFUNDED = "the provider refunded the money"


STEPS: Final[Mapping[tuple[OrderState, Outcome], OrderState]] = {
    (S.OPEN, Outcome.FULFILLED): S.FULFILLED,
    (S.OPEN, Outcome.UNUSABLE): S.PAID,
    (S.OPEN, Outcome.DECLINED): S.DECLINED,
    (S.OPEN, Outcome.EXPIRED): S.EXPIRED,
    (S.PAID, Outcome.REFUNDED): S.REFUNDED,
    (S.FULFILLED, Outcome.REFUNDED): S.REFUNDED,  # an operator paid all of it back to the card
    # The client can pay at the moment of the cancellation.
    (S.EXPIRED, Outcome.UNUSABLE): S.PAID,
}
SETTLED: Final = frozenset({S.FULFILLED, S.DECLINED, S.REFUNDED})
"""The final states. EXPIRED is not one: the client may have paid in time."""


def domain_of(purpose: str) -> str:
    """Return the domain that declares the handlers of a purpose, such as `milestones` for `milestones.fund`."""
    return purpose.partition(".")[0]


def incoming(order: PaymentOrder, booking_id: str, now: datetime, milestone_id: str | None = None) -> LedgerTransaction:
    """Return the booking of the money that a provider has taken for an order."""
    entry = entries.Entry(booking_id, stamp(now), f"Paid for {order.title}", milestone_id, order.id)
    return entries.payment(order.deal, order.charge, entry)


def is_stuck(order: PaymentOrder, now: datetime) -> bool:
    """Return whether something that should have happened has not: the end of a payment, or a refund."""
    return order.waits_since is not None and order.waits_since <= stamp(now)


def move(state: OrderState, outcome: Outcome) -> OrderState:
    """Return the state after an outcome. Raises Conflict if the outcome is not possible in this state."""
    if (state, outcome) not in STEPS:
        raise Conflict(f"This payment is {state}, so it cannot change: {outcome}.")
    return STEPS[state, outcome]
