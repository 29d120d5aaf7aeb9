"""The states of a week by the clock. Pure.

What is stored moves when the clock's work is done, or somebody acts. What is shown moves at its time, whether or not
that work has been done yet.
"""

from datetime import date, datetime

from souk.domains.time.model import Bill, Dispute, DisputeState, Stage, Timesheet, TimesheetState
from souk.domains.time.rules import amounts, weeks
from souk.values.errors import Conflict
from souk.values.times import stamp

_SHOWN = {
    Stage.CHARGING: TimesheetState.BILLED,
    Stage.DECLINED: TimesheetState.DECLINED,
    Stage.WRITTEN_OFF: TimesheetState.WRITTEN_OFF,
    Stage.BILLED: TimesheetState.BILLED,
    Stage.DISPUTED: TimesheetState.DISPUTED,
    Stage.RELEASED: TimesheetState.RELEASED,
}


def as_of(sheet: Timesheet, now: datetime) -> Timesheet:
    """Return a week with what is due done: released, expired or written off."""
    at, dispute = stamp(now), sheet.dispute
    if sheet.stage is Stage.BILLED and sheet.review_ends is not None and sheet.review_ends <= at:
        return released(sheet, sheet.review_ends)
    if sheet.stage is Stage.DISPUTED and dispute and answer_is_due(dispute, now):
        refunded = with_refund(sheet, dispute.minutes)
        return released(dispute_over(refunded, DisputeState.EXPIRED, dispute.minutes, dispute.due), dispute.due)
    if sheet.stage is Stage.DECLINED and sheet.decline and sheet.decline.write_off <= at:
        return written_off(sheet)
    return sheet


def state_of(sheet: Timesheet, bill: Bill, now: datetime) -> TimesheetState:
    """Return the state of a week. `bill` is what it costs, or would cost now."""
    if sheet.stage is not Stage.UNBILLED:
        return _SHOWN[as_of(sheet, now).stage]
    monday = date.fromisoformat(sheet.week)
    if now < weeks.ends(monday):
        return TimesheetState.OPEN
    if now < weeks.closes(monday):
        return TimesheetState.REVIEW
    return TimesheetState.BILLED if amounts.kept(bill, sheet.refunded) else TimesheetState.RELEASED


def answer_is_due(dispute: Dispute, now: datetime) -> bool:
    """Return whether a dispute was not answered in time."""
    return dispute.state is DisputeState.OPEN and dispute.due <= stamp(now)


def is_closed(sheet: Timesheet, now: datetime) -> bool:
    """Return whether the time of a week cannot be changed any more."""
    return sheet.stage is not Stage.UNBILLED or weeks.closes(date.fromisoformat(sheet.week)) <= now


def dispute_over(sheet: Timesheet, state: DisputeState, minutes: int, at: str) -> Timesheet:
    """Return a week whose dispute is over, with the minutes that went back."""
    if sheet.dispute is None:
        raise Conflict("This week was never disputed.")
    over = sheet.dispute.model_copy(update={"state": state, "refunded": minutes, "resolved": at})
    return sheet.model_copy(update={"dispute": over, "review_opened": None})


def with_refund(sheet: Timesheet, minutes: int) -> Timesheet:
    """Return a week of which some minutes more are refunded."""
    by = {"refunded": sheet.refunded + minutes, "refunds": sheet.refunds + 1} if minutes else {}
    return sheet.model_copy(update=by)


def released(sheet: Timesheet, at: str) -> Timesheet:
    """Return a week that is the freelancer's from a time on."""
    return sheet.model_copy(update={"stage": Stage.RELEASED, "released": at})


def written_off(sheet: Timesheet) -> Timesheet:
    """Return a week whose charge is given up."""
    decline = sheet.decline.model_copy(update={"next_retry": None}) if sheet.decline else None
    return sheet.model_copy(update={"stage": Stage.WRITTEN_OFF, "decline": decline})


def require_booked(sheet: Timesheet, now: datetime) -> None:
    """Raise Conflict for a week that is not billed yet, or whose booking is not there yet."""
    if not is_closed(sheet, now):
        raise Conflict(
            f"This week is not billed yet. It closes on {stamp(weeks.closes(date.fromisoformat(sheet.week)))}."
        )
    if sheet.stage in (Stage.UNBILLED, Stage.CHARGING):
        raise Conflict("This week is being billed; try again after 13:00 UTC.")
