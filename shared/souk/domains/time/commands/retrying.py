"""Paying a week whose charge failed: from the client's funds, by their saved card, or by a checkout."""

from typing import Final

from souk.domains.agreements.rules import require_client_lead
from souk.domains.identity.store import USERS
from souk.domains.payments.commands import orders
from souk.domains.payments.commands.returning import lead_back, return_url
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.rules.urls import checkout_page
from souk.domains.payments.store import ORDERS
from souk.domains.time.commands import billing
from souk.domains.time.commands.access import Change
from souk.domains.time.commands.booking import Step
from souk.domains.time.inputs import RetryPayment
from souk.domains.time.model import Stage, Timesheet
from souk.domains.time.rules import states
from souk.domains.time.store import TIMESHEETS
from souk.graph import Context
from souk.storage import Table
from souk.values.errors import Conflict
from souk.values.problems import Problems
from souk.values.times import stamp

_DECLINED: Final = (Stage.DECLINED, Stage.WRITTEN_OFF)


def retry(ctx: Context, request: RetryPayment) -> Timesheet:
    """Pay a declined week, for the client. Another decline is no error: the state says how it stands.

    It makes a checkout if the request asks for one, or the client has no saved card.
    """
    problems = Problems("input")
    back_url = return_url(problems, ctx, request.return_url)
    to_pay: list[PaymentOrder] = []

    def attempt(step: Step) -> Timesheet:
        to_pay.clear()
        require_client_lead(step.contract.parties, ctx.principal)
        states.require_booked(step.sheet, ctx.now)
        if step.sheet.stage not in _DECLINED:
            raise Conflict("This week is paid: its charge did not fail.")
        if step.sheet.stage is Stage.WRITTEN_OFF and _is_erased(ctx.table, step.contract.parties.vendor_user_id):
            raise Conflict("The freelancer's account was deleted, so this week cannot be paid any more.")
        last = billing.order_of(ctx.table, step.sheet)
        if last is not None and last.state is OrderState.OPEN:
            raise Conflict("This week is being charged right now. Read it again in a few minutes.")
        sheet, order = _check_out(ctx, step, back_url) if _by_checkout(step, request) else billing.pay_again(step)
        to_pay.extend([order] if order else [])
        return sheet

    changed = Change(ctx, "retryTimesheetPayment", request, problems).make(attempt)
    for order in to_pay:
        if order.checkout:
            orders.begin(ctx.table, provider(ctx.table), order, ctx.now)
        else:
            billing.settle_charge(ctx.table, order, ctx.now)
    return ctx.table.get(TIMESHEETS, changed.contract_id, changed.week, consistent=True) or changed


def _is_erased(table: Table, user_id: str) -> bool:
    """Return whether a person was erased. They could do so because the week was given up."""
    user = table.get(USERS, user_id, consistent=True)
    return user is not None and user.erased is not None


def _by_checkout(step: Step, request: RetryPayment) -> bool:
    """Return whether a week is paid by a checkout: not if funds cover it, and only on request if there is a card."""
    deal = step.deal()
    if orders.covered(step.table, deal, step.charge):
        return False
    return bool(request.use_checkout) or not provider(step.table).has_saved_card(deal.client_company_id)


def _check_out(ctx: Context, step: Step, back_url: str | None) -> tuple[Timesheet, PaymentOrder]:
    """Add a checkout to a transaction, unless the week has one that can be paid."""
    id_ = step.sheet.checkout_id
    current = ctx.table.get(ORDERS, id_, consistent=True) if id_ else None
    if current is not None and _can_be_paid(ctx, current):
        return step.sheet, lead_back(step.tx, current, back_url)
    order = billing.order_for(step, step.deal(), ctx.now + orders.CHECKOUT_LIFETIME)
    checkout = {
        "checkout": True,
        "return_url": checkout_page(ctx.base_url, ctx.signer, order.id),
        "back_url": back_url,
        "user_id": ctx.principal.user_id,
    }
    placed = orders.place(step.tx, order.model_copy(update=checkout))
    return step.having(checkout_id=placed.id).save(), placed


def _can_be_paid(ctx: Context, order: PaymentOrder) -> bool:
    in_time = order.state is OrderState.OPEN and order.expires > stamp(ctx.now)
    return in_time and order.provider == provider(ctx.table).name
