"""What a provider is asked for a milestone: its price, or what an approval pays beyond escrow."""

from collections.abc import Sequence

from souk.domains.milestones.model import Approval, Milestone
from souk.domains.milestones.rules import paying
from souk.domains.payments import ordering
from souk.domains.payments.deployed import provider_name
from souk.domains.payments.model import BookingKind, Deal, PaymentOrder, Purpose
from souk.domains.payments.pages import checkout_page
from souk.graph import Context
from souk.values.times import stamp

Amounts = Sequence[tuple[BookingKind, int]]


def checkout_of(ctx: Context, milestone: Milestone, deal: Deal) -> PaymentOrder:
    """Return a checkout for the price of a milestone, not stored yet."""
    order = _order(ctx, milestone, deal, [(BookingKind.FUNDING, milestone.deposit)])
    return order.model_copy(
        update={
            "purpose": Purpose.FUND_MILESTONE,
            "return_url": checkout_page(ctx.base_url, ctx.cursors, order.id),
            "expires": stamp(ctx.now + ordering.CHECKOUT),
        }
    )


def charge_for(ctx: Context, milestone: Milestone, deal: Deal, extras: Amounts, approval: Approval) -> PaymentOrder:
    """Return a charge for what an approval pays beyond escrow, not stored yet."""
    return _order(ctx, milestone, deal, extras).model_copy(update={"approval": approval})


def _order(ctx: Context, milestone: Milestone, deal: Deal, amounts: Amounts) -> PaymentOrder:
    return PaymentOrder(
        id=ctx.table.new_id(),
        purpose=Purpose.APPROVE_MILESTONE,
        provider=provider_name(),
        deal=deal,
        amount=sum(amount for _, amount in amounts),
        charge=paying.charged(deal, amounts),
        title=f"Milestone {milestone.sequence}: {milestone.description[:200]}",
        offer_id=milestone.offer_id,
        milestone_id=milestone.id,
        booking_id=ctx.table.new_id(),
        user_id=ctx.principal.user_id,
        created=stamp(ctx.now),
        modified=stamp(ctx.now),
        expires=stamp(ctx.now + ordering.CHARGE),
    )
