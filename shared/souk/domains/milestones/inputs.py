"""Inputs of the requests about milestones. Amounts are strings of minor units."""

from souk.storage import Input


class CreateMilestone(Input):
    """The contract's CreateMilestoneInput."""

    offer_id: str | None = None
    contract_id: str | None = None
    description: str | None = None
    instruction: str | None = None
    deposit_amount: str | None = None
    due_date: str | None = None
    attachment_ids: list[str] | None = None


class EditMilestone(Input):
    """The contract's EditMilestoneInput. Missing and null fields stay unchanged."""

    id: str
    description: str | None = None
    instructions: str | None = None
    deposit_amount: str | None = None
    due_date: str | None = None
    attachments: list[str] | None = None
    message: str | None = None
    sequence_id: int | None = None


class ActivateMilestone(Input):
    """The contract's ActivateMilestoneInput."""

    id: str
    message: str | None = None
    return_url: str | None = None


class DeleteMilestone(Input):
    """The contract's DeleteMilestoneInput."""

    id: str


class SubmitMilestone(Input):
    """The contract's SubmitMilestoneInput."""

    id: str
    amount: str | None = None
    message: str | None = None
    attachment_ids: list[str] | None = None


class ApproveMilestone(Input):
    """The contract's ApproveMilestoneInput."""

    id: str
    paid_amount: str
    bonus_amount: str | None = None
    payment_comment: str | None = None
    underpayment_reason: str | None = None
    note_to_contractor: str | None = None


class RejectSubmission(Input):
    """The contract's RejectMilestoneSubmissionInput. The id is the submission's."""

    id: str
    note_to_contractor: str | None = None
    attachments: list[str] | None = None
