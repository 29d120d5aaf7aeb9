"""Inputs of the requests about weeks."""

from souk.domains.time.model import DisputeReason, DisputeState, TimesheetState
from souk.graph.lists import DateTimeRange
from souk.storage import Input


class WeekRequest(Input):
    """What every request that changes a week has."""

    contract_id: str
    week: str
    """Its Monday."""
    idempotency_key: str | None = None


class DisputeTimesheet(WeekRequest):
    """DisputeTimesheetInput."""

    minutes: int | None = None
    """None: all that are billable."""
    reason: DisputeReason
    message: str


class WithdrawDispute(WeekRequest):
    """WithdrawTimesheetDisputeInput."""

    message: str | None = None


class AnswerDispute(WeekRequest):
    """AnswerTimesheetDisputeInput."""

    accept: bool
    message: str | None = None


class ResolveDispute(WeekRequest):
    """ResolveTimesheetDisputeInput."""

    refund_minutes: int
    note: str | None = None


class RefundHours(WeekRequest):
    """RefundHoursInput."""

    minutes: int
    message: str | None = None


class RetryPayment(WeekRequest):
    """RetryTimesheetPaymentInput."""

    use_checkout: bool | None = False
    return_url: str | None = None


class TimesheetFilter(Input):
    """TimesheetFilter."""

    contract_id_eq: str | None = None
    organization_id_eq: str | None = None
    week_bt: DateTimeRange | None = None
    state_any: list[TimesheetState] | None = None
    dispute_state_any: list[DisputeState] | None = None
