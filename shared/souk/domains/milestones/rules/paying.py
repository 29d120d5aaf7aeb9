"""What funding and approving a milestone change, on it and on the books. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from souk.domains.ledger.model import BookingKind, Deal, LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.rules.fees import fee, returned
from souk.domains.milestones.model import Approval, Milestone
from souk.domains.milestones.rules.states import Action, move
from souk.values.errors import Conflict, Unprocessable
from souk.values.times import stamp


@dataclass(frozen=True, slots=True)
class Booked:
    """A milestone as it becomes, and what is booked for it."""

    milestone: Milestone
    bookings: tuple[LedgerTransaction, ...]


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who writes the books: gives ids, and knows the time and which payment it is for, if a provider was asked."""

    new_id: Callable[[], str]
    now: datetime
    order_id: str | None = None

    def entry(self, milestone: Milestone, description: str) -> entries.Entry:
        """Return what a booking for a milestone is called by."""
        return entries.Entry(self.new_id(), stamp(self.now), description, milestone.id, self.order_id)


def require_settled(milestone: Milestone) -> None:
    """Raise Conflict while a payment for a milestone is under way."""
    if milestone.payment_id is not None:
        raise Conflict("This milestone is being paid at this moment; read it again in a few minutes.")


def fund(milestone: Milestone, deal: Deal, clerk: Clerk) -> Booked:
    """Return a milestone whose price was put into escrow. Raises Conflict unless it waits for that."""
    require_settled(milestone)
    state = move(Action.FUND, milestone.state)
    price = milestone.deposit
    funded = milestone.model_copy(
        update={
            "state": state,
            "funded": price,
            "escrow": price,
            "charged_fee": fee(price, deal.fees.client),
            "modified": stamp(clerk.now),
        }
    )
    entry = clerk.entry(milestone, _called("Escrow for", milestone))
    return Booked(funded, (entries.funding(deal, price, entry),))


def extras(milestone: Milestone, approval: Approval) -> tuple[tuple[BookingKind, int], ...]:
    """Return what an approval pays beyond what is in escrow."""
    over = max(0, approval.paid - milestone.escrow)
    kinds = ((BookingKind.OVERPAYMENT, over), (BookingKind.BONUS, approval.bonus))
    return tuple((kind, amount) for kind, amount in kinds if amount)


def approve(milestone: Milestone, approval: Approval, deal: Deal, clerk: Clerk) -> Booked:
    """Return a milestone that is paid: escrow is used up, and what is not paid of it goes back to the client.

    Raises Conflict unless it is funded, and Unprocessable for less than the price without a reason.
    """
    state = move(Action.APPROVE, milestone.state)
    if approval.paid < milestone.deposit and not approval.underpayment_reason:
        raise Unprocessable("input.underpaymentReason: say why less is paid than the price of the milestone.")
    released = min(approval.paid, milestone.escrow)
    rest = milestone.escrow - released
    bookings = [entries.release(deal, released, clerk.entry(milestone, _called("Payment for", milestone)))]
    if rest:
        back = returned(milestone.charged_fee, released, deal.fees.client)
        entry = clerk.entry(milestone, _called("Not paid of", milestone))
        bookings.append(entries.refund(deal, rest, back, entry))
    for kind, amount in extras(milestone, approval):
        entry = clerk.entry(milestone, _called(f"{kind} for", milestone))
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
            "underpayment_reason": approval.underpayment_reason if approval.paid < milestone.deposit else None,
            "note": approval.note or milestone.note,
            "payment_id": None,
            "modified": stamp(clerk.now),
        }
    )
    return Booked(paid, tuple(bookings))


def charged(deal: Deal, amounts: Sequence[tuple[BookingKind, int]]) -> int:
    """Return what a client is charged for payments, each of which has its own fee."""
    return sum(entries.charge_of(deal, amount) for _, amount in amounts)


def _called(what: str, milestone: Milestone) -> str:
    return f"{what} milestone {milestone.sequence}: {milestone.description[:200]}"
