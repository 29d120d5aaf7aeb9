"""The freelancer's commands: create, update and withdraw a proposal."""

from souk.domains.agreements.commands import require_parties
from souk.domains.agreements.model import Parties, Vendor
from souk.domains.files.attachments import attachments
from souk.domains.jobs.model import Job
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import (
    ACTIVITY,
    OPEN_OFFERS,
    RELATIONS,
    activity_key,
    check_open_offer,
    freelancer_record_key,
)
from souk.domains.proposals.commands import access
from souk.domains.proposals.commands.bids import count_bids
from souk.domains.proposals.inputs import CreateProposal, UpdateProposal, WithdrawProposal
from souk.domains.proposals.model import (
    ClientStatus,
    InvitationState,
    JobInvitation,
    PlannedMilestone,
    Proposal,
    VendorStatus,
)
from souk.domains.proposals.rules import applying, notes, states
from souk.domains.proposals.rules.states import Action
from souk.domains.proposals.store import (
    INVITATIONS,
    PROPOSALS,
    answer_invitation,
    create_proposal,
    move,
    record_move,
)
from souk.domains.rooms.commands import Actor, tell
from souk.domains.rooms.model import StoryEvent
from souk.domains.talent.commands.activity import note_activity
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp


def create(ctx: Context, request: CreateProposal) -> Proposal:
    """Apply to a job. A withdrawn proposal can be sent again with new terms."""
    job = access.visible_job(ctx, request.job_posting_id)
    vendor = access.vendor(ctx, request.organization_id)
    access.require_outsider(ctx, job, ctx.principal.user_id)
    access.require_open(job)
    access.require_invitation(ctx, job)
    access.require_location(ctx, job)
    applied = access.application(ctx, job.id, ctx.principal.user_id)
    before = ctx.load(PROPOSALS, applied.record_id) if applied else None
    if before and before.client_status is not ClientStatus.WITHDRAWN:
        raise Conflict(f"You already have a proposal to this job: {before.id}.")
    if ctx.load(OPEN_OFFERS, job.id, ctx.principal.user_id) is not None:
        raise Conflict("You already have an offer for this job; accept or decline it.")
    proposal = _new_proposal(ctx, request, job, vendor)
    tx = ctx.table.transaction()
    require_parties(tx, proposal.parties)
    tx.check(JOBS, job)
    check_open_offer(tx, job.id, ctx.principal.user_id, None)
    invitation = _accept_open_invitation(ctx, tx, job.id, before.id if before else proposal.id, proposal.parties)
    if invitation:
        proposal = proposal.model_copy(update={"invitation_id": invitation.id})
    stored = _send_again(ctx, tx, before, proposal) if before else add_proposal(tx, proposal, Action.APPLY)
    tx.commit()
    note_activity(ctx)
    return stored


def update(ctx: Context, request: UpdateProposal) -> Proposal:
    """Update an undecided proposal. Without a change, nothing is written."""
    proposal = access.own_proposal(ctx, request.id)
    job = ctx.load(JOBS, proposal.job_id)
    if job is None:
        raise NotFound(access.NO_JOB)
    states.move(Action.CHANGE, proposal.client_status)
    access.require_open(job)
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
    note_activity(ctx)
    return stored


def withdraw(ctx: Context, request: WithdrawProposal) -> Proposal:
    """Withdraw a proposal."""
    proposal = access.own_proposal(ctx, request.id)
    problems = Problems("input")
    note = notes.read_note(problems, "PROPOSAL_WITHDRAW", ("reasonId", request.reason_id), message=request.message)
    problems.raise_if_any()
    tx = ctx.table.transaction()
    stored = move(tx, proposal, Action.WITHDRAW, ctx.principal.user_id, ctx.now, note=note)
    count_bids(tx, proposal, stored)
    words = note.message if note else None
    tell(
        Actor.of(ctx),
        tx,
        access.room_subject(ctx, proposal),
        StoryEvent.PROPOSAL_WITHDRAWN,
        words,
        "proposal",
        proposal.id,
    )
    tx.commit()
    return stored


def add_proposal(tx: Transaction, proposal: Proposal, action: Action) -> Proposal:
    """Add a new proposal to a transaction. A freelancer can have one proposal per job."""
    application = Relation(
        kind=RelationKind.APPLICATION,
        user_id=proposal.parties.vendor_user_id,
        target_id=proposal.job_id,
        record_id=proposal.id,
    )
    tx.create(RELATIONS, application, refused=Conflict("You already have a proposal to this job."))
    stored = create_proposal(tx, proposal)
    record_move(tx, stored, states.move(action, None))
    count_bids(tx, None, stored)
    return stored


def accept_invitation(
    tx: Transaction, invitation: JobInvitation, proposal_id: str, parties: Parties, now: str
) -> JobInvitation:
    """Add the acceptance of an invitation by a proposal to a transaction."""
    changes = {"state": InvitationState.ACCEPTED, "proposal_id": proposal_id, "modified": now}
    tx.emit("JOB_INVITATION", "ACCEPT", invitation.id, to=parties.both)
    return answer_invitation(tx, invitation, invitation.model_copy(update=changes))


def _new_proposal(ctx: Context, request: CreateProposal, job: Job, vendor: Vendor) -> Proposal:
    """Return the proposal of a request. Raises Unprocessable with all invalid values."""
    problems = Problems("input")
    price = applying.charge(problems, request.charged_amount, job, job.currency)
    now = stamp(ctx.now)
    proposal = Proposal(
        id=ctx.table.new_id(),
        job_id=job.id,
        parties=access.parties_of(job, vendor),
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
    return proposal


def _send_again(ctx: Context, tx: Transaction, before: Proposal, proposal: Proposal) -> Proposal:
    """Add the resubmission of a withdrawn proposal to a transaction, with the content of a new one."""
    content = ("parties", "amount", "cover_letter", "estimated_duration_id", "answers", "plan", "attachments")
    changes = {name: getattr(proposal, name) for name in content}
    changes.update(hourly=proposal.hourly, resumes=ClientStatus.CREATED, note=None)
    changes["invitation_id"] = proposal.invitation_id or before.invitation_id
    stored = move(tx, before, Action.APPLY_AGAIN, ctx.principal.user_id, ctx.now, **changes)
    tx.latest(freelancer_record_key(ctx.principal.user_id), last_applied=stored.modified)
    count_bids(tx, before, stored)
    return stored


def _accept_open_invitation(
    ctx: Context, tx: Transaction, job_id: str, proposal_id: str, parties: Parties
) -> JobInvitation | None:
    """Add the acceptance of the caller's open invitation to a transaction, and return it; None if there is none."""
    relation = (RelationKind.INVITATION, job_id, ctx.principal.user_id)
    invited = ctx.load(RELATIONS, *relation)
    if invited is None:
        tx.check_absent(RELATIONS, *relation, refused=Conflict("You have just been invited to this job; try again."))
        return None
    invitation = ctx.load(INVITATIONS, invited.record_id)
    if invitation is None or invitation.state is not InvitationState.SENT:
        return None
    tx.tally(ACTIVITY, activity_key(job_id), invites_unanswered=-1)
    return accept_invitation(tx, invitation, proposal_id, parties, stamp(ctx.now))


def _changes(proposal: Proposal, job: Job, request: UpdateProposal) -> dict[str, object]:
    """Return the changes of a request to a proposal. Raises Unprocessable with all invalid values."""
    problems, given = Problems("input"), request.model_fields_set
    price = proposal.amount
    if request.charged_amount is not None:
        price = applying.charge(problems, request.charged_amount, job, proposal.currency)
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
