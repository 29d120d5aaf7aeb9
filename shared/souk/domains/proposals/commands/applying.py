"""Applying to a job: making, changing and taking back a proposal."""

from souk.domains.agreements.model import Vendor
from souk.domains.files.attachments import attachments
from souk.domains.jobs.model import Job
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import ACTIVITY, OPEN_OFFERS, RELATIONS, activity_key, keep_open
from souk.domains.proposals.commands import parties
from souk.domains.proposals.commands.bidding import count_bids
from souk.domains.proposals.inputs import CreateProposal, UpdateProposal, WithdrawProposal
from souk.domains.proposals.model import (
    ClientStatus,
    InvitationState,
    JobInvitation,
    PlannedMilestone,
    Proposal,
    VendorStatus,
)
from souk.domains.proposals.rules import applying, enums
from souk.domains.proposals.rules.states import Action
from souk.domains.proposals.rules.states import move as step
from souk.domains.proposals.store import INVITATIONS, PROPOSALS, move, note
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp


def create(ctx: Context, request: CreateProposal) -> Proposal:
    """Apply to a job. Who took their proposal back may send it again, with new terms."""
    job = parties.visible_job(ctx, request.job_posting_id)
    vendor = parties.vendor(ctx, request.organization_id)
    parties.require_outsider(ctx, job, ctx.principal.user_id)
    parties.require_open(job)
    applied = parties.application(ctx, job.id, ctx.principal.user_id)
    before = ctx.load(PROPOSALS, applied.record_id) if applied else None
    if before and before.client_status is not ClientStatus.WITHDRAWN:
        raise Conflict(f"You have a proposal to this job: {before.id}.")
    if ctx.load(OPEN_OFFERS, job.id, ctx.principal.user_id) is not None:
        raise Conflict("You have an offer for this job already; answer that.")
    asked = _read(ctx, request, job, vendor)
    tx = ctx.table.transaction()
    tx.check(JOBS, job)
    keep_open(tx, job.id, ctx.principal.user_id, None)
    invitation = _answered_by(ctx, job, before.id if before else asked.id, tx)
    if invitation:
        asked = asked.model_copy(update={"invitation_id": invitation.id})
    stored = _again(ctx, tx, before, asked) if before else begin(tx, asked, Action.APPLY)
    tx.commit()
    return stored


def update(ctx: Context, request: UpdateProposal) -> Proposal:
    """Change a proposal that the client has not decided on. Where nothing changes nothing is written."""
    proposal = parties.own_proposal(ctx, request.id)
    job = ctx.load(JOBS, proposal.job_id)
    if job is None:
        raise NotFound(parties.NO_JOB)
    step(Action.CHANGE, proposal.client_status)
    parties.require_open(job)
    changes = _changes(proposal, job, request)
    if all(getattr(proposal, name) == value for name, value in changes.items()):
        return proposal
    terms = (proposal.amount, proposal.plan) != (changes["amount"], changes["plan"])
    tx = ctx.table.transaction()
    tx.check(JOBS, job)
    action = Action.CHANGE_TERMS if terms else Action.CHANGE
    stored = move(tx, proposal, action, ctx.principal.user_id, ctx.now, **changes)
    count_bids(tx, proposal, stored)
    tx.commit()
    return stored


def withdraw(ctx: Context, request: WithdrawProposal) -> Proposal:
    """Take a proposal back."""
    proposal = parties.own_proposal(ctx, request.id)
    problems = Problems("input")
    why = enums.note(problems, "PROPOSAL_WITHDRAW", ("reasonId", request.reason_id), word=request.message)
    problems.raise_if_any()
    tx = ctx.table.transaction()
    stored = move(tx, proposal, Action.WITHDRAW, ctx.principal.user_id, ctx.now, note=why)
    count_bids(tx, proposal, stored)
    tx.commit()
    return stored


def begin(tx: Transaction, proposal: Proposal, action: Action) -> Proposal:
    """Note in a transaction that there is a new proposal: one for each freelancer and job."""
    applied = Relation(
        kind=RelationKind.APPLICATION,
        user_id=proposal.parties.vendor_user_id,
        target_id=proposal.job_id,
        record_id=proposal.id,
    )
    tx.create(RELATIONS, applied, refused=Conflict("You have a proposal to this job already."))
    stored = tx.create(PROPOSALS, proposal)
    note(tx, stored, step(action, None))
    count_bids(tx, None, stored)
    return stored


def answered(tx: Transaction, invitation: JobInvitation, proposal_id: str, now: str) -> JobInvitation:
    """Note in a transaction that an invitation was answered by a proposal."""
    accepted = {"state": InvitationState.ACCEPTED, "proposal_id": proposal_id, "modified": now}
    return tx.update(INVITATIONS, invitation.model_copy(update=accepted))


def _read(ctx: Context, request: CreateProposal, job: Job, vendor: Vendor) -> Proposal:
    """Return a proposal as a request asks for it. Raises Unprocessable that names all that is wrong with it."""
    problems = Problems("input")
    price = applying.charge(problems, request.charged_amount, job.currency)
    now = stamp(ctx.now)
    found = Proposal(
        id=ctx.table.new_id(),
        job_id=job.id,
        parties=parties.parties_of(job, vendor),
        hourly=applying.is_hourly(job),
        amount=price,
        currency=job.currency,
        cover_letter=applying.letter(problems, job, request.cover_letter),
        estimated_duration_id=applying.duration(problems, request.estimated_duration_id),
        answers=applying.answers(problems, job, request.answers),
        plan=applying.plan(problems, request.milestones, job, price, job.currency),
        attachments=attachments(ctx, problems, "attachmentIds", request.attachment_ids, vendor.company.id),
        vendor_status=VendorStatus.ACCEPTED,
        client_status=ClientStatus.CREATED,
        created=now,
        modified=now,
        created_by_id=ctx.principal.user_id,
        modified_by_id=ctx.principal.user_id,
    )
    problems.raise_if_any()
    return found


def _again(ctx: Context, tx: Transaction, before: Proposal, asked: Proposal) -> Proposal:
    """Note in a transaction that a proposal which was taken back is sent again, as it is asked for now."""
    said = ("parties", "amount", "cover_letter", "estimated_duration_id", "answers", "plan", "attachments")
    changes = {name: getattr(asked, name) for name in said}
    changes.update(hourly=asked.hourly, resumes=ClientStatus.CREATED, note=None)
    changes["invitation_id"] = asked.invitation_id or before.invitation_id
    stored = move(tx, before, Action.APPLY_AGAIN, ctx.principal.user_id, ctx.now, **changes)
    count_bids(tx, before, stored)
    return stored


def _answered_by(ctx: Context, job: Job, proposal_id: str, tx: Transaction) -> JobInvitation | None:
    """Note that an application answers the invitation that waits for one, and return that."""
    relation = (RelationKind.INVITATION, job.id, ctx.principal.user_id)
    invited = ctx.load(RELATIONS, *relation)
    if invited is None:
        tx.check_absent(RELATIONS, *relation, refused=Conflict("You were invited to this job just now; try again."))
        return None
    invitation = ctx.load(INVITATIONS, invited.record_id)
    if invitation is None or invitation.state is not InvitationState.SENT:
        return None
    tx.tally(ACTIVITY, activity_key(job.id), invites_unanswered=-1)
    return answered(tx, invitation, proposal_id, stamp(ctx.now))


def _changes(proposal: Proposal, job: Job, request: UpdateProposal) -> dict[str, object]:
    """Return what a request makes of a proposal. Raises Unprocessable that names all that is wrong with it."""
    problems, given = Problems("input"), request.model_fields_set
    price = proposal.amount
    if request.charged_amount is not None:
        price = applying.charge(problems, request.charged_amount, proposal.currency)
    parts: tuple[PlannedMilestone, ...] = proposal.plan
    if "milestones" in given:
        parts = applying.plan(problems, request.milestones, job, price, proposal.currency)
    elif request.charged_amount is not None:
        applying.check_sum(problems, parts, price, proposal.currency)
    changes: dict[str, object] = {"amount": price, "plan": parts}
    if "cover_letter" in given:
        changes["cover_letter"] = applying.letter(problems, job, request.cover_letter)
    problems.raise_if_any()
    return changes
