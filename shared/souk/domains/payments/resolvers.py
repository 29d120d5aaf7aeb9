"""The resolvers of checkouts, and the deadline that settles unfinished payments."""

from datetime import datetime, timedelta

from souk.deadlines.model import schedule
from souk.domains.payments.commands import settlement
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.rules.orders import SETTLED
from souk.domains.payments.rules.urls import checkout_url
from souk.domains.payments.store import RECONCILE
from souk.graph import Context, Domain
from souk.storage import Table
from souk.values.money import Money

_RETRY_AFTER = timedelta(hours=1)

# A payment for a week also writes the week, which an upper domain owns, and closes its review.
domain = Domain("payments", function="contracts", joins=("reviews",), joins_keys=("TIMESHEET#",))


@domain.due(RECONCILE)
def reconcile(table: Table, order_id: str, now: datetime) -> None:
    """Settle an unfinished payment: it is fulfilled, cancelled or refunded."""
    payment_provider = provider(table)
    order = settlement.settle(table, payment_provider, order_id, now)
    unfinished = order is not None and order.state not in SETTLED | {OrderState.EXPIRED}
    if order is not None and unfinished and order.provider == payment_provider.name:
        tx = table.transaction()
        schedule(tx, RECONCILE, order_id, now + _RETRY_AFTER)
        tx.commit()


# Checkouts


@domain.field("PaymentCheckout.url")
def url(source: PaymentOrder, ctx: Context) -> str | None:
    """Return the URL of the payment page; None once it cannot be paid."""
    return checkout_url(ctx.base_url, ctx.signer, source)


@domain.field("PaymentCheckout.amount")
def amount(source: PaymentOrder, ctx: Context) -> Money:
    """Return the charged amount."""
    return source.deal.money(source.charge)


@domain.field("PaymentCheckout.expiresDateTime")
def expires_date_time(source: PaymentOrder, ctx: Context) -> str:
    """Return the deadline of the payment."""
    return source.expires
