"""Weeks: the queries, the mutations, and the fields of Timesheet."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from souk.domains.time import inputs
from souk.domains.time.commands import disputing, releasing, retrying
from souk.domains.time.lists import exports
from souk.domains.time.lists import timesheets as lists
from souk.domains.time.model import Timesheet
from souk.domains.time.resolvers.declared import READ, domain
from souk.domains.time.rules import weeks
from souk.domains.time.store import CLIENT_WEEKS
from souk.domains.time.views.weeks import TimesheetView, shown
from souk.graph import Context, Scope
from souk.graph.lists import Pagination
from souk.values.errors import NotFound
from souk.values.times import stamp

_PAY: Final = (Scope.PAYMENTS,)


@domain.query("timesheet", scopes=READ)
def timesheet(ctx: Context, contract_id: str, week: str) -> TimesheetView | None:
    """Return a week of a contract; None if there is none, or the caller may not see it."""
    return lists.timesheet(ctx, contract_id, week)


@domain.query("timesheets", scopes=READ, size=CLIENT_WEEKS)
def timesheets(
    ctx: Context, filter: inputs.TimesheetFilter | None = None, pagination: Pagination | None = None
) -> lists.WeeksPage:
    """Return a page of weeks, latest first."""
    return lists.timesheets(ctx, filter, pagination)


@domain.mutation("disputeTimesheet", scopes=_PAY)
def dispute_timesheet(ctx: Context, input: inputs.DisputeTimesheet) -> TimesheetView:
    """Dispute minutes of a week."""
    return _changed(ctx, disputing.dispute(ctx, input))


@domain.mutation("withdrawTimesheetDispute", scopes=_PAY)
def withdraw_timesheet_dispute(ctx: Context, input: inputs.WithdrawDispute) -> TimesheetView:
    """Withdraw a dispute."""
    return _changed(ctx, disputing.withdraw(ctx, input))


@domain.mutation("answerTimesheetDispute", scopes=_PAY)
def answer_timesheet_dispute(ctx: Context, input: inputs.AnswerDispute) -> TimesheetView:
    """Accept or refuse a dispute."""
    return _changed(ctx, disputing.answer(ctx, input))


@domain.mutation("resolveTimesheetDispute", scopes=[Scope.OPERATOR])
def resolve_timesheet_dispute(ctx: Context, input: inputs.ResolveDispute) -> TimesheetView:
    """Decide a dispute."""
    return _changed(ctx, disputing.resolve(ctx, input))


@domain.mutation("refundHours", scopes=_PAY)
def refund_hours(ctx: Context, input: inputs.RefundHours) -> TimesheetView:
    """Give hours back to the client."""
    return _changed(ctx, releasing.refund(ctx, input))


@domain.mutation("retryTimesheetPayment", scopes=_PAY)
def retry_timesheet_payment(ctx: Context, input: inputs.RetryPayment) -> TimesheetView:
    """Pay a declined week."""
    return _changed(ctx, retrying.retry(ctx, input))


def _changed(ctx: Context, sheet: Timesheet) -> TimesheetView:
    found = shown(ctx, [sheet])
    if not found:
        raise NotFound("This contract no longer exists.")
    return found[0]


# Fields

_FIELDS: Final[Mapping[str, Callable[[TimesheetView], Any]]] = {
    "contractId": lambda one: one.stored.contract_id,
    "contract": lambda one: one.contract if one.audience.party else None,
    "week": lambda one: one.stored.week,
    "workedMinutes": lambda one: one.minutes.tracked + one.minutes.manual,
    "trackedMinutes": lambda one: one.minutes.tracked,
    "manualMinutes": lambda one: one.minutes.manual,
    "overtimeMinutes": lambda one: one.minutes.overtime,
    "billableMinutes": lambda one: one.bill.minutes,
    "refundedMinutes": lambda one: one.sheet.refunded,
    "protectedMinutes": lambda one: one.minutes.protected,
    "weeklyLimit": lambda one: None if one.bill.limit is None else str(one.bill.limit),
    "amount": lambda one: one.sums.amount,
    "stipendAmount": lambda one: one.sums.stipend,
    "clientFee": lambda one: one.sums.client_fee,
    "charge": lambda one: one.sums.charge,
    "vendorFee": lambda one: one.sums.vendor_fee,
    "earnings": lambda one: one.sums.earnings,
    "refundedAmount": lambda one: one.sums.refunded,
    "terms": TimesheetView.terms,
    "days": TimesheetView.days,
    "closesDateTime": lambda one: stamp(weeks.closes(one.monday)),
    "billedDateTime": lambda one: one.sheet.billed,
    "disputableUntilDateTime": lambda one: one.disputable_until,
    "releasedDateTime": lambda one: one.released,
    "declineReason": lambda one: one.decline.reason if one.decline else None,
    "nextRetryDateTime": lambda one: one.decline.next_retry if one.decline else None,
    "writeOffDateTime": lambda one: one.decline.write_off if one.decline else None,
    "dispute": TimesheetView.dispute,
}


def _field(name: str, read: Callable[[TimesheetView], Any]) -> None:
    @domain.field(f"Timesheet.{name}")
    def field(source: TimesheetView, ctx: Context) -> Any:
        return read(source)


for _name, _read in _FIELDS.items():
    _field(_name, _read)


@domain.field("Timesheet.checkoutUrl")
def checkout_url(source: TimesheetView, ctx: Context) -> str | None:
    """Return the page to pay a declined week; None once it cannot be paid."""
    return source.checkout_url(ctx)


@domain.connection("TimesheetConnection.csvUrl")
def csv_url(source: lists.WeeksPage, ctx: Context) -> str:
    """Make a file of all weeks of the filter, and return its address."""
    return exports.csv_link(ctx, source)
