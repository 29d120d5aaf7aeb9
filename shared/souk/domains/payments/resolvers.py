"""Payment orders in the graph: their checkouts, and finishing them."""

from datetime import datetime, timedelta

from souk.deadlines.model import schedule
from souk.domains.payments.commands import settlement
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.rules.orders import SETTLED
from souk.domains.payments.rules.urls import checkout_url
from souk.domains.payments.store import RECONCILE, WRITES
from souk.graph import Context, Domain
from souk.storage import Table
from souk.values.money import Money

_AGAIN = timedelta(hours=1)

domain = Domain("payments", function="contracts", writes=WRITES)


@domain.due(RECONCILE)
def reconcile(table: Table, order_id: str, now: datetime) -> None:
    """Finish a payment that nobody has finished: it is done what it was for, or it is called off, or it goes back."""
    asked = provider(table)
    order = settlement.settle(table, asked, order_id, now)
    unfinished = order is not None and order.state not in SETTLED | {OrderState.EXPIRED}
    if order is not None and unfinished and order.provider == asked.name:
        tx = table.transaction()
        schedule(tx, RECONCILE, order_id, now + _AGAIN)
        tx.commit()


# Checkouts


@domain.field("PaymentCheckout.url")
def url(source: PaymentOrder, ctx: Context) -> str | None:
    """Return where it is paid."""
    return checkout_url(ctx.base_url, ctx.signer, source)


@domain.field("PaymentCheckout.amount")
def amount(source: PaymentOrder, ctx: Context) -> Money:
    """Return what is charged."""
    return source.deal.money(source.charge)


@domain.field("PaymentCheckout.expiresDateTime")
def expires_date_time(source: PaymentOrder, ctx: Context) -> str:
    """Return when it can no longer be paid."""
    return source.expires
