"""What is stored of milestones."""

from enum import StrEnum

from souk.domains.files.model import Attachment
from souk.storage import Entity, Model
from souk.values.money import Money


class MilestoneState(StrEnum):
    """Where a milestone stands: those of the contract's OfferMilestoneState that are used."""

    IN_OFFER = "InOffer"
    NOT_FUNDED = "NotFunded"
    ACTIVE = "Active"
    SUBMITTED = "Submitted"
    REJECTED = "Rejected"
    PAID = "Paid"
    NOT_FUNDED_CLOSED = "NotFundedClosed"
    CANCELLED_BY_CLIENT = "CancelledByClient"
    CANCELLED_BY_FREELANCER = "CancelledByFreelancer"
    OFFER_CANCELLED = "OfferCancelled"


class Message(Model):
    """What one side wrote about a submission."""

    created: str
    text: str
    attachments: tuple[Attachment, ...] = ()


class Submission(Model):
    """Work that was submitted. Times are ISO 8601, UTC."""

    id: str
    sequence: int
    """Its place among the submissions of the milestone, from 1."""
    amount: int
    """What the freelancer asks for, in minor units."""
    message: Message | None = None
    revision: Message | None = None
    """What the client wants changed."""
    rejected: bool = False
    created: str
    modified: str


class Approval(Model):
    """What a client pays for a milestone. Amounts are minor units."""

    paid: int
    bonus: int = 0
    comment: str | None = None
    underpayment_reason: str | None = None
    note: str | None = None
    """A word to the freelancer."""


class MilestonePayment(Model):
    """The details of a payment order for a milestone."""

    offer_id: str
    milestone_id: str
    approval: Approval | None = None
    """The approval that it pays for; None where it funds the milestone."""


class Milestone(Entity):
    """A part of the work at a fixed price. Amounts are minor units of `currency`; times are ISO 8601, UTC."""

    id: str
    offer_id: str
    """The offer that it belongs to, or that its contract was made by: with it, it is found."""
    contract_id: str | None = None
    currency: str
    state: MilestoneState
    sequence: int
    """Its place in the order of milestones, from 1."""
    description: str = ""
    instructions: str | None = None
    due: str | None = None
    """YYYY-MM-DD."""
    revisions: int | None = None
    """How often its work can be sent back; None: as often as the client wants."""
    deposit: int
    """Its price: what the client has to pay into escrow."""
    funded: int = 0
    """What was paid into escrow."""
    escrow: int = 0
    """What lies there now."""
    charged_fee: int = 0
    """What the client was charged in fees for what was funded, less what was given back."""
    paid: int = 0
    """What the freelancer was paid, bonus left out."""
    overpaid: int = 0
    """What of that was beyond the price."""
    bonus: int = 0
    pay_comment: str | None = None
    underpayment_reason: str | None = None
    note: str | None = None
    """The client's last word to the freelancer that went with a change, the funding or the payment."""
    attachments: tuple[Attachment, ...] = ()
    submissions: tuple[Submission, ...] = ()
    checkout_id: str | None = None
    """The payment by which it is funded, or was to be."""
    payment_id: str | None = None
    """The payment of its approval, while that is under way: until it is settled, nothing else is done to it."""
    created_by_id: str
    created: str
    modified: str

    def money(self, minor: int) -> Money:
        """Return an amount in its currency."""
        return Money(minor, self.currency)
