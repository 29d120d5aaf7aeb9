"""Releasing weeks to the freelancer, and refunding hours to the client."""

from datetime import datetime

from souk.domains.agreements.model import Side
from souk.domains.agreements.rules import require_vendor
from souk.domains.contracts.rules.changing import Author, hours_refunded
from souk.domains.contracts.rules.states import Action
from souk.domains.contracts.store import record
from souk.domains.time.commands.access import Change
from souk.domains.time.commands.booking import Step, refund_and_release
from souk.domains.time.inputs import RefundHours
from souk.domains.time.model import Stage, Timesheet
from souk.domains.time.rules import disputes
from souk.domains.time.store import week_of_id
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import texts
from souk.values.problems import Problems
from souk.values.times import stamp


def release(table: Table, entity_id: str, now: datetime) -> None:
    """Book the earnings of a week whose review has ended. A disputed week is released by the end of its dispute."""

    def attempt(tx: Transaction) -> None:
        step = Step.read(tx, table, week_of_id(entity_id), now)
        if step is None or step.sheet.stage is not Stage.BILLED:
            return
        ends = step.sheet.review_ends
        if ends is not None and ends <= stamp(now):
            after, events = refund_and_release(step, 0, at=ends)
            after.save(*events)

    table.retry_until_committed(attempt)


def refund(ctx: Context, request: RefundHours) -> Timesheet:
    """Give the last billed minutes of a week back to the client, for the freelancer's side."""
    problems = Problems("input")
    message = texts.optional_text(problems, "message", request.message)

    def attempt(step: Step) -> Timesheet:
        require_vendor(step.contract.parties, ctx.principal)
        disputes.require_refundable(step.sheet, ctx.now)
        disputes.require_minutes("input.minutes", request.minutes, disputes.refundable(step.sheet, step.bill))
        author = Author(ctx.principal.user_id, Side.FREELANCER, stamp(ctx.now))
        changed = hours_refunded(step.contract, author)
        details = {"week": step.sheet.week, "minutes": str(request.minutes)}
        record(step.tx, changed, Action.REFUND_HOURS, message, **details)
        after, events = refund_and_release(step, request.minutes, at=None)
        return after.save(*events)

    return Change(ctx, "refundHours", request, problems).make(attempt)
