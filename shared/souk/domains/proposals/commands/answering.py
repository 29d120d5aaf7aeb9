"""What the client does with a proposal: decline it, write to its freelancer, and put marks on it."""

from souk.domains.agreements.rules import require_client_lead
from souk.domains.market.store import ACTIVITY, activity_key
from souk.domains.proposals.commands.bidding import count_bids
from souk.domains.proposals.inputs import (
    ClientRequest,
    DeclineRequest,
    HideRequest,
    MessageRequest,
    ShortlistRequest,
)
from souk.domains.proposals.model import Mark, Message, Note, Proposal
from souk.domains.proposals.rules import enums
from souk.domains.proposals.rules.annotations import EVENTS, TALLIES
from souk.domains.proposals.rules.states import CLIENT_JA, Action
from souk.domains.proposals.store import MESSAGES, PROPOSALS, move
from souk.graph import Context
from souk.values import texts
from souk.values.errors import NotFound
from souk.values.problems import Problems
from souk.values.times import stamp


def decline(ctx: Context, request: DeclineRequest) -> Proposal:
    """Turn a proposal down."""
    proposal = _received(ctx, request)
    problems = Problems("clientProposalDeclineRequest")
    why = enums.note(
        problems,
        "PROPOSAL_REJECT",
        ("reason", request.reason),
        ("otherReason", request.other_reason),
        word=request.message,
    )
    problems.raise_if_any()
    tx = ctx.table.transaction()
    stored = move(tx, proposal, Action.DECLINE, ctx.principal.user_id, ctx.now, note=why)
    tx.commit()
    return stored


def write(ctx: Context, request: MessageRequest) -> Proposal:
    """Write to the freelancer: the first word begins the conversation."""
    proposal = _received(ctx, request)
    problems = Problems("clientProposalMessageRequest")
    text = texts.paragraphs(problems, "message", request.message, 1, texts.MAX_SAID)
    problems.raise_if_any()
    message = Message(
        id=ctx.table.new_id(),
        proposal_id=proposal.id,
        user_id=ctx.principal.user_id,
        organization_id=ctx.principal.organization_id,
        text=text,
        created=stamp(ctx.now),
    )
    tx = ctx.table.transaction()
    stored = move(tx, proposal, Action.MESSAGE, ctx.principal.user_id, ctx.now, messaged=True, interviewed=True)
    count_bids(tx, proposal, stored)
    tx.create(MESSAGES, message)
    tx.commit()
    return stored


def read(ctx: Context, request: ClientRequest) -> Proposal:
    """Mark a proposal as read."""
    return _mark(ctx, _received(ctx, request), Mark.READ, on=True)


def shortlist(ctx: Context, request: ShortlistRequest) -> Proposal:
    """Put a proposal on the shortlist, or take it off."""
    return _mark(ctx, _received(ctx, request), Mark.SHORTLISTED, on=request.shortlisted)


def hide(ctx: Context, request: HideRequest) -> Proposal:
    """Hide a proposal, or show it again."""
    proposal = _received(ctx, request)
    problems = Problems("clientProposalHideRequest")
    why = enums.note(
        problems,
        "PROPOSAL_REJECT",
        ("hideByClientReasonId", request.hide_by_client_reason_id),
        ("hideReason", request.hide_reason),
    )
    problems.raise_if_any()
    return _mark(ctx, proposal, Mark.HIDDEN, on=request.hide, hidden_because=why if request.hide else None)


def _received(ctx: Context, request: ClientRequest) -> Proposal:
    """Return a proposal to those who manage its job.

    Raises NotFound for any other, and where it is to another job than the request says.
    """
    found = ctx.load(PROPOSALS, request.proposal_id)
    if found is None or not found.parties.client_is(ctx.principal) or found.job_id != request.job_posting_id:
        raise NotFound("There is no such proposal to this job, or it is not yours to see.")
    require_client_lead(found.parties, ctx.principal)
    return found


def _mark(ctx: Context, proposal: Proposal, mark: Mark, *, on: bool, **changes: Note | None) -> Proposal:
    """Put a mark on a proposal, or take it off. Where it is so already nothing is written or told.

    It is no change that the freelancer could notice: when and by whom it was changed last stays.
    """
    if (mark in proposal.marks) is on:
        return proposal
    marks = proposal.marks | {mark} if on else proposal.marks - {mark}
    tx = ctx.table.transaction()
    stored = tx.update(PROPOSALS, proposal.model_copy(update={"marks": marks, **changes}))
    if mark in TALLIES:
        tx.tally(ACTIVITY, activity_key(proposal.job_id), **{TALLIES[mark]: 1 if on else -1})
    tx.emit(CLIENT_JA, EVENTS[mark, on], proposal.id, to=proposal.parties.client)
    tx.commit()
    return stored
