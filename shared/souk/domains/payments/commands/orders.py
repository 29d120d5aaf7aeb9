"""Ordering payments from a provider. The order is stored with its purpose before the provider is called.

So the purpose of all money taken is known. The deadline `payments.reconcile` settles what a process leaves unfinished.
"""

from datetime import datetime, timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.ledger.model import AccountKind, Deal
from souk.domains.ledger.rules.entries import account
from souk.domains.ledger.store import balance
from souk.domains.payments.commands import settlement
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider, PaymentStatus
from souk.domains.payments.store import ORDERS, RECONCILE
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, SoukError, Unprocessable

CHECKOUT_LIFETIME: Final = timedelta(hours=23)
"""How long a checkout can be paid. Providers keep checkouts for a day."""
CHARGE_LIFETIME: Final = timedelta(minutes=5)
"""The time until the deadline of an unfinished charge."""


def covered(table: Table, deal: Deal, charge: int) -> bool:
    """Return whether a charge needs no provider: the client pays on account, or their funds cover it."""
    return deal.on_account or balance(table, account(AccountKind.FUNDS, deal)) >= charge


def place(tx: Transaction, order: PaymentOrder) -> PaymentOrder:
    """Add a payment order to a transaction, with the deadline that settles it."""
    schedule(tx, RECONCILE, order.id, datetime.fromisoformat(order.expires))
    return tx.create(ORDERS, order)


def begin(table: Table, provider: PaymentProvider, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Create a payment at the provider, and store its reference. Repeating this changes nothing."""
    if order.reference is not None:
        return order
    report = provider.begin(order)
    tx = table.transaction()
    stored = tx.update(ORDERS, order.model_copy(update={"reference": report.reference, "url": report.url}))
    try:
        tx.commit()
    except Conflict:  # a concurrent call began the same payment; the provider made it once
        current = table.get(ORDERS, order.id, consistent=True)
        if current is None or current.reference != report.reference:
            raise
        return current
    return stored if report.status is PaymentStatus.OPEN else settlement.advance(table, provider, stored, report, now)


def charge(table: Table, provider: PaymentProvider, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Charge the client's saved payment method, and fulfil the purpose.

    Raises Unprocessable if the charge is declined, and Conflict if the purpose is no longer possible and the money was
    refunded. After any other error the deadline settles the payment, and the caller has to check again.
    """
    settled = begin(table, provider, order, now)
    if settled.state is OrderState.OPEN:
        settled = settlement.advance(table, provider, settled, provider.charge(settled), now)
    if settled.state is OrderState.DECLINED:
        raise Unprocessable(f"The payment was declined: {settled.reason or 'no reason was given.'}")
    if settled.state is OrderState.OPEN:
        raise SoukError("The payment is not finished yet. Check again in a few minutes.")
    if settled.state is not OrderState.FULFILLED:
        raise Conflict(f"The payment could not be used and is refunded: {settled.reason or 'it came too late.'}")
    return settled
