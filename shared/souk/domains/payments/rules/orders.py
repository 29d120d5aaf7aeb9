"""The life of a payment that a provider is asked for, as a table. Pure.

A payment is written before the provider is asked. What happens then is only ever learned from the provider, by its
message or by asking, any number of times and in any order.
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


class News(StrEnum):
    """What becomes of a payment."""

    FULFILLED = "the money is there, and what it was for is done"
    USELESS = "the money is there, and what it was for cannot be done any more"
    DECLINED = "the provider or whoever pays refuses it"
    EXPIRED = "its time is over, or nobody wants it any more"
    GIVEN_BACK = "the provider has given the money back"


STEPS: Final[Mapping[tuple[OrderState, News], OrderState]] = {
    (S.OPEN, News.FULFILLED): S.FULFILLED,
    (S.OPEN, News.USELESS): S.PAID,
    (S.OPEN, News.DECLINED): S.DECLINED,
    (S.OPEN, News.EXPIRED): S.EXPIRED,
    (S.PAID, News.GIVEN_BACK): S.REFUNDED,
    # Somebody may pay at the very moment that it is called off.
    (S.EXPIRED, News.USELESS): S.PAID,
}
SETTLED: Final = frozenset({S.FULFILLED, S.DECLINED, S.REFUNDED})
"""The states in which there is nothing left to be done or learned."""


def domain_of(purpose: str) -> str:
    """Return the domain that declares the handlers of a purpose, such as `milestones` of `milestones.fund`."""
    return purpose.partition(".")[0]


def incoming(order: PaymentOrder, booking_id: str, now: datetime, milestone_id: str | None = None) -> LedgerTransaction:
    """Return the booking of the money that a provider has taken for an order."""
    entry = entries.Entry(booking_id, stamp(now), f"Paid for {order.title}", milestone_id, order.id)
    return entries.payment(order.deal, order.charge, entry)


def move(state: OrderState, news: News) -> OrderState:
    """Return where news leads. Raises Conflict for what cannot be said of a payment in this state."""
    if (state, news) not in STEPS:
        raise Conflict(f"This payment is {state}; that {news} changes nothing any more.")
    return STEPS[state, news]
