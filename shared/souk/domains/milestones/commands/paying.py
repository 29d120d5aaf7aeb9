"""Funding and approving milestones. Transactions that move money fail if the contract has changed meanwhile."""

from souk.domains.agreements.commands import require_parties
from souk.domains.contracts.commands.changing import room_subject
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
from souk.domains.payments.commands.returning import lead_back, return_url
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider
from souk.domains.payments.store import ORDERS
from souk.domains.rooms.commands import Actor, tell
from souk.domains.rooms.model import StoryEvent
from souk.domains.workflow.store import note_work
from souk.graph import Context
from souk.storage import Transaction
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
    back_url = return_url(problems, ctx, request.return_url)
    problems.raise_if_any()
    noted = submissions.with_message(milestone, note, stamp(ctx.now))
    deal = deal_of(ctx.table, contract)
    charge = charge_of(deal, milestone.deposit)
    if orders.covered(ctx.table, deal, charge):
        booked = paying.fund(noted, deal, paying.BookingContext(ctx.table.new_id, ctx.now))
        funded = _book(ctx, contract, booked, StoryEvent.MILESTONE_ACTIVATED, note, begins=True)
        cancel_checkout(ctx, milestone)
        return funded
    return _check_out(ctx, contract, noted, deal, note, back_url)


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
        return _book(ctx, contract, booked, StoryEvent.MILESTONE_APPROVED, approval.note)
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


def _tell(
    ctx: Context, tx: Transaction, contract: Contract, milestone: Milestone, event: StoryEvent, words: str | None
) -> None:
    """Add the client's words to a transaction, as a story of the contract's room."""
    tell(Actor.of(ctx), tx, room_subject(contract), event, words, "milestone", milestone.id)


def _book(
    ctx: Context,
    contract: Contract,
    booked: paying.BookedMilestone,
    event: StoryEvent,
    words: str | None,
    *,
    begins: bool = False,
) -> Milestone:
    """Store a paid or funded milestone. `begins` says whether work begins, which nobody suspended may take part in."""
    tx = ctx.table.transaction()
    if begins:
        require_parties(tx, contract.parties)
    stored = change_milestone(tx, booked.milestone, contract.parties)
    _tell(ctx, tx, contract, stored, event, words)
    post(tx, *booked.bookings)
    tx.check(CONTRACTS, contract)
    if booked.milestone.paid:
        note_work(tx, contract.id, ctx.now)
    tx.commit()
    return stored


def _check_out(
    ctx: Context, contract: Contract, milestone: Milestone, deal: Deal, note: str | None, back_url: str | None
) -> Milestone:
    """Create a checkout for a milestone, unless its current one can still be paid. A changed milestone is stored."""
    order = ctx.table.get(ORDERS, milestone.checkout_id, consistent=True) if milestone.checkout_id else None
    payment_provider, changed = provider(ctx.table), note is not None
    tx = ctx.table.transaction()
    require_parties(tx, contract.parties)
    if order is None or not _can_be_paid(order, payment_provider, ctx):
        order = orders.place(tx, charges.checkout_of(ctx, milestone, deal, back_url))
        milestone, changed = milestone.model_copy(update={"checkout_id": order.id}), True
    else:
        order = lead_back(tx, order, back_url)
    if changed:
        milestone = change_milestone(tx, milestone, contract.parties)
        _tell(ctx, tx, contract, milestone, StoryEvent.MILESTONE_ACTIVATED, note)
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
