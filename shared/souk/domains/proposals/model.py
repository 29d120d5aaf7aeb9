"""Stored proposals and invitations.

A proposal is stored once and has two views: VendorProposal for the freelancer's side, ClientProposal for the client's
side. Each view has its own status.
"""

from enum import StrEnum

from souk.domains.agreements.model import Parties
from souk.domains.files.model import Attachment
from souk.storage import Entity, Model
from souk.values.money import Money


class VendorStatus(StrEnum):
    """The status of a proposal on the freelancer's side: the used values of VendorProposalStatusName."""

    ACCEPTED = "Accepted"
    DECLINED = "Declined"
    WITHDRAWN = "Withdrawn"
    OFFERED = "Offered"
    ACTIVATED = "Activated"
    ARCHIVED = "Archived"
    HIRED = "Hired"


class ClientStatus(StrEnum):
    """The status of a proposal on the client's side: the used values of ClientProposalStatusName."""

    CREATED = "Created"
    ACTIVATED = "Activated"
    DECLINED = "Declined"
    WITHDRAWN = "Withdrawn"
    OFFERED = "Offered"
    ARCHIVED = "Archived"
    HIRED = "Hired"


class Mark(StrEnum):
    """A client's mark on a proposal: the used values of ClientProposalAnnotation."""

    SHORTLISTED = "Shortlisted"
    READ = "Read"
    HIDDEN = "Hidden"


class Answer(Model):
    """The answer to a screening question, with a copy of the question."""

    question_id: str
    question: str
    answer: str


class PlannedMilestone(Model):
    """A part of the work that a freelancer proposes."""

    description: str
    amount: int
    """Minor units of the proposal's currency."""
    due_date: str | None = None
    """YYYY-MM-DD."""


class Note(Model):
    """The reason and the message of a decline, withdrawal or hide."""

    reason_id: str | None = None
    """An id from `reasons`."""
    text: str | None = None
    """The reason in the person's own words."""
    message: str | None = None
    """A message to the other side."""


class Proposal(Entity):
    """A proposal to a job posting. Times are ISO 8601, UTC."""

    id: str
    job_id: str
    parties: Parties
    hourly: bool
    """Whether `amount` is an hourly rate; otherwise it is the total price."""
    amount: int
    """The freelancer's price, in minor units of `currency`."""
    currency: str
    """The currency of the posting."""
    cover_letter: str | None = None
    estimated_duration_id: str | None = None
    answers: tuple[Answer, ...] = ()
    plan: tuple[PlannedMilestone, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    vendor_status: VendorStatus
    client_status: ClientStatus
    resumes: ClientStatus = ClientStatus.CREATED
    """The status before an offer. The proposal returns to it if the offer ends without a contract."""
    messaged: bool = False
    """Whether the client has sent a message to the freelancer. Withdrawing and applying again does not reset it."""
    interviewed: bool = False
    """Whether both sides have been in contact, by a message or an accepted invitation. It is never reset."""
    marks: frozenset[Mark] = frozenset()
    note: Note | None = None
    """The note of the decline or withdrawal."""
    hidden_because: Note | None = None
    invitation_id: str | None = None
    """The invitation that it answers."""
    offer_id: str | None = None
    """The last offer for this proposal."""
    created: str
    modified: str
    created_by_id: str
    modified_by_id: str | None = None
    """The last editor; None for the marketplace."""

    @property
    def charge(self) -> Money:
        """The freelancer's price."""
        return Money(self.amount, self.currency)


class InvitationState(StrEnum):
    """The state of an invitation."""

    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


class JobInvitation(Entity):
    """A client's invitation of a freelancer to apply."""

    id: str
    job_id: str
    client_team_id: str
    client_company_id: str
    inviter_id: str
    user_id: str
    """The invited freelancer."""
    letter: str | None = None
    state: InvitationState = InvitationState.SENT
    note: Note | None = None
    proposal_id: str | None = None
    """The proposal that answered it."""
    created: str
    modified: str

    @property
    def client(self) -> tuple[str, str]:
        """The ids of the client's team and company."""
        return self.client_team_id, self.client_company_id
