"""Pausing, changing and ending contracts: read consistently, decide by the rules, write in one transaction.

What is written to the other side is kept in the contract's history, and so is who shall be told: the messages that
would bring it to them are another domain's, which will read it there.
"""

from datetime import datetime

from souk.domains.agreements.model import DeliveryModel, Side
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.contracts.inputs import EndContract, UpdateHourlyLimit
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules import changing, dates, limits, terms
from souk.domains.contracts.rules.states import Action
from souk.domains.contracts.store import change_contract, contract_by_id, remind_of_raise, reserve_term
from souk.domains.feedback.model import Words
from souk.domains.feedback.rules.requirements import words_of
from souk.domains.feedback.store import open_feedback
from souk.domains.milestones.store import close_open, milestones_of
from souk.graph import Context
from souk.storage import Table
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.texts import optional_text
from souk.values.times import stamp


def pause(ctx: Context, contract_id: str, message: str | None) -> None:
    """Pause a contract."""
    contract = _clients(ctx, contract_id)
    said = _message(message)
    changed = changing.paused(contract, _author(ctx, Side.CLIENT))
    tx = ctx.table.transaction()
    change_contract(tx, changed, Action.PAUSE, said)
    tx.commit()


def restart(ctx: Context, contract_id: str, message: str | None) -> None:
    """Go on with a paused contract."""
    contract = _clients(ctx, contract_id)
    said = _message(message)
    changed = changing.restarted(contract, _author(ctx, Side.CLIENT))
    tx = ctx.table.transaction()
    remind_of_raise(tx, change_contract(tx, changed, Action.RESTART, said))
    tx.commit()


def change_limit(ctx: Context, contract_id: str, request: UpdateHourlyLimit | None) -> None:
    """Set another weekly limit, from now on. To ask for the one that there is changes nothing."""
    contract = _clients(ctx, contract_id)
    if request is None or "weekly_limit" not in request.model_fields_set:
        raise Unprocessable("updateHourlyLimitRequest.weeklyLimit: whole hours a week, or null for no limit.")
    hours = limits.read("updateHourlyLimitRequest.weeklyLimit", request.weekly_limit)
    changed = changing.limited(contract, hours, ctx.table.new_id(), _author(ctx, Side.CLIENT))
    if changed is contract:
        return
    tell = request.notifications
    tx = ctx.table.transaction()
    change_contract(
        tx,
        changed,
        Action.CHANGE_LIMIT,
        weeklyLimit=None if hours is None else str(hours),
        tell=tell.model_dump_json(by_alias=True, exclude_none=True) if tell else None,
    )
    tx.commit()


def end(ctx: Context, contract_id: str, request: EndContract, side: Side) -> None:
    """End a contract for one of its sides: its open milestones end, what is in escrow goes back, feedback opens.

    An order of a gig that was never paid ends without feedback: its freelancer did not agree to it by themselves.
    """
    contract = _clients(ctx, contract_id) if side is Side.CLIENT else _freelancers(ctx, contract_id)
    dates.require_today("input.endDate", request.end_date, ctx.now)
    words = _words(request, ctx)
    author = _author(ctx, side)
    changed = changing.ended(contract, request.reason_ref, author)
    tx = ctx.table.transaction()
    close_open(tx, ctx.table, contract, side, ctx.now)
    change_contract(
        tx,
        changed,
        Action.END_BY_CLIENT if side is Side.CLIENT else Action.END_BY_FREELANCER,
        reason=changed.reason_id,
    )
    if contract.delivery_model is not DeliveryModel.CATALOG_PROJECT or _ever_funded(ctx.table, contract):
        open_feedback(tx, changed, side, words)
    elif words is not None:
        raise Conflict("Nothing was paid for this order, so nobody is reviewed for it: end it without feedbackInfo.")
    tx.commit()


def _ever_funded(table: Table, contract: Contract) -> bool:
    return any(one.funded for one in milestones_of(table, contract.offer_id))


def raise_rate(table: Table, contract_id: str, now: datetime) -> None:
    """Raise the rate of a contract where it is time; the next raise is due in its time again."""
    contract = contract_by_id(table, contract_id)
    if contract is None or not terms.raise_is_due(contract, stamp(now)):
        return
    changed = terms.raised(contract, table.new_id(), stamp(now))
    tx = table.transaction()
    reserve_term(tx, contract.id, changed.term.id)
    remind_of_raise(tx, change_contract(tx, changed, Action.RAISE, rate=str(changed.term.rate)))
    tx.commit()


def _clients(ctx: Context, contract_id: str) -> Contract:
    """Return a contract to who may bind its client. Raises NotFound for strangers and Forbidden for others."""
    contract = _partys(ctx, contract_id)
    require_client_lead(contract.parties, ctx.principal)
    return contract


def _freelancers(ctx: Context, contract_id: str) -> Contract:
    """Return a contract to its freelancer, and to who leads their agency. Raises as `_clients` does."""
    contract = _partys(ctx, contract_id)
    require_vendor(contract.parties, ctx.principal)
    return contract


def _partys(ctx: Context, contract_id: str) -> Contract:
    contract = contract_by_id(ctx.table, contract_id)
    if contract is None or not contract.parties.include(ctx.principal):
        raise NotFound("There is no such contract, or it is not yours to see.")
    return contract


def _author(ctx: Context, side: Side) -> changing.Author:
    return changing.Author(ctx.principal.user_id, side, stamp(ctx.now))


def _message(text: str | None) -> str | None:
    problems = Problems("message")
    message = optional_text(problems, "", text)
    problems.raise_if_any()
    return message


def _words(request: EndContract, ctx: Context) -> Words | None:
    if request.feedback_info is None:
        return None
    problems = Problems("input")
    words = words_of(problems, "feedbackInfo", request.feedback_info, ctx.principal.user_id, stamp(ctx.now))
    problems.raise_if_any()
    return words
