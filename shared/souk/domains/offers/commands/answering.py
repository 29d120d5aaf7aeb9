"""Answering offers: to accept, decline, withdraw, let expire or cancel one is one transaction with all that follows."""

from collections.abc import Callable
from datetime import datetime

from souk.authentication.principal import Principal
from souk.deadlines.model import schedule
from souk.domains.agreements.model import Parties
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.beginning import contract_of
from souk.domains.contracts.store import begin_contract
from souk.domains.identity.store import ORGANIZATIONS, memberships_of
from souk.domains.jobs.model import Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS, open_offers_for
from souk.domains.milestones.rules import ending
from souk.domains.milestones.store import change_milestone, milestones_of
from souk.domains.offers.commands.parties import active_vendor
from souk.domains.offers.inputs import AcceptOffer, DeclineOffer, WithdrawOffer
from souk.domains.offers.model import LastEvent, Offer, OfferState
from souk.domains.offers.rules.states import OFFER, Action, move
from souk.domains.offers.store import OFFERS, note_settled
from souk.domains.payments.deployment import fees
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS, count_without_proposal
from souk.domains.proposals.store import move as move_proposal
from souk.domains.reference.rules import reason
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import texts
from souk.values.errors import Conflict, Forbidden, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp


def accept(ctx: Context, request: AcceptOffer) -> tuple[Offer, Contract]:
    """Accept an offer: its contract is made, the freelancer is hired, and the milestones wait for their money."""
    offer = _answered(ctx, request.offer_id, require_vendor)
    message = _message(request.message)
    company = ctx.load(ORGANIZATIONS, offer.parties.client_company_id)
    if company is None or not company.can_hire:
        raise Forbidden("This client cannot hire at present.")
    parties = offer.parties
    held = memberships_of(ctx.table, parties.vendor_user_id, consistent=True)
    if active_vendor(ctx, parties.vendor_user_id, parties.vendor_team_id, held) is None:
        raise Conflict("The freelancer whom this offer was made to does not work there any more.")
    tx = ctx.table.transaction()
    contract = contract_of(
        offer, ctx.table.new_id(), ctx.table.new_id(), ctx.table.new_id(), company, fees(), stamp(ctx.now)
    )
    last = LastEvent(time=stamp(ctx.now), message=message)
    settled = _settle(ctx.table, tx, offer, Action.ACCEPT, last, by=ctx.principal.user_id, contract_id=contract.id)
    milestones = milestones_of(ctx.table, offer.id)
    for milestone in milestones:
        change_milestone(tx, ending.accepted(milestone, contract.id, ctx.now), parties)
    contract = contract.model_copy(update={"milestone_ids": tuple(one.id for one in milestones)})
    made = begin_contract(tx, ctx.table, contract, company.name)
    if offer.close_on_accept and offer.job_id is not None:
        schedule(tx, "jobs.close_filled", offer.job_id, ctx.now)
    tx.commit()
    return settled, made


def decline(ctx: Context, request: DeclineOffer) -> None:
    """Decline an offer."""
    offer = _answered(ctx, request.offer_id, require_vendor)
    if request.reason_id is not None:
        why = reason(request.reason_id, "OFFER_DECLINE")
        if why is None or why.hidden:
            raise Unprocessable("input.reasonId: an id from reasons(reasonType: OFFER_DECLINE).")
    _end(ctx, offer, Action.DECLINE, request.reason_id, request.message)


def withdraw(ctx: Context, request: WithdrawOffer) -> None:
    """Take an offer back."""
    offer = _answered(ctx, request.offer_id, require_client_lead)
    _end(ctx, offer, Action.WITHDRAW, request.withdrawal_reason, request.message)


def expire(table: Table, offer_id: str, now: datetime) -> None:
    """Note that nobody answered an offer in time. One that was answered, or whose time is not over, stays as it is."""
    _called_off(table, offer_id, Action.EXPIRE, now, lambda offer: offer.expires <= stamp(now))


def cancel_those_of(table: Table, job_id: str, now: datetime) -> None:
    """Call off the open offers of a posting that was called off. Those of one that is filled stand.

    One whose time is over meanwhile has expired, which is noted as that.
    """
    job = table.get(JOBS, job_id, consistent=True)
    if job is None or job.status is not Status.CANCELLED:
        return
    for offer_id in open_offers_for(table, job_id):
        _called_off(table, offer_id, Action.CANCEL, now, lambda offer: offer.expires > stamp(now))


def _called_off(table: Table, offer_id: str, action: Action, now: datetime, applies: Callable[[Offer], bool]) -> None:
    offer = table.get(OFFERS, offer_id, consistent=True)
    if offer is None or offer.state is not OfferState.ACTIVE or not applies(offer):
        return
    tx = table.transaction()
    _settle(table, tx, offer, action, LastEvent(time=stamp(now)), by=None)
    for milestone in milestones_of(table, offer.id):
        change_milestone(tx, ending.called_off(milestone, now), offer.parties)
    if offer.proposal_id is not None and offer.job_id is not None:
        schedule(tx, "proposals.archive", offer.job_id, now)  # where the posting is closed, it is its turn now
    tx.commit()


def _answered(ctx: Context, offer_id: str, require: Callable[[Parties, Principal], None]) -> Offer:
    """Return an offer as it is now to one of its parties.

    Raises NotFound where there is none, and in the same words where it is not the caller's; Forbidden as `require`.
    """
    offer = ctx.table.get(OFFERS, offer_id, consistent=True)
    if offer is None or not offer.parties.include(ctx.principal):
        raise NotFound("There is no such offer, or it is not yours to see.")
    require(offer.parties, ctx.principal)
    return offer


def _end(ctx: Context, offer: Offer, action: Action, reason_id: str | None, message: str | None) -> None:
    text = _message(message)
    tx = ctx.table.transaction()
    last = LastEvent(time=stamp(ctx.now), reason_id=reason_id, message=text)
    _settle(ctx.table, tx, offer, action, last, by=ctx.principal.user_id)
    for milestone in milestones_of(ctx.table, offer.id):
        change_milestone(tx, ending.called_off(milestone, ctx.now), offer.parties)
    if offer.proposal_id is not None and offer.job_id is not None:
        schedule(tx, "proposals.archive", offer.job_id, ctx.now)
    tx.commit()


def _settle(
    table: Table,
    tx: Transaction,
    offer: Offer,
    action: Action,
    last: LastEvent,
    *,
    by: str | None,
    contract_id: str | None = None,
) -> Offer:
    """Note in a transaction that an offer is not open any more, with its proposal and what is told of it."""
    step = move(action, offer, last.time)
    changed = {"state": step.to, "modified": last.time, "last_event": last, "contract_id": contract_id}
    settled = tx.update(OFFERS, offer.model_copy(update=changed))
    note_settled(tx, offer)
    if offer.job_id is not None:
        proposal = _proposal(table, offer.job_id, offer)
        if proposal is not None:
            move_proposal(tx, proposal, step.proposal, by, datetime.fromisoformat(last.time))
        else:
            count_without_proposal(tx, offer.job_id, step.proposal)
    tx.emit(OFFER, step.event, offer.id, to=offer.parties.both)
    return settled


def _proposal(table: Table, job_id: str, offer: Offer) -> Proposal | None:
    """Return the proposal that an offer moves, also one that came after it: by an invitation that was accepted."""
    applied = table.get(RELATIONS, RelationKind.APPLICATION, job_id, offer.parties.vendor_user_id, consistent=True)
    found = table.get(PROPOSALS, applied.record_id, consistent=True) if applied else None
    return found if found and found.offer_id == offer.id else None


def _message(given: str | None) -> str | None:
    problems = Problems("input")
    message = texts.optional_text(problems, "message", given)
    problems.raise_if_any()
    return message
