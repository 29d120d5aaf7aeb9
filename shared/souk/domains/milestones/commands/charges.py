"""Payment orders for a milestone: its price, or the part of an approval that escrow does not cover."""

from collections.abc import Sequence

from souk.domains.ledger.model import BookingKind, Deal
from souk.domains.milestones.model import Approval, Milestone, MilestonePayment
from souk.domains.milestones.rules import paying
from souk.domains.payments.commands.orders import CHARGE_LIFETIME, CHECKOUT_LIFETIME
from souk.domains.payments.deployment import provider_name
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.rules.urls import checkout_page
from souk.graph import Context
from souk.values.times import stamp

FUND = "milestones.fund"
APPROVE = "milestones.approve"
_MAX_TITLE = 200  # characters of the milestone's description

Amounts = Sequence[tuple[BookingKind, int]]


def checkout_of(ctx: Context, milestone: Milestone, deal: Deal, back_url: str | None = None) -> PaymentOrder:
    """Return a new checkout for the price of a milestone, which leads back to a page. It is not stored."""
    order = _order(ctx, milestone, deal, [(BookingKind.FUNDING, milestone.deposit)])
    return order.model_copy(
        update={
            "purpose": FUND,
            "checkout": True,
            "return_url": checkout_page(ctx.base_url, ctx.signer, order.id),
            "back_url": back_url,
            "expires": stamp(ctx.now + CHECKOUT_LIFETIME),
        }
    )


def charge_for(ctx: Context, milestone: Milestone, deal: Deal, extras: Amounts, approval: Approval) -> PaymentOrder:
    """Return a new charge for the part of an approval that escrow does not cover. It is not stored."""
    return _order(ctx, milestone, deal, extras, approval)


def _order(
    ctx: Context, milestone: Milestone, deal: Deal, amounts: Amounts, approval: Approval | None = None
) -> PaymentOrder:
    details = MilestonePayment(offer_id=milestone.offer_id, milestone_id=milestone.id, approval=approval)
    return PaymentOrder(
        id=ctx.table.new_id(),
        purpose=APPROVE,
        details=details.model_dump(mode="json", by_alias=True, exclude_none=True),
        provider=provider_name(),
        deal=deal,
        amount=sum(amount for _, amount in amounts),
        charge=paying.total_charge(deal, amounts),
        title=f"Milestone {milestone.sequence}: {milestone.description[:_MAX_TITLE]}",
        booking_id=ctx.table.new_id(),
        user_id=ctx.principal.user_id,
        created=stamp(ctx.now),
        modified=stamp(ctx.now),
        expires=stamp(ctx.now + CHARGE_LIFETIME),
    )
