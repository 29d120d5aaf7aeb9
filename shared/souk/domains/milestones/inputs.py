"""Inputs of the requests about milestones. Amounts are strings of minor units."""

from souk.storage import Model


class CreateMilestone(Model):
    """The contract's CreateMilestoneInput."""

    offer_id: str | None = None
    contract_id: str | None = None
    description: str | None = None
    instruction: str | None = None
    deposit_amount: str | None = None
    due_date: str | None = None
    attachment_ids: list[str] | None = None


class EditMilestone(Model):
    """The contract's EditMilestoneInput. Missing and null fields stay unchanged."""

    id: str
    description: str | None = None
    instructions: str | None = None
    deposit_amount: str | None = None
    due_date: str | None = None
    attachments: list[str] | None = None
    message: str | None = None
    sequence_id: int | None = None


class MilestoneAction(Model):
    """The contract's ActivateMilestoneInput and DeleteMilestoneInput."""

    id: str
    message: str | None = None


class SubmitMilestone(Model):
    """The contract's SubmitMilestoneInput."""

    id: str
    amount: str | None = None
    message: str | None = None
    attachment_ids: list[str] | None = None


class ApproveMilestone(Model):
    """The contract's ApproveMilestoneInput."""

    id: str
    paid_amount: str
    bonus_amount: str | None = None
    payment_comment: str | None = None
    underpayment_reason: str | None = None
    note_to_contractor: str | None = None


class RejectSubmission(Model):
    """The contract's RejectMilestoneSubmissionInput. The id is the submission's."""

    id: str
    note_to_contractor: str | None = None
    attachments: list[str] | None = None
