"""Asking a provider for a payment: what it is for is written first, and only then is the provider asked.

So at every moment either nothing has been taken, or it is known what for. What a process leaves unfinished, the clock
finishes (`payments.reconcile`).
"""

from datetime import datetime, timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.ledger.model import AccountKind, Deal
from souk.domains.ledger.rules.entries import account
from souk.domains.ledger.store import balance
from souk.domains.payments.commands import settlement
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider, Standing
from souk.domains.payments.store import ORDERS, RECONCILE
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, SoukError, Unprocessable

CHECKOUT: Final = timedelta(hours=23)
"""How long a checkout can be paid; providers keep them for a day."""
CHARGE: Final = timedelta(minutes=5)
"""After what time a charge that nobody has finished is looked at again."""


def covered(table: Table, deal: Deal, charge: int) -> bool:
    """Say whether a charge needs no provider: the client pays on account, or has the money here."""
    return deal.on_account or balance(table, account(AccountKind.FUNDS, deal)) >= charge


def place(tx: Transaction, order: PaymentOrder) -> PaymentOrder:
    """Note in a transaction that a provider is going to be asked for a payment."""
    schedule(tx, RECONCILE, order.id, datetime.fromisoformat(order.expires))
    return tx.create(ORDERS, order)


def begin(table: Table, provider: PaymentProvider, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Have a provider know of a payment, and note what it calls it. Repeating it changes nothing."""
    if order.reference is not None:
        return order
    report = provider.begin(order)
    tx = table.transaction()
    stored = tx.update(ORDERS, order.model_copy(update={"reference": report.reference, "url": report.url}))
    try:
        tx.commit()
    except Conflict:  # another has begun the same payment at the same time, and the provider made it once
        current = table.get(ORDERS, order.id, consistent=True)
        if current is None or current.reference != report.reference:
            raise
        return current
    return stored if report.standing is Standing.OPEN else settlement.advance(table, provider, stored, report, now)


def charge(table: Table, provider: PaymentProvider, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Charge what the client has saved, and do what the payment is for.

    Raises Unprocessable where it is declined, and Conflict where what it is for cannot be done any more: the money has
    gone back then. Any other error leaves it to the clock, and whoever asked to look again.
    """
    settled = begin(table, provider, order, now)
    if settled.state is OrderState.OPEN:
        settled = settlement.advance(table, provider, settled, provider.charge(settled), now)
    if settled.state is OrderState.DECLINED:
        raise Unprocessable(f"The payment was declined: {settled.reason or 'no reason was given.'}")
    if settled.state is OrderState.OPEN:
        raise SoukError("The payment is under way and not finished yet; look again in a few minutes.")
    if settled.state is not OrderState.FULFILLED:
        raise Conflict(
            f"The payment could not be used, and the money goes back: {settled.reason or 'it came too late.'}"
        )
    return settled
