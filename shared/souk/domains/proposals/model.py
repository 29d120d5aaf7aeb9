"""What is stored of proposals and of the invitations that ask for them.

A proposal is stored once and has two faces: VendorProposal for the freelancer's side and ClientProposal for the
client's, each with a status of its own.
"""

from enum import StrEnum

from souk.domains.agreements.model import Parties
from souk.domains.files.model import Attachment
from souk.storage import Entity, Model
from souk.values.money import Money


class VendorStatus(StrEnum):
    """What has become of a proposal, as its freelancer sees it: those of VendorProposalStatusName that are used."""

    ACCEPTED = "Accepted"
    DECLINED = "Declined"
    WITHDRAWN = "Withdrawn"
    OFFERED = "Offered"
    ACTIVATED = "Activated"
    ARCHIVED = "Archived"
    HIRED = "Hired"


class ClientStatus(StrEnum):
    """The same, as the client sees it: those of ClientProposalStatusName that are used."""

    CREATED = "Created"
    ACTIVATED = "Activated"
    DECLINED = "Declined"
    WITHDRAWN = "Withdrawn"
    OFFERED = "Offered"
    ARCHIVED = "Archived"
    HIRED = "Hired"


class Mark(StrEnum):
    """What the client puts on a proposal: those of ClientProposalAnnotation that are used."""

    SHORTLISTED = "Shortlisted"
    READ = "Read"
    HIDDEN = "Hidden"


class Answer(Model):
    """The answer to a screening question, with the question as it was asked."""

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
    """Why and with what words somebody declined, withdrew or hid."""

    reason_id: str | None = None
    """From `reasons`."""
    text: str | None = None
    """A reason in words."""
    message: str | None = None
    """A word to the other side."""


class Proposal(Entity):
    """A proposal to a job posting. Times are ISO 8601, UTC."""

    id: str
    job_id: str
    parties: Parties
    hourly: bool
    """Whether `amount` is for an hour; else it is for all of the work."""
    amount: int
    """What the freelancer asks for. Minor units of `currency`."""
    currency: str
    """The posting's."""
    cover_letter: str | None = None
    estimated_duration_id: str | None = None
    answers: tuple[Answer, ...] = ()
    plan: tuple[PlannedMilestone, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    vendor_status: VendorStatus
    client_status: ClientStatus
    resumes: ClientStatus = ClientStatus.CREATED
    """Where it stood before an offer: there it goes back to when that comes to nothing."""
    messaged: bool = False
    """Whether the client has written to its freelancer, be it before they took it back and sent it again."""
    interviewed: bool = False
    """Whether the two have been in touch, likewise: by such a word, or by an invitation that was accepted."""
    marks: frozenset[Mark] = frozenset()
    note: Note | None = None
    """Of who declined or withdrew it."""
    hidden_because: Note | None = None
    invitation_id: str | None = None
    """The invitation that it answers."""
    offer_id: str | None = None
    """The offer that was made upon it last."""
    created: str
    modified: str
    created_by_id: str
    modified_by_id: str | None = None
    """None where the marketplace itself changed it last."""

    @property
    def charge(self) -> Money:
        """What the freelancer asks for."""
        return Money(self.amount, self.currency)


class Message(Entity):
    """What somebody of the client wrote about a proposal to its freelancer."""

    id: str
    proposal_id: str
    user_id: str
    """Who wrote it."""
    organization_id: str
    """In whose name."""
    text: str
    created: str


class InvitationState(StrEnum):
    """What became of an invitation."""

    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


class JobInvitation(Entity):
    """That a client asked a freelancer to apply."""

    id: str
    job_id: str
    client_team_id: str
    client_company_id: str
    inviter_id: str
    user_id: str
    """Who is invited."""
    letter: str | None = None
    state: InvitationState = InvitationState.SENT
    note: Note | None = None
    proposal_id: str | None = None
    """The proposal that answered it."""
    created: str
    modified: str
