"""The sandbox: a provider that moves no money. Its checkouts are pages of Souk (`souk.domains.payments.web`).

PAYMENT#SANDBOX#<id>   TAKEN   the sandbox's record of a payment
"""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from souk.domains.payments.model import CardRefund, PaymentOrder
from souk.domains.payments.providers.port import PaymentStatus, Report
from souk.storage import Collection, Entity, Key, Table
from souk.values.errors import Conflict

NAME: Final = "sandbox"
DECLINED_AMOUNTS: Final = {4002: "The card was declined.", 4051: "The account does not hold enough money."}
"""Charges are declined if their amount before fees ends in these minor units, such as 40.02 and 140.02."""


class SandboxPayment(Entity):
    """The sandbox's record of a payment."""

    order_id: str
    standing: PaymentStatus
    charge: int
    currency: str
    reason: str | None = None
    refunds: Mapping[str, int] = Field(default_factory=dict)
    """The amounts of partial refunds, by the ids of the refunds."""


def sandbox_payment_key(order_id: str) -> Key:
    """Return the key of the sandbox's record of a payment."""
    return Key(f"PAYMENT#SANDBOX#{order_id}", "TAKEN")


SANDBOX_PAYMENTS: Collection[SandboxPayment] = Collection(
    name="SandboxPayment",
    model=SandboxPayment,
    key=sandbox_payment_key,
    key_of=lambda one: sandbox_payment_key(one.order_id),
)


class Sandbox:
    """The sandbox, with its records in the deployment's table."""

    name = NAME

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, order: PaymentOrder) -> Report:
        """Return the status of the payment. There is nothing to create."""
        return self.look_up(order)

    def has_saved_card(self, company_id: str) -> bool:  # noqa: ARG002 - every company has an imaginary one
        """Return True."""
        return True

    def charge(self, order: PaymentOrder) -> Report:
        """Charge an imaginary card. The amounts in `DECLINED_AMOUNTS` are declined."""
        reason = DECLINED_AMOUNTS.get(order.amount % 10_000)
        return self.settle(order, PaymentStatus.DECLINED if reason else PaymentStatus.PAID, reason)

    def settle(self, order: PaymentOrder, status: PaymentStatus, reason: str | None = None) -> Report:
        """Store the result of a payment, unless it has one already. Returns the stored result."""
        payment = SandboxPayment(
            order_id=order.id, standing=status, charge=order.charge, currency=order.deal.currency, reason=reason
        )
        tx = self._table.transaction()
        tx.create(SANDBOX_PAYMENTS, payment)
        try:
            tx.commit()
        except Conflict:
            return self.look_up(order)
        return _report(payment)

    def look_up(self, order: PaymentOrder) -> Report:
        """Return the status of a payment."""
        payment = self._table.get(SANDBOX_PAYMENTS, order.id, consistent=True)
        return _report(payment) if payment else Report(PaymentStatus.OPEN, reference=_reference(order.id))

    def refund(self, order: PaymentOrder) -> Report:
        """Refund a payment."""
        payment = self._table.get(SANDBOX_PAYMENTS, order.id, consistent=True)
        if payment is None or payment.standing is not PaymentStatus.PAID:
            return self.look_up(order)
        tx = self._table.transaction()
        refunded = tx.update(SANDBOX_PAYMENTS, payment.model_copy(update={"standing": PaymentStatus.REFUNDED}))
        tx.commit()
        return _report(refunded)

    def refund_part(self, order: PaymentOrder, refund: CardRefund) -> Report:
        """Refund a part of a payment. The amounts in `DECLINED_AMOUNTS` are refused."""
        payment = self._table.get(SANDBOX_PAYMENTS, order.id, consistent=True)
        if payment is None or payment.standing is not PaymentStatus.PAID:
            return Report(PaymentStatus.DECLINED, reason="It was not paid.")
        if refund.id in payment.refunds:
            return Report(PaymentStatus.REFUNDED, _reference(order.id))
        if reason := DECLINED_AMOUNTS.get(refund.amount % 10_000):
            return Report(PaymentStatus.DECLINED, _reference(order.id), reason=reason)
        if sum(payment.refunds.values()) + refund.amount > payment.charge:
            return Report(PaymentStatus.DECLINED, _reference(order.id), reason="It is more than was paid.")
        tx = self._table.transaction()
        refunds = {**payment.refunds, refund.id: refund.amount}
        tx.update(SANDBOX_PAYMENTS, payment.model_copy(update={"refunds": refunds}))
        tx.commit()
        return Report(PaymentStatus.REFUNDED, _reference(order.id))

    def cancel(self, order: PaymentOrder) -> None:
        """Cancel a payment."""
        self.settle(order, PaymentStatus.EXPIRED)

    def forget(self, company_id: str) -> None:
        """Do nothing: nothing is saved."""


def _reference(order_id: str) -> str:
    return f"sandbox-{order_id}"


def _report(payment: SandboxPayment) -> Report:
    return Report(payment.standing, reference=_reference(payment.order_id), reason=payment.reason)
