"""Disputes and refunds: who can do what with a week, and until when. Pure."""

from datetime import UTC, datetime
from typing import Final

from souk.domains.time.model import (
    MINUTES_OF_A_CELL,
    Bill,
    Dispute,
    DisputeState,
    Stage,
    Timesheet,
)
from souk.domains.time.rules import states, weeks
from souk.values.errors import Conflict, Unprocessable

_BUSINESS_DAYS: Final = 3
"""How long the freelancer has to answer."""
_SATURDAY: Final = 5


def answer_due(opened: datetime) -> datetime:
    """Return the end of the third business day after the day of a dispute: Monday to Friday, UTC, without holidays."""
    day, left = opened.astimezone(UTC).date(), _BUSINESS_DAYS
    while left:
        day += weeks.DAY
        left -= day.weekday() < _SATURDAY
    return weeks.start_of(day + weeks.DAY)


def require_minutes(path: str, minutes: int, most: int, *, least: int = MINUTES_OF_A_CELL) -> None:
    """Raise Unprocessable for minutes that are no multiple of ten, or not within the bounds."""
    if most < least:
        raise Unprocessable(f"{path}: this week has no billed minutes that are not refunded.")
    if minutes % MINUTES_OF_A_CELL or not least <= minutes <= most:
        raise Unprocessable(f"{path}: must be a multiple of ten, {least} to {most}.")


def refundable(sheet: Timesheet, bill: Bill) -> int:
    """Return the billable minutes that are not refunded yet."""
    return bill.minutes - sheet.refunded


def require_disputable(sheet: Timesheet, now: datetime) -> None:
    """Raise Conflict unless a client can dispute a week now."""
    states.require_booked(sheet, now)
    if sheet.dispute is not None:
        raise Conflict("This week was disputed already. A week is disputed once.")
    if sheet.stage in (Stage.DECLINED, Stage.WRITTEN_OFF):
        raise Conflict("This week is not paid, so it cannot be disputed.")
    if states.as_of(sheet, now).stage is not Stage.BILLED:
        raise Conflict(f"The review of this week has ended: it could be disputed until {sheet.review_ends}.")


def open_dispute(sheet: Timesheet, now: datetime, *states_: DisputeState) -> Dispute:
    """Return the dispute of a week. Raises Conflict unless it is in one of the states, and was not to be answered."""
    if sheet.stage is not Stage.DISPUTED or sheet.dispute is None:
        raise Conflict("This week has no open dispute.")
    if sheet.dispute.state not in states_:
        raise Conflict(f"This dispute is {sheet.dispute.state} and must be {' or '.join(states_)}.")
    if states.answer_is_due(sheet.dispute, now):
        raise Conflict(f"This dispute was to be answered until {sheet.dispute.due}. It counts as accepted.")
    return sheet.dispute


def require_refundable(sheet: Timesheet, now: datetime) -> None:
    """Raise Conflict unless hours of a week can be refunded now: while it is billed, or after the release."""
    states.require_booked(sheet, now)
    if sheet.stage in (Stage.DECLINED, Stage.WRITTEN_OFF):
        raise Conflict("This week is not paid, so there is nothing to refund.")
    if sheet.stage is Stage.DISPUTED:
        raise Conflict("This week is disputed. Answer the dispute: accepting it refunds the disputed hours.")
