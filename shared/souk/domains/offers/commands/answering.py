"""Accepting, declining, withdrawing, expiring and cancelling offers, each in one transaction with its effects."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from souk.authentication.principal import Principal
from souk.deadlines.model import schedule
from souk.domains.agreements.commands import active_vendor, require_parties
from souk.domains.agreements.model import Parties
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.beginning import contract_of
from souk.domains.contracts.store import begin_contract
from souk.domains.customfields.commands import answering as custom_fields
from souk.domains.identity.store import ORGANIZATIONS, memberships_of
from souk.domains.jobs.model import Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS, open_offers_for
from souk.domains.milestones.rules import ending
from souk.domains.milestones.store import change_milestone, milestones_of
from souk.domains.offers.inputs import AcceptOffer, DeclineOffer, WithdrawOffer
from souk.domains.offers.model import LastEvent, Offer, OfferState
from souk.domains.offers.rules import answers
from souk.domains.offers.rules.states import OFFER, Action, move
from souk.domains.offers.store import OFFERS, mark_settled
from souk.domains.payments.deployment import fees
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS, count_without_proposal
from souk.domains.proposals.store import move as move_proposal
from souk.domains.reference.rules import reason
from souk.domains.rooms.commands import Actor, Subject, tell
from souk.domains.rooms.commands import begin_contract as begin_room
from souk.domains.rooms.model import StoryEvent
from souk.domains.workflow.commands.hiring import Hired, begin_for_offer, withdraw_for_offer
from souk.domains.workflow.model import EntityType, Hire
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import texts
from souk.values.errors import Conflict, Forbidden, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

_TOLD: Final = {Action.DECLINE: StoryEvent.OFFER_DECLINED, Action.WITHDRAW: StoryEvent.OFFER_WITHDRAWN}
_MOST_CANCELLED: Final = 200
"""Offers of a cancelled posting per run. They take some seconds."""


def accept(ctx: Context, request: AcceptOffer) -> tuple[Offer, Contract]:
    """Accept an offer: this makes the contract, hires the freelancer, and moves the milestones to the contract."""
    offer = _offer_for_party(ctx, request.offer_id, require_vendor)
    message = _message(request.message)
    parties = offer.parties
    organizations = dict.fromkeys((ORGANIZATIONS.key(one) for one in parties.client), ORGANIZATIONS)
    ctx.fetch({**organizations, **custom_fields.needs(offer.id)}, consistent=True)
    team, company = ctx.load_many(ORGANIZATIONS, list(parties.client))
    if team is None or company is None or not (team.active and company.can_hire):
        raise Forbidden("This client cannot hire right now.")
    memberships = memberships_of(ctx.table, parties.vendor_user_id, consistent=True)
    if active_vendor(ctx, parties.vendor_user_id, parties.vendor_team_id, memberships) is None:
        raise Conflict("The freelancer no longer works for the organization of this offer.")
    tx = ctx.table.transaction()
    require_parties(tx, parties)
    contract = contract_of(
        offer, ctx.table.new_id(), ctx.table.new_id(), ctx.table.new_id(), company, fees(ctx.table), stamp(ctx.now)
    )
    last_event = LastEvent(time=stamp(ctx.now), message=message)
    accepted = _settle(
        ctx.table, tx, offer, Action.ACCEPT, last_event, by=ctx.principal.user_id, contract_id=contract.id
    )
    milestones = milestones_of(ctx.table, offer.id)
    for milestone in milestones:
        change_milestone(tx, ending.accepted(milestone, contract.id, ctx.now), parties)
    contract = contract.model_copy(update={"milestone_ids": tuple(one.id for one in milestones)})
    stored_contract = begin_contract(tx, ctx.table, contract, company.name)
    custom_fields.accept(tx, custom_fields.sheet_of(ctx, answers.sheet(offer)), contract.id)
    subject = _room_subject(offer, contract.id)
    begin_room(Actor.of(ctx), tx, subject, message)
    hired = Hired(parties, offer.id, contract.id, offer.cloud_id, payroll=offer.payroll is not None)
    begin_for_offer(tx, ctx.table, hired, ctx.principal.user_id, ctx.now)
    if offer.close_on_accept and offer.job_id is not None:
        schedule(tx, "jobs.close_filled", offer.job_id, ctx.now)
    tx.commit()
    return accepted, stored_contract


def decline(ctx: Context, request: DeclineOffer) -> None:
    """Decline an offer."""
    offer = _offer_for_party(ctx, request.offer_id, require_vendor)
    if request.reason_id is not None:
        decline_reason = reason(request.reason_id, "OFFER_DECLINE")
        if decline_reason is None or decline_reason.hidden:
            raise Unprocessable("input.reasonId: use an id from reasons(reasonType: OFFER_DECLINE).")
    _end(ctx, offer, Action.DECLINE, request.reason_id, request.message)


def withdraw(ctx: Context, request: WithdrawOffer) -> None:
    """Withdraw an offer."""
    offer = _offer_for_party(ctx, request.offer_id, require_client_lead)
    _end(ctx, offer, Action.WITHDRAW, request.withdrawal_reason, request.message)


def expire(table: Table, offer_id: str, now: datetime) -> None:
    """Expire an offer that nobody answered in time. Other offers stay unchanged."""
    _close(table, offer_id, Action.EXPIRE, now, lambda offer: offer.expires <= stamp(now))


def cancel_offers_for(table: Table, job_id: str, now: datetime) -> None:
    """Cancel the open offers for a cancelled posting. Offers for a filled posting stay open.

    Offers past their deadline are skipped: `expire` settles them. If there are more than 200, the work is scheduled
    again for the rest.
    """
    job = table.get(JOBS, job_id, consistent=True)
    if job is None or job.status is not Status.CANCELLED:
        return
    cancelled = 0
    for offer_id in open_offers_for(table, job_id):
        if cancelled == _MOST_CANCELLED:
            tx = table.transaction()
            schedule(tx, "offers.cancel", job_id, now)
            tx.commit()
            return
        cancelled += _close(table, offer_id, Action.CANCEL, now, lambda offer: offer.expires > stamp(now))


def end_for_erasure(table: Table, offer_id: str, action: Action, now: datetime) -> None:
    """End an open offer for a side that is erased. Others stay unchanged."""
    _close(table, offer_id, action, now, lambda offer: offer.expires > stamp(now))


def hire_of(table: Table, offer_id: str) -> Hire | None:
    """Return what workflows know of an offer. The read is strongly consistent."""
    offer = table.get(OFFERS, offer_id, consistent=True)
    if offer is None:
        return None
    return Hire(
        EntityType.OFFER,
        offer.id,
        offer.parties,
        open=offer.state is OfferState.ACTIVE,
        touch=lambda tx: tx.update(OFFERS, offer),
        contract_id=offer.contract_id,
    )


def _close(table: Table, offer_id: str, action: Action, now: datetime, applies: Callable[[Offer], bool]) -> bool:
    """End an open offer if `applies` accepts it. Returns whether it did."""
    offer = table.get(OFFERS, offer_id, consistent=True)
    if offer is None or offer.state is not OfferState.ACTIVE or not applies(offer):
        return False
    tx = table.transaction()
    _settle(table, tx, offer, action, LastEvent(time=stamp(now)), by=None)
    for milestone in milestones_of(table, offer.id):
        change_milestone(tx, ending.cancelled(milestone, now), offer.parties)
    if offer.proposal_id is not None and offer.job_id is not None:
        schedule(tx, "proposals.archive", offer.job_id, now)  # archives the proposal if the posting is closed
    tx.commit()
    return True


def _offer_for_party(ctx: Context, offer_id: str, require: Callable[[Parties, Principal], None]) -> Offer:
    """Return an offer if the caller is a party and fulfils `require`. The read is strongly consistent.

    Raises NotFound for strangers, with the same message as for a missing offer.
    """
    offer = ctx.table.get(OFFERS, offer_id, consistent=True)
    if offer is None or not offer.parties.include(ctx.principal):
        raise NotFound("This offer does not exist, or you cannot see it.")
    require(offer.parties, ctx.principal)
    return offer


def _end(ctx: Context, offer: Offer, action: Action, reason_id: str | None, message: str | None) -> None:
    text = _message(message)
    tx = ctx.table.transaction()
    last_event = LastEvent(time=stamp(ctx.now), reason_id=reason_id, message=text)
    _settle(ctx.table, tx, offer, action, last_event, by=ctx.principal.user_id)
    tell(Actor.of(ctx), tx, _room_subject(offer), _TOLD[action], text, "offer", offer.id)
    for milestone in milestones_of(ctx.table, offer.id):
        change_milestone(tx, ending.cancelled(milestone, ctx.now), offer.parties)
    if offer.proposal_id is not None and offer.job_id is not None:
        schedule(tx, "proposals.archive", offer.job_id, ctx.now)
    tx.commit()


def _settle(
    table: Table,
    tx: Transaction,
    offer: Offer,
    action: Action,
    last_event: LastEvent,
    *,
    by: str | None,
    contract_id: str | None = None,
) -> Offer:
    """Add the end of an open offer to a transaction, with its proposal and its events."""
    step = move(action, offer, last_event.time)
    changed = {"state": step.to, "modified": last_event.time, "last_event": last_event, "contract_id": contract_id}
    settled = tx.update(OFFERS, offer.model_copy(update=changed))
    mark_settled(tx, offer)
    if offer.job_id is not None:
        proposal = _proposal(table, offer.job_id, offer)
        if proposal is not None:
            move_proposal(tx, proposal, step.proposal, by, datetime.fromisoformat(last_event.time))
        else:
            count_without_proposal(tx, offer.job_id, step.proposal)
    if contract_id is None:
        withdraw_for_offer(tx, table, offer.id, by, last_event.time)
    tx.emit(OFFER, step.event, offer.id, to=offer.parties.both)
    return settled


def _proposal(table: Table, job_id: str, offer: Offer) -> Proposal | None:
    """Return the proposal linked to an offer. An accepted invitation can link one after the offer was made."""
    application = table.get(RELATIONS, RelationKind.APPLICATION, job_id, offer.parties.vendor_user_id, consistent=True)
    proposal = table.get(PROPOSALS, application.record_id, consistent=True) if application else None
    return proposal if proposal and proposal.offer_id == offer.id else None


def _room_subject(offer: Offer, contract_id: str | None = None) -> Subject:
    """Return what the room of an offer is about."""
    return Subject(offer.parties, offer.created, lambda: offer.title, offer.proposal_id, (offer.id,), contract_id)


def _message(text: str | None) -> str | None:
    problems = Problems("input")
    message = texts.optional_text(problems, "message", text)
    problems.raise_if_any()
    return message
