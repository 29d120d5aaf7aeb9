"""Pausing, changing and ending contracts. Each command reads consistently and writes one transaction.

Messages to the other side are stored in the contract's history, which both sides read (`ContractDetails.changes`).
"""

from datetime import datetime

from souk.domains.agreements.commands import require_parties
from souk.domains.agreements.model import DeliveryModel, Side
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.contracts.commands.workflows import hired
from souk.domains.contracts.inputs import EndContract, UpdateHourlyLimit, UpdateTimeSettings
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules import changing, dates, limits, terms
from souk.domains.contracts.rules.states import Action
from souk.domains.contracts.store import change_contract, contract_by_id, record, reserve_term, schedule_raise
from souk.domains.feedback.model import Review
from souk.domains.feedback.rules.requirements import review_from
from souk.domains.feedback.store import open_feedback
from souk.domains.milestones.store import close_open_milestones, milestones_of
from souk.domains.rooms.commands import Actor, Subject, tell
from souk.domains.rooms.model import StoryEvent
from souk.domains.workflow.commands.hiring import end_for_contract
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import texts
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp


def pause(ctx: Context, contract_id: str, message: str | None) -> None:
    """Pause a contract."""
    contract = _for_client(ctx, contract_id)
    text = _message(message)
    changed = changing.paused(contract, _author(ctx, Side.CLIENT))
    tx = ctx.table.transaction()
    change_contract(tx, changed, Action.PAUSE, text)
    tell(Actor.of(ctx), tx, room_subject(contract), StoryEvent.CONTRACT_PAUSED, text, "contract", contract.id)
    tx.commit()


def restart(ctx: Context, contract_id: str, message: str | None) -> None:
    """Restart a paused contract."""
    contract = _for_client(ctx, contract_id)
    text = _message(message)
    changed = changing.restarted(contract, _author(ctx, Side.CLIENT))
    tx = ctx.table.transaction()
    require_parties(tx, contract.parties)
    schedule_raise(tx, change_contract(tx, changed, Action.RESTART, text))
    tell(Actor.of(ctx), tx, room_subject(contract), StoryEvent.CONTRACT_RESTARTED, text, "contract", contract.id)
    tx.commit()


def change_limit(ctx: Context, contract_id: str, request: UpdateHourlyLimit | None) -> None:
    """Change the weekly limit (`limits.limit_of_week`). The current limit again changes nothing."""
    contract = _for_client(ctx, contract_id)
    if request is None or "weekly_limit" not in request.model_fields_set:
        raise Unprocessable("updateHourlyLimitRequest.weeklyLimit: give whole hours per week, or null for no limit.")
    hours = limits.read("updateHourlyLimitRequest.weeklyLimit", request.weekly_limit)
    changing.require_no_notifications(request.notifications)
    changed = changing.with_limit(contract, hours, ctx.table.new_id(), _author(ctx, Side.CLIENT))
    if changed is contract:
        return
    tx = ctx.table.transaction()
    change_contract(tx, changed, Action.CHANGE_LIMIT, weeklyLimit=None if hours is None else str(hours))
    tx.commit()


def change_time_settings(ctx: Context, request: UpdateTimeSettings) -> Contract:
    """Change whether time can be added by hand, and whether the client sees screenshots. Returns the contract.

    What is set already changes nothing. A raise that is due takes effect first, so that terms follow each other.
    """
    contract = _for_client(ctx, request.contract_id)
    author, tx = _author(ctx, Side.CLIENT), ctx.table.transaction()
    changed = changing.with_time_settings(
        _with_due_raises(tx, contract, author.now),
        ctx.table.new_id(),
        author,
        manual=request.manual_time_allowed,
        hide=request.hide_screenshots,
    )
    details = {
        name: str(value).lower()
        for name, value, before in (
            ("manualTimeAllowed", changed.term.manual_time_allowed, contract.term.manual_time_allowed),
            ("hideScreenshots", changed.hide_screenshots, contract.hide_screenshots),
        )
        if value != before
    }
    if not details:
        return contract
    if changed.term.id not in {one.id for one in contract.terms}:
        reserve_term(tx, contract.id, changed.term.id)
    stored = change_contract(tx, changed, Action.CHANGE_TIME_SETTINGS, **details)
    tx.commit()
    return stored


def _with_due_raises(tx: Transaction, contract: Contract, now: str) -> Contract:
    """Return a contract with the raises that are due, which the deadline has not made yet."""
    while terms.raise_is_due(contract, now):
        contract = terms.raised(contract, tx.new_id(), now)
        reserve_term(tx, contract.id, contract.term.id)
        schedule_raise(tx, contract)
        record(tx, contract, Action.RAISE, rate=str(contract.term.rate))
    return contract


def end(ctx: Context, contract_id: str, request: EndContract, side: Side) -> None:
    """End a contract for one side: open milestones end, escrow is refunded, feedback opens.

    A gig order that was never paid ends without feedback, because the freelancer did not agree to it in person.
    """
    contract = _for_client(ctx, contract_id) if side is Side.CLIENT else _for_vendor(ctx, contract_id)
    dates.require_today("input.endDate", request.end_date, ctx.now)
    review = _review(request, ctx)
    author = _author(ctx, side)
    changed = changing.ended(contract, request.reason_ref, author)
    tx = ctx.table.transaction()
    close_open_milestones(tx, ctx.table, contract, side, ctx.now)
    change_contract(
        tx,
        changed,
        Action.END_BY_CLIENT if side is Side.CLIENT else Action.END_BY_FREELANCER,
        reason=changed.reason_id,
    )
    end_for_contract(tx, ctx.table, hired(contract), ctx.principal.user_id, ctx.now)
    if contract.delivery_model is not DeliveryModel.CATALOG_PROJECT or _ever_funded(ctx.table, contract):
        open_feedback(tx, changed, side, review)
    elif review is not None:
        raise Conflict("Nothing was paid for this order, so it cannot be reviewed. Leave out feedbackInfo.")
    tx.commit()


def room_subject(contract: Contract) -> Subject:
    """Return what the room of a contract is about."""
    return Subject(
        contract.parties,
        contract.created,
        lambda: contract.title,
        contract.proposal_id,
        (contract.offer_id,),
        contract.id,
    )


def _ever_funded(table: Table, contract: Contract) -> bool:
    return any(one.funded for one in milestones_of(table, contract.offer_id))


def raise_rate(table: Table, contract_id: str, now: datetime) -> None:
    """Raise the rate of a contract if a raise is due, and schedule the next one."""
    contract = contract_by_id(table, contract_id)
    if contract is None or not terms.raise_is_due(contract, stamp(now)):
        return
    changed = terms.raised(contract, table.new_id(), stamp(now))
    tx = table.transaction()
    reserve_term(tx, contract.id, changed.term.id)
    schedule_raise(tx, change_contract(tx, changed, Action.RAISE, rate=str(changed.term.rate)))
    tx.commit()


def _for_client(ctx: Context, contract_id: str) -> Contract:
    """Return a contract if the caller may act for its client. Raises NotFound for strangers, Forbidden for others."""
    contract = _for_party(ctx, contract_id)
    require_client_lead(contract.parties, ctx.principal)
    return contract


def _for_vendor(ctx: Context, contract_id: str) -> Contract:
    """Return a contract to its freelancer or a leader of their agency. Raises the same errors as `_for_client`."""
    contract = _for_party(ctx, contract_id)
    require_vendor(contract.parties, ctx.principal)
    return contract


def _for_party(ctx: Context, contract_id: str) -> Contract:
    contract = contract_by_id(ctx.table, contract_id)
    if contract is None or not contract.parties.include(ctx.principal):
        raise NotFound("This contract does not exist, or you cannot see it.")
    return contract


def _author(ctx: Context, side: Side) -> changing.Author:
    return changing.Author(ctx.principal.user_id, side, stamp(ctx.now))


def _message(text: str | None) -> str | None:
    problems = Problems("message")
    message = texts.optional_text(problems, "", text)
    problems.raise_if_any()
    return message


def _review(request: EndContract, ctx: Context) -> Review | None:
    if request.feedback_info is None:
        return None
    problems = Problems("input")
    review = review_from(problems, "feedbackInfo", request.feedback_info, ctx.principal.user_id, stamp(ctx.now))
    problems.raise_if_any()
    return review
