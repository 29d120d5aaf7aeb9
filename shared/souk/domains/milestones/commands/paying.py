"""Funding and approving milestones. Transactions that move money fail if the contract has changed meanwhile."""

from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS, deal_of
from souk.domains.ledger.model import Deal
from souk.domains.ledger.rules.entries import charge_of
from souk.domains.ledger.store import post
from souk.domains.milestones.commands import charges
from souk.domains.milestones.commands.access import (
    cancel_checkout,
    milestone_for_client,
    require_active,
    require_contract,
)
from souk.domains.milestones.inputs import ActivateMilestone, ApproveMilestone
from souk.domains.milestones.model import Approval, Milestone
from souk.domains.milestones.rules import paying, requirements, submissions
from souk.domains.milestones.rules.states import Action, move
from souk.domains.milestones.store import MILESTONES, change_milestone
from souk.domains.payments.commands import orders
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider
from souk.domains.payments.store import ORDERS
from souk.graph import Context
from souk.values import texts
from souk.values.errors import Conflict
from souk.values.problems import Problems
from souk.values.times import stamp


def activate(ctx: Context, request: ActivateMilestone) -> Milestone:
    """Fund a milestone: at once if the client pays on account or has enough funds, otherwise by a checkout."""
    milestone, agreement = milestone_for_client(ctx, request.id)
    contract = require_contract(agreement)
    require_active(contract)
    move(Action.FUND, milestone.state)
    problems = Problems("input")
    note = texts.optional_text(problems, "message", request.message)
    problems.raise_if_any()
    noted = submissions.with_message(milestone, note, stamp(ctx.now))
    deal = deal_of(ctx.table, contract)
    charge = charge_of(deal, milestone.deposit)
    if orders.covered(ctx.table, deal, charge):
        funded = _book(ctx, contract, paying.fund(noted, deal, paying.BookingContext(ctx.table.new_id, ctx.now)))
        cancel_checkout(ctx, milestone)
        return funded
    return _check_out(ctx, contract, noted, deal, changed=note is not None)


def approve(ctx: Context, request: ApproveMilestone) -> Milestone:
    """Pay for a milestone. The part beyond escrow is charged first; if that fails, nothing is paid."""
    milestone, agreement = milestone_for_client(ctx, request.id)
    agreement.require_open(ctx)
    contract = require_contract(agreement)
    paying.require_settled(milestone)
    approval = _approval(request, milestone.currency)
    deal = deal_of(ctx.table, contract)
    booked = paying.approve(milestone, approval, deal, paying.BookingContext(ctx.table.new_id, ctx.now))
    extras = paying.extras(milestone, approval)
    charge = paying.total_charge(deal, extras)
    if not charge or orders.covered(ctx.table, deal, charge):
        return _book(ctx, contract, booked)
    order = charges.charge_for(ctx, milestone, deal, extras, approval)
    tx = ctx.table.transaction()
    tx.update(MILESTONES, milestone.model_copy(update={"payment_id": order.id}))
    placed = orders.place(tx, order)
    tx.check(CONTRACTS, contract)
    tx.commit()
    orders.charge(ctx.table, provider(ctx.table), placed, ctx.now)
    return _reload(ctx, milestone)


def _approval(request: ApproveMilestone, currency: str) -> Approval:
    problems = Problems("input")
    approval = Approval(
        paid=requirements.amount(problems, "paidAmount", request.paid_amount, currency),
        bonus=requirements.amount(problems, "bonusAmount", request.bonus_amount, currency, least=0)
        if request.bonus_amount
        else 0,
        comment=texts.optional_text(problems, "paymentComment", request.payment_comment),
        underpayment_reason=texts.optional_text(problems, "underpaymentReason", request.underpayment_reason),
        note=texts.optional_text(problems, "noteToContractor", request.note_to_contractor),
    )
    problems.raise_if_any()
    return approval


def _book(ctx: Context, contract: Contract, booked: paying.BookedMilestone) -> Milestone:
    tx = ctx.table.transaction()
    stored = change_milestone(tx, booked.milestone, contract.parties)
    post(tx, *booked.bookings)
    tx.check(CONTRACTS, contract)
    tx.commit()
    return stored


def _check_out(ctx: Context, contract: Contract, milestone: Milestone, deal: Deal, *, changed: bool) -> Milestone:
    """Create a checkout for a milestone, unless its current one can still be paid. A changed milestone is stored."""
    order = ctx.table.get(ORDERS, milestone.checkout_id, consistent=True) if milestone.checkout_id else None
    payment_provider = provider(ctx.table)
    tx = ctx.table.transaction()
    if order is None or not _can_be_paid(order, payment_provider, ctx):
        order = orders.place(tx, charges.checkout_of(ctx, milestone, deal))
        milestone, changed = milestone.model_copy(update={"checkout_id": order.id}), True
    if changed:
        milestone = change_milestone(tx, milestone, contract.parties)
        tx.check(CONTRACTS, contract)
        tx.commit()
    orders.begin(ctx.table, payment_provider, order, ctx.now)
    return milestone


def _can_be_paid(order: PaymentOrder, payment_provider: PaymentProvider, ctx: Context) -> bool:
    return order.state is OrderState.OPEN and order.expires > stamp(ctx.now) and order.provider == payment_provider.name


def _reload(ctx: Context, milestone: Milestone) -> Milestone:
    stored = ctx.table.get(MILESTONES, milestone.offer_id, milestone.id, consistent=True)
    if stored is None:
        raise Conflict("This milestone no longer exists.")
    return stored
