"""The sandbox: a provider that takes no money. Its checkout is a page of ours (`souk.domains.payments.web`).

PAYMENT#SANDBOX#<id>   TAKEN   what it has taken for a payment, as a real provider would know it
"""

from typing import Final

from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.providers.port import Report, Standing
from souk.storage import Collection, Entity, Key, Table
from souk.values.errors import Conflict

NAME: Final = "sandbox"
DECLINED_AMOUNTS: Final = {4002: "The card was declined.", 4051: "There is not enough money on the account."}
"""Charges whose amount before fees ends in these minor units are declined: 40.02 and 140.02 are, for one."""


class Taken(Entity):
    """What the sandbox knows of a payment."""

    order_id: str
    standing: Standing
    charge: int
    currency: str
    reason: str | None = None


def taken_key(order_id: str) -> Key:
    """Return the key of what was taken for a payment."""
    return Key(f"PAYMENT#SANDBOX#{order_id}", "TAKEN")


TAKEN: Collection[Taken] = Collection(
    name="SandboxPayment", model=Taken, key=taken_key, key_of=lambda one: taken_key(one.order_id)
)


class Sandbox:
    """The sandbox, over the table of this deployment."""

    name = NAME

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, order: PaymentOrder) -> Report:
        """Make a payment known: its page is ours, and there is no card, so there is nothing to make."""
        return self.look_up(order)

    def charge(self, order: PaymentOrder) -> Report:
        """Charge a card that does not exist; some amounts are declined."""
        reason = DECLINED_AMOUNTS.get(order.amount % 10_000)
        return self.settle(order, Standing.DECLINED if reason else Standing.PAID, reason)

    def settle(self, order: PaymentOrder, standing: Standing, reason: str | None = None) -> Report:
        """Note that a payment is made or refused, unless it is either already; returns which it is."""
        taken = Taken(
            order_id=order.id, standing=standing, charge=order.charge, currency=order.deal.currency, reason=reason
        )
        tx = self._table.transaction()
        tx.create(TAKEN, taken)
        try:
            tx.commit()
        except Conflict:
            return self.look_up(order)
        return _report(taken)

    def look_up(self, order: PaymentOrder) -> Report:
        """Say how a payment stands."""
        taken = self._table.get(TAKEN, order.id, consistent=True)
        return _report(taken) if taken else Report(Standing.OPEN, reference=_reference(order.id))

    def give_back(self, order: PaymentOrder) -> Report:
        """Give a payment back."""
        taken = self._table.get(TAKEN, order.id, consistent=True)
        if taken is None or taken.standing is not Standing.PAID:
            return self.look_up(order)
        tx = self._table.transaction()
        refunded = tx.update(TAKEN, taken.model_copy(update={"standing": Standing.REFUNDED}))
        tx.commit()
        return _report(refunded)

    def call_off(self, order: PaymentOrder) -> None:
        """Make that a payment takes no money any more."""
        self.settle(order, Standing.EXPIRED)


def _reference(order_id: str) -> str:
    return f"sandbox-{order_id}"


def _report(taken: Taken) -> Report:
    return Report(taken.standing, reference=_reference(taken.order_id), reason=taken.reason)
