"""Payments in the graph: whom accounts are kept for, what was booked, checkouts, and payments beside milestones."""

from datetime import datetime, timedelta
from typing import Any

from souk.deadlines.model import schedule
from souk.domains.contracts.store import WRITES as CONTRACT_WRITES
from souk.domains.identity.rules.organizations import accounting_entity_id
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.milestones.store import WRITES as MILESTONE_WRITES
from souk.domains.payments import commands, fulfilment, history
from souk.domains.payments.deployed import provider
from souk.domains.payments.inputs import CustomPaymentRequest, HistoryFilter
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.pages import checkout_url
from souk.domains.payments.rules.orders import SETTLED
from souk.domains.payments.store import RECONCILE, WRITES
from souk.graph import Context, Domain, Scope
from souk.storage import Table
from souk.values.errors import Forbidden, Unprocessable
from souk.values.money import Money

_AGAIN = timedelta(hours=1)

domain = Domain("payments", function="contracts", writes=WRITES, joins=(*CONTRACT_WRITES, *MILESTONE_WRITES))


@domain.query("accountingEntity", scopes=[Scope.TRANSACTIONS_READ])
def accounting_entity(ctx: Context) -> dict[str, Any]:
    """Return whom the accounts of the organization in context are kept for.

    Raises Forbidden for who has no role in it.
    """
    organization = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    if organization is None or not ctx.principal.member:
        raise Forbidden("Only its members may know of an organization's accounts.")
    return {"id": accounting_entity_id(organization)}


@domain.query("transactionHistory", scopes=[Scope.COMMON_ENTITIES_READ, Scope.TRANSACTIONS_READ])
def transaction_history(ctx: Context, transaction_history_filter: HistoryFilter | None = None) -> dict[str, Any]:
    """Return what was booked for the caller's company."""
    if transaction_history_filter is None:
        raise Unprocessable("transactionHistoryFilter: say which days, and whose accounts.")
    found = history.rows(ctx, transaction_history_filter)
    return {"transactionDetail": {"transactionHistoryRow": found}}


@domain.mutation("sendCustomPayment", scopes=[Scope.PAYMENTS])
def send_custom_payment(ctx: Context, input: CustomPaymentRequest | None = None) -> dict[str, Any]:
    """Pay a freelancer beside what their milestones bring."""
    if input is None:
        raise Unprocessable("input: say whom to pay, and how much.")
    return {"invoiceId": commands.send(ctx, input)}


@domain.due(RECONCILE)
def reconcile(table: Table, order_id: str, now: datetime) -> None:
    """Finish a payment that nobody has finished: it is done what it was for, or it is called off, or it goes back."""
    asked = provider(table)
    order = fulfilment.settle(table, asked, order_id, now)
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
