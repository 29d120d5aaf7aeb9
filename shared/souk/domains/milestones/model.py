"""Stored milestones."""

from enum import StrEnum

from souk.domains.files.model import Attachment
from souk.storage import Entity, Model
from souk.values.money import Money


class MilestoneState(StrEnum):
    """The state of a milestone: the used values of the contract's OfferMilestoneState."""

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
    """A message of one side to the other about a milestone or a submission."""

    created: str
    text: str
    attachments: tuple[Attachment, ...] = ()


class Submission(Model):
    """Submitted work. Times are ISO 8601, UTC."""

    id: str
    sequence: int
    """The number of the submission within the milestone, from 1."""
    amount: int
    """The amount that the freelancer asks for, in minor units."""
    message: Message | None = None
    revision: Message | None = None
    """The client's request for changes."""
    rejected: bool = False
    created: str
    modified: str


class Approval(Model):
    """A client's payment for a milestone. Amounts are minor units."""

    paid: int
    bonus: int = 0
    comment: str | None = None
    underpayment_reason: str | None = None
    note: str | None = None
    """A message to the freelancer."""


class MilestonePayment(Model):
    """The details of a payment order for a milestone."""

    offer_id: str
    milestone_id: str
    approval: Approval | None = None
    """The approval that it pays for; None if it funds the milestone."""


class Milestone(Entity):
    """A part of fixed-price work. Amounts are minor units of `currency`; times are ISO 8601, UTC."""

    id: str
    offer_id: str
    """The milestone's offer, or the offer of its contract. It is part of the key."""
    contract_id: str | None = None
    currency: str
    state: MilestoneState
    sequence: int
    """The position among the milestones, from 1."""
    description: str = ""
    instructions: str | None = None
    due: str | None = None
    """YYYY-MM-DD."""
    revisions: int | None = None
    """How often the work can be rejected; None for no limit."""
    deposit: int
    """The price, which the client pays into escrow."""
    funded: int = 0
    """The amount paid into escrow."""
    escrow: int = 0
    """The amount in escrow now."""
    charged_fee: int = 0
    """The client's fee on the funding, less its refunded part."""
    paid: int = 0
    """The amount paid to the freelancer, without the bonus."""
    overpaid: int = 0
    """The part of `paid` above the price."""
    bonus: int = 0
    pay_comment: str | None = None
    underpayment_reason: str | None = None
    note: str | None = None
    """A message that an earlier release stored, which kept only the latest one."""
    messages: tuple[Message, ...] = ()
    """The client's messages to the freelancer, sent with a change, the funding or the payment. Oldest first."""
    attachments: tuple[Attachment, ...] = ()
    submissions: tuple[Submission, ...] = ()
    checkout_id: str | None = None
    """The payment order of its funding."""
    payment_id: str | None = None
    """The unsettled payment order of its approval. Until it is settled, the milestone is locked."""
    created_by_id: str
    created: str
    modified: str

    def money(self, minor: int) -> Money:
        """Return an amount in the milestone's currency."""
        return Money(minor, self.currency)
