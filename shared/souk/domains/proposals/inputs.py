"""Inputs of the mutations of proposals and invitations."""

from souk.storage import Input


class MoneyIn(Input):
    """The contract's MoneyInput. The amount is a decimal string in the major unit."""

    amount: str
    currency: str


class AnswerIn(Input):
    """The contract's JobProposalAnswerInput."""

    question_id: str
    answer: str


class MilestoneIn(Input):
    """The contract's JobProposalMilestoneInput."""

    description: str
    amount: MoneyIn
    due_date: str | None = None


class CreateProposal(Input):
    """The contract's CreateJobProposalInput."""

    job_posting_id: str
    organization_id: str | None = None
    cover_letter: str | None = None
    charged_amount: MoneyIn
    estimated_duration_id: str | None = None
    answers: tuple[AnswerIn, ...] | None = None
    milestones: tuple[MilestoneIn, ...] | None = None
    attachment_ids: tuple[str, ...] | None = None


class UpdateProposal(Input):
    """The contract's UpdateJobProposalInput. A null price keeps the old one; a null letter or plan removes it."""

    id: str
    cover_letter: str | None = None
    charged_amount: MoneyIn | None = None
    milestones: tuple[MilestoneIn, ...] | None = None


class WithdrawProposal(Input):
    """The contract's WithdrawJobProposalInput."""

    id: str
    reason_id: str | None = None
    message: str | None = None


class InviteRequest(Input):
    """The contract's ClientJobInvitationCreateRequestInput."""

    job_posting_id: str
    invitation_letter: str | None = None
    freelancer_id: str


class AcceptInvitation(Input):
    """The contract's AcceptJobInvitationInput."""

    invitation_id: str
    cover_letter: str | None = None
    charged_amount: MoneyIn


class DeclineInvitation(Input):
    """The contract's DeclineJobInvitationInput."""

    invitation_id: str
    reason_id: str | None = None
    message: str | None = None


class ClientRequest(Input):
    """The fields of every client request about a proposal: the contract's ClientProposalReadRequest."""

    proposal_id: str
    job_posting_id: str


class DeclineRequest(ClientRequest):
    """The contract's ClientProposalDeclineRequest."""

    reason: str | None = None
    other_reason: str | None = None
    message: str | None = None


class HideRequest(ClientRequest):
    """The contract's ClientProposalHideRequest."""

    hide: bool
    hide_reason: str | None = None
    hide_by_client_reason_id: str | None = None


class ShortlistRequest(ClientRequest):
    """The contract's ClientProposalShortlistRequest."""

    shortlisted: bool
