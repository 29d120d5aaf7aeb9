"""Submitting and rejecting work."""

from souk.domains.contracts.commands.changing import room_subject
from souk.domains.contracts.store import CONTRACTS
from souk.domains.files.attachments import attachments
from souk.domains.files.model import Attachment
from souk.domains.milestones.commands.access import (
    milestone_for_client,
    milestone_for_vendor,
    require_active,
    require_contract,
)
from souk.domains.milestones.inputs import RejectSubmission, SubmitMilestone
from souk.domains.milestones.model import Message, Milestone, Submission
from souk.domains.milestones.rules import requirements, submissions
from souk.domains.milestones.rules.paying import require_settled
from souk.domains.milestones.store import change_milestone, milestone_of_submission, reserve_submission
from souk.domains.rooms.commands import Actor, tell
from souk.domains.rooms.model import StoryEvent
from souk.domains.workflow.store import note_work
from souk.graph import Context
from souk.values import texts
from souk.values.errors import NotFound
from souk.values.problems import Problems
from souk.values.times import stamp


def submit(ctx: Context, request: SubmitMilestone) -> Milestone:
    """Submit work and ask for payment: the amount in escrow, or less if the request says so."""
    milestone, contract = milestone_for_vendor(ctx, request.id)
    require_active(contract)
    require_settled(milestone)
    submissions.require_submittable(milestone)
    problems = Problems("input")
    amount = milestone.escrow
    if request.amount is not None:
        amount = requirements.amount(problems, "amount", request.amount, milestone.currency, most=milestone.escrow)
    text = texts.optional_text(problems, "message", request.message)
    files = attachments(ctx, problems, "attachmentIds", request.attachment_ids, contract.parties.vendor_company_id)
    problems.raise_if_any()
    now = stamp(ctx.now)
    submission = Submission(
        id=ctx.table.new_id(),
        sequence=len(milestone.submissions) + 1,
        amount=amount,
        message=_message(ctx, text, files),
        created=now,
        modified=now,
    )
    tx = ctx.table.transaction()
    reserve_submission(tx, milestone, submission)
    stored = change_milestone(tx, submissions.submitted(milestone, submission), contract.parties)
    tell(Actor.of(ctx), tx, room_subject(contract), StoryEvent.MILESTONE_SUBMITTED, text, "milestone", milestone.id)
    if not milestone.submissions:
        note_work(tx, contract.id, ctx.now)
    tx.check(CONTRACTS, contract)
    tx.commit()
    return stored


def reject(ctx: Context, request: RejectSubmission) -> bool:
    """Reject submitted work, with a request for changes."""
    milestone_id = milestone_of_submission(ctx.table, request.id)
    if milestone_id is None:
        raise NotFound("This submission does not exist, or you cannot see it.")
    milestone, agreement = milestone_for_client(ctx, milestone_id)
    agreement.require_open(ctx)
    contract = require_contract(agreement)
    require_settled(milestone)
    problems = Problems("input")
    text = texts.optional_text(problems, "noteToContractor", request.note_to_contractor)
    files = attachments(ctx, problems, "attachments", request.attachments, contract.parties.client_company_id)
    problems.raise_if_any()
    rejected = submissions.rejected(milestone, request.id, _message(ctx, text, files), stamp(ctx.now))
    tx = ctx.table.transaction()
    change_milestone(tx, rejected, contract.parties)
    tell(Actor.of(ctx), tx, room_subject(contract), StoryEvent.MILESTONE_REJECTED, text, "milestone", milestone.id)
    tx.check(CONTRACTS, contract)
    tx.commit()
    return True


def _message(ctx: Context, text: str | None, files: tuple[Attachment, ...]) -> Message | None:
    """Return the message of text and files; None without both."""
    if text is None and not files:
        return None
    return Message(created=stamp(ctx.now), text=text or "", attachments=files)
