"""Funding and approving milestones: the changed milestone, and its bookings. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from souk.domains.ledger.model import BookingKind, Deal, LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.rules.fees import fee, returned
from souk.domains.milestones.model import Approval, Milestone
from souk.domains.milestones.rules.states import Action, move
from souk.domains.milestones.rules.submissions import with_message
from souk.values.errors import Conflict, Unprocessable
from souk.values.times import stamp


@dataclass(frozen=True, slots=True)
class BookedMilestone:
    """A changed milestone, and the bookings of the change."""

    milestone: Milestone
    bookings: tuple[LedgerTransaction, ...]


@dataclass(frozen=True, slots=True)
class BookingContext:
    """The data of new bookings: ids, the time, and the payment order, if there is one."""

    new_id: Callable[[], str]
    now: datetime
    order_id: str | None = None

    def entry(self, milestone: Milestone, description: str) -> entries.Entry:
        """Return the entry of a booking for a milestone."""
        return entries.Entry(self.new_id(), stamp(self.now), description, milestone.id, self.order_id)


def require_settled(milestone: Milestone) -> None:
    """Raise Conflict while a payment for a milestone is not settled."""
    if milestone.payment_id is not None:
        raise Conflict("This milestone is being paid right now. Read it again in a few minutes.")


def fund(milestone: Milestone, deal: Deal, context: BookingContext) -> BookedMilestone:
    """Return the funded milestone. Raises Conflict if its state does not allow it."""
    require_settled(milestone)
    state = move(Action.FUND, milestone.state)
    price = milestone.deposit
    funded = milestone.model_copy(
        update={
            "state": state,
            "funded": price,
            "escrow": price,
            "charged_fee": fee(price, deal.fees.client),
            "modified": stamp(context.now),
        }
    )
    entry = context.entry(milestone, _describe("Escrow for", milestone))
    return BookedMilestone(funded, (entries.funding(deal, price, entry),))


def extras(milestone: Milestone, approval: Approval) -> tuple[tuple[BookingKind, int], ...]:
    """Return the amounts of an approval that escrow does not cover: overpayment and bonus."""
    over = max(0, approval.paid - milestone.escrow)
    kinds = ((BookingKind.OVERPAYMENT, over), (BookingKind.BONUS, approval.bonus))
    return tuple((kind, amount) for kind, amount in kinds if amount)


def approve(milestone: Milestone, approval: Approval, deal: Deal, context: BookingContext) -> BookedMilestone:
    """Return the paid milestone. The freelancer is paid from escrow, and the rest is refunded to the client.

    Raises Conflict unless it is funded, and Unprocessable for less than the price without a reason.
    """
    state = move(Action.APPROVE, milestone.state)
    underpaid = approval.paid < milestone.deposit
    if underpaid and not approval.underpayment_reason:
        price = milestone.money(milestone.deposit)
        raise Unprocessable(
            "input.underpaymentReason: give a reason for paying less than the milestone's price, which is "
            f"{price.minor} here ({price.raw_value} {price.currency})."
        )
    if approval.underpayment_reason and not underpaid:
        raise Unprocessable("input.underpaymentReason: leave it out; this is not less than the milestone's price.")
    released = min(approval.paid, milestone.escrow)
    rest = milestone.escrow - released
    bookings = [entries.release(deal, released, context.entry(milestone, _describe("Payment for", milestone)))]
    if rest:
        fee_refund = returned(milestone.charged_fee, released, deal.fees.client)
        entry = context.entry(milestone, _describe("Refund for", milestone))
        bookings.append(entries.refund(deal, rest, fee_refund, entry))
    for kind, amount in extras(milestone, approval):
        entry = context.entry(milestone, _describe(f"{kind} for", milestone))
        bookings.append(entries.direct(kind, deal, amount, entry))
    paid = milestone.model_copy(
        update={
            "state": state,
            "escrow": 0,
            "charged_fee": milestone.charged_fee - (returned(milestone.charged_fee, released, deal.fees.client)),
            "paid": approval.paid,
            "overpaid": max(0, approval.paid - milestone.deposit),
            "bonus": approval.bonus,
            "pay_comment": approval.comment,
            "underpayment_reason": approval.underpayment_reason,
            "payment_id": None,
            "modified": stamp(context.now),
        }
    )
    return BookedMilestone(with_message(paid, approval.note, stamp(context.now)), tuple(bookings))


def total_charge(deal: Deal, amounts: Sequence[tuple[BookingKind, int]]) -> int:
    """Return the amount that a client pays for several payments. Each has its own fee."""
    return sum(entries.charge_of(deal, amount) for _, amount in amounts)


def _describe(prefix: str, milestone: Milestone) -> str:
    return f"{prefix} milestone {milestone.sequence}: {milestone.description[:200]}"
