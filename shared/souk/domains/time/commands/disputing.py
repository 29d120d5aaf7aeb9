"""Disputes of weeks: opened by the client, answered by the freelancer, decided by an operator.

A dispute holds the contract and stops the release. When it is over, the refund and the release of the rest are booked
together.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.contracts.model import Hold
from souk.domains.identity.commands.deciding import already_decided
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.domains.time.commands.access import Change
from souk.domains.time.commands.booking import (
    Step,
    close_open_review,
    hold,
    lift_hold,
    put_before_operators,
    refund_and_release,
)
from souk.domains.time.inputs import AnswerDispute, DisputeTimesheet, ResolveDispute, WithdrawDispute
from souk.domains.time.model import Dispute, DisputeState, Stage, Timesheet, TimesheetEvent
from souk.domains.time.rules import amounts, disputes, states
from souk.domains.time.store import EXPIRE, week_of_id
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import texts
from souk.values.problems import Problems
from souk.values.times import stamp

_S: Final = DisputeState


def dispute(ctx: Context, request: DisputeTimesheet) -> Timesheet:
    """Dispute minutes of a week, for the client. All that are billable if the request names none."""
    problems = Problems("input")
    message = texts.paragraphs(problems, "message", request.message, 1, texts.MAX_MESSAGE)

    def attempt(step: Step) -> Timesheet:
        require_client_lead(step.contract.parties, ctx.principal)
        disputes.require_disputable(step.sheet, ctx.now)
        most = disputes.refundable(step.sheet, step.bill)
        minutes = most if request.minutes is None else request.minutes
        disputes.require_minutes("input.minutes", minutes, most)
        due = disputes.answer_due(ctx.now)
        opened = Dispute(
            id=step.tx.new_id(),
            minutes=minutes,
            amount=amounts.hours_back(step.sheet, step.bill, minutes).amount,
            reason=request.reason,
            message=message,
            opened=stamp(ctx.now),
            due=stamp(due),
        )
        hold(step, Hold.DISPUTED)
        schedule(step.tx, EXPIRE, step.id, due)
        return step.having(stage=Stage.DISPUTED, dispute=opened).save(TimesheetEvent.DISPUTE)

    return Change(ctx, "disputeTimesheet", request, problems).make(attempt)


def withdraw(ctx: Context, request: WithdrawDispute) -> Timesheet:
    """Withdraw a dispute, for the client. If the review of the week has ended meanwhile, it is released at once."""
    problems = Problems("input")
    message = texts.optional_text(problems, "message", request.message)

    def attempt(step: Step) -> Timesheet:
        require_client_lead(step.contract.parties, ctx.principal)
        disputes.open_dispute(step.sheet, ctx.now, _S.OPEN, _S.ESCALATED)
        close_open_review(step, ReviewState.WITHDRAWN)
        lift_hold(step, by_id=ctx.principal.user_id, message=message)
        now = stamp(ctx.now)
        return _end(step, _S.WITHDRAWN, 0, release_at=now if (step.sheet.review_ends or "") <= now else None)

    return Change(ctx, "withdrawTimesheetDispute", request, problems).make(attempt)


def answer(ctx: Context, request: AnswerDispute) -> Timesheet:
    """Accept or refuse a dispute, for the freelancer's side. A refused one is put before the operators."""
    problems = Problems("input")
    message = texts.optional_text(problems, "message", request.message)
    if not request.accept and not message:
        problems.add("message", "say why you refuse.", missing=True)

    def attempt(step: Step) -> Timesheet:
        require_vendor(step.contract.parties, ctx.principal)
        found = disputes.open_dispute(step.sheet, ctx.now, _S.OPEN)
        now = stamp(ctx.now)
        answered = found.model_copy(update={"answer": message, "answered": now})
        if request.accept:
            lift_hold(step)
            return _end(step.having(dispute=answered), _S.ACCEPTED, found.minutes, release_at=now)
        escalated = step.having(dispute=answered.model_copy(update={"state": _S.ESCALATED}))
        return put_before_operators(escalated, ReviewKind.TIMESHEET_DISPUTE, ctx.principal.user_id).save()

    return Change(ctx, "answerTimesheetDispute", request, problems).make(attempt)


def resolve(ctx: Context, request: ResolveDispute) -> Timesheet:
    """Decide how many of the disputed minutes go back, for an operator."""
    problems = Problems("input")
    note = texts.optional_text(problems, "note", request.note)

    def attempt(step: Step) -> Timesheet:
        if step.sheet.dispute and step.sheet.dispute.state is _S.RESOLVED:
            raise already_decided(step.table, ReviewKind.TIMESHEET_DISPUTE, step.id)
        found, minutes = disputes.open_dispute(step.sheet, ctx.now, _S.ESCALATED), request.refund_minutes
        disputes.require_minutes("input.refundMinutes", minutes, found.minutes, least=0)
        close_open_review(step, ReviewState.RESOLVED, decided_by_id=ctx.principal.user_id, note=note)
        lift_hold(step)
        changes = {"state": (found.state.value, _S.RESOLVED.value), "refundedMinutes": (None, str(minutes))}
        subject = Subject(type="Timesheet", id=step.id)
        record(step.tx, actor_of(ctx), "resolveTimesheetDispute", subject, reason=note, changes=changes)
        noted = step.having(dispute=found.model_copy(update={"note": note}))
        return _end(noted, _S.RESOLVED, minutes, release_at=stamp(ctx.now))

    return Change(ctx, "resolveTimesheetDispute", request, problems, operator=True).make(attempt)


def expire(table: Table, entity_id: str, now: datetime) -> None:
    """End a dispute that was not answered in time, as if it had been accepted."""

    def attempt(tx: Transaction) -> None:
        step = Step.read(tx, table, week_of_id(entity_id), now)
        if step is None or step.sheet.stage is not Stage.DISPUTED or step.sheet.dispute is None:
            return
        found = step.sheet.dispute
        if states.answer_is_due(found, now):
            lift_hold(step)
            _end(step, _S.EXPIRED, found.minutes, release_at=found.due)

    table.retry_until_committed(attempt)


def _end(step: Step, state: DisputeState, minutes: int, *, release_at: str | None) -> Timesheet:
    """Add the end of a dispute to a transaction: the refund, and the release of the rest from `release_at` on."""
    after, events = refund_and_release(step.having(stage=Stage.BILLED), minutes, at=release_at)
    over = states.dispute_over(after.sheet, state, minutes, release_at or stamp(step.now))
    return replace(after, sheet=over).save(TimesheetEvent.RESOLVE, *events)
