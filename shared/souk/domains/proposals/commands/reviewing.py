"""The client's commands on a proposal: decline it, send a message, and set marks."""

from datetime import datetime

from souk.domains.agreements.rules import require_client_lead
from souk.domains.market.store import ACTIVITY, activity_key
from souk.domains.proposals.commands.access import room_subject
from souk.domains.proposals.commands.bids import count_bids
from souk.domains.proposals.inputs import (
    ClientRequest,
    DeclineRequest,
    HideRequest,
    ShortlistRequest,
)
from souk.domains.proposals.model import ClientStatus, Mark, Note, Proposal
from souk.domains.proposals.rules import notes
from souk.domains.proposals.rules.annotations import EVENTS, TALLIES
from souk.domains.proposals.rules.states import CLIENT_JA, UNDECIDED, Action
from souk.domains.proposals.store import PROPOSALS, change_proposal, move
from souk.domains.rooms.commands import Actor, tell
from souk.domains.rooms.model import StoryEvent
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import NotFound
from souk.values.problems import Problems


def decline(ctx: Context, request: DeclineRequest) -> Proposal:
    """Decline a proposal."""
    proposal = received(ctx, request)
    problems = Problems("clientProposalDeclineRequest")
    note = notes.read_note(
        problems,
        "PROPOSAL_REJECT",
        ("reason", request.reason),
        ("otherReason", request.other_reason),
        message=request.message,
    )
    problems.raise_if_any()
    tx = ctx.table.transaction()
    stored = move(tx, proposal, Action.DECLINE, ctx.principal.user_id, ctx.now, note=note)
    words = note.message if note else None
    tell(Actor.of(ctx), tx, room_subject(ctx, proposal), StoryEvent.PROPOSAL_DECLINED, words, "proposal", proposal.id)
    tx.commit()
    return stored


def note_message(tx: Transaction, proposal: Proposal, by: str, now: datetime) -> Proposal:
    """Add a message of the client to a transaction: what it changes of the proposal, and its events.

    The message itself is a story of the proposal's room (`souk.domains.messages`). It is possible in any status. The
    first one to an undecided proposal starts the conversation.
    """
    first = proposal.client_status in UNDECIDED and not (
        proposal.messaged and proposal.client_status is ClientStatus.ACTIVATED
    )
    if not first:
        tx.emit(CLIENT_JA, "ClientMessage", proposal.id, to=proposal.parties.client)
        return proposal
    stored = move(tx, proposal, Action.MESSAGE, by, now, messaged=True, interviewed=True)
    count_bids(tx, proposal, stored)
    return stored


def read(ctx: Context, request: ClientRequest) -> Proposal:
    """Mark a proposal as read."""
    return _mark(ctx, received(ctx, request), Mark.READ, on=True)


def shortlist(ctx: Context, request: ShortlistRequest) -> Proposal:
    """Add a proposal to the shortlist, or remove it."""
    return _mark(ctx, received(ctx, request), Mark.SHORTLISTED, on=request.shortlisted)


def hide(ctx: Context, request: HideRequest) -> Proposal:
    """Hide a proposal, or show it again."""
    proposal = received(ctx, request)
    problems = Problems("clientProposalHideRequest")
    note = notes.read_note(
        problems,
        "PROPOSAL_REJECT",
        ("hideByClientReasonId", request.hide_by_client_reason_id),
        ("hideReason", request.hide_reason),
    )
    if note is not None and not request.hide:
        problems.add("hideReason", "leave out the reasons to show a proposal again.")
    problems.raise_if_any()
    return _mark(ctx, proposal, Mark.HIDDEN, on=request.hide, hidden_because=note)


def received(ctx: Context, request: ClientRequest) -> Proposal:
    """Return a proposal for a manager of its client.

    Raises NotFound for other callers, and for a proposal to another job than the request names.
    """
    proposal = ctx.load(PROPOSALS, request.proposal_id)
    if proposal is None or not proposal.parties.client_is(ctx.principal) or proposal.job_id != request.job_posting_id:
        raise NotFound("This proposal does not exist, is for another job, or you cannot see it.")
    require_client_lead(proposal.parties, ctx.principal)
    return proposal


def _mark(ctx: Context, proposal: Proposal, mark: Mark, *, on: bool, **changes: Note | None) -> Proposal:
    """Set or remove a mark on a proposal. Without a change, nothing is written and no event is sent.

    The freelancer must not notice marks, so the modification time and the last editor stay unchanged.
    """
    changed = (mark in proposal.marks) is not on
    if not changed and not any(changes.values()):
        return proposal
    marks = proposal.marks | {mark} if on else proposal.marks - {mark}
    tx = ctx.table.transaction()
    stored = change_proposal(tx, proposal, proposal.model_copy(update={"marks": marks, **changes}))
    if not changed:  # only the reason is new
        tx.commit()
        return stored
    if mark in TALLIES:
        tx.tally(ACTIVITY, activity_key(proposal.job_id), **{TALLIES[mark]: 1 if on else -1})
    tx.emit(CLIENT_JA, EVENTS[mark, on], proposal.id, to=proposal.parties.client)
    tx.commit()
    return stored
