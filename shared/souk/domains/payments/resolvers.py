"""The resolvers of checkouts, and the deadline that settles unfinished payments."""

from datetime import datetime, timedelta

from souk.deadlines.model import schedule
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.payments import lists
from souk.domains.payments.commands import refunds, settlement
from souk.domains.payments.deployment import provider
from souk.domains.payments.inputs import OrderFilter, RefundPayment
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.personal import PERSONAL
from souk.domains.payments.rules.orders import SETTLED, is_stuck
from souk.domains.payments.rules.urls import checkout_url
from souk.domains.payments.store import ALL_ORDERS, RECONCILE
from souk.graph import Context, Domain, Scope
from souk.graph.lists import Connection, Pagination
from souk.storage import Table
from souk.values.money import Money

_RETRY_AFTER = timedelta(hours=1)

# A payment for a week also writes the week, which an upper domain owns, and closes its review.
domain = Domain("payments", function="contracts", joins=("audit", "reviews"), joins_keys=("TIMESHEET#",))
domain.personal(PERSONAL)


@domain.due(RECONCILE)
def reconcile(table: Table, order_id: str, now: datetime) -> None:
    """Settle an unfinished payment: it is fulfilled, cancelled or refunded."""
    payment_provider = provider(table)
    settlement.settle(table, payment_provider, order_id, now)
    order = refunds.finish(table, payment_provider, order_id, now)
    unfinished = order is not None and (
        order.state not in SETTLED | {OrderState.EXPIRED} or order.pending_refund is not None
    )
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


# Payments, for operators


@domain.query("paymentOrders", scopes=[Scope.OPERATOR], size=ALL_ORDERS)
def payment_orders(ctx: Context, filter: OrderFilter | None = None, pagination: Pagination | None = None) -> Connection:
    """Return a page of payments."""
    return lists.payment_orders(ctx, filter, pagination)


@domain.mutation("refundPayment", scopes=[Scope.OPERATOR])
def refund_payment(ctx: Context, input: RefundPayment) -> PaymentOrder:
    """Pay a part of a payment back to the card."""
    return refunds.refund(ctx, provider(ctx.table), input)


@domain.mutation("retryPaymentOrder", scopes=[Scope.OPERATOR])
def retry_payment_order(ctx: Context, id: str) -> PaymentOrder:
    """Ask the provider about a payment now."""
    return refunds.retry(ctx, provider(ctx.table), id)


domain.link("PaymentOrder.organization", to=ORGANIZATIONS, by=lambda order: order.deal.client_company_id)


@domain.field("PaymentOrder.amount")
def order_amount(source: PaymentOrder, ctx: Context) -> Money:
    """Return the amount before fees."""
    return source.deal.money(source.amount)


@domain.field("PaymentOrder.charge")
def order_charge(source: PaymentOrder, ctx: Context) -> Money:
    """Return the charged amount."""
    return source.deal.money(source.charge)


@domain.field("PaymentOrder.refunded")
def order_refunded(source: PaymentOrder, ctx: Context) -> Money:
    """Return the amount that has gone back to the card."""
    return source.deal.money(source.refunded)


@domain.field("PaymentOrder.reason")
def order_reason(source: PaymentOrder, ctx: Context) -> str | None:
    """Return why it was declined, could not be used, or could not be refunded."""
    return source.reason or next((one.problem for one in reversed(source.refunds) if one.problem), None)


@domain.field("PaymentOrder.stuck")
def order_stuck(source: PaymentOrder, ctx: Context) -> bool:
    """Return whether it waits for something that should have happened."""
    return is_stuck(source, ctx.now)


@domain.field("PaymentOrder.contractId")
def order_contract_id(source: PaymentOrder, ctx: Context) -> str:
    """Return the id of the contract."""
    return source.deal.contract_id


@domain.field("PaymentOrder.milestoneId")
def order_milestone_id(source: PaymentOrder, ctx: Context) -> str | None:
    """Return the id of the milestone; None for another purpose."""
    return source.details.get("milestoneId")


domain.attributes("PaymentOrder", {"createdDateTime": "created", "expiresDateTime": "expires"})
