"""The inputs of worked time: what is tracked, the filters of diaries and reports, and weeks."""

from souk.domains.time.model import DisputeReason, DisputeState, TimesheetState
from souk.graph.lists import DateTimeRange
from souk.storage import Input
from souk.values.ids import Id


class TrackedMinute(Input):
    """The input events of a minute."""

    mouse: int
    keyboard: int


class TrackedCell(Input):
    """A cell as a tracker sends it."""

    start_date_time: str
    memo: str | None = None
    activity_code: str | None = None
    active_window_title: str | None = None
    minutes: list[TrackedMinute] | None = None
    snapshot_date_time: str | None = None
    screenshot_id: str | None = None
    webcam_id: str | None = None


class TrackTime(Input):
    """Cells of a contract."""

    contract_id: str
    cells: list[TrackedCell]


class Span(Input):
    """A span of a contract's time."""

    contract_id: str
    start_date_time: str
    end_date_time: str
    idempotency_key: str | None = None


class AddManualTime(Span):
    """Time without a tracker."""

    memo: str
    activity_code: str | None = None


class UpdateTime(Span):
    """A change of what time was worked on. Fields that are left out stay as they are."""

    memo: str | None = None
    activity_code: str | None = None


class RemoveTime(Span):
    """The removal of time."""


class WorkDiaryOfContract(Input):
    """The contract's WorkDiaryContractInput."""

    contract_id: str
    date: str
    offset_in_seconds: int | None = None
    use_legacy: bool | None = None
    """Accepted, and without effect: there is one source of the data."""


class WorkDiaryOfCompany(Input):
    """The contract's WorkDiaryCompanyInput."""

    company_id: str
    date: str
    paging: str | None = None
    sort_by: str | None = None
    activity: str | None = None
    freelancer: str | None = None


class SnapshotAt(Input):
    """The contract's SnapshotsByContractIdInput."""

    contract_id: str
    timestamp: int


class WorkedDays(Input):
    """The contract's WorkdaysInput."""

    contract_ids: list[str]
    time_range: DateTimeRange
    offset_in_seconds: int | None = None


class ReportFilter(Input):
    """The contract's TimeReportFilter. All conditions must hold."""

    organization_id_eq: str
    time_report_date_bt: DateTimeRange
    contract_ids: list[Id | None] | None = None


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

    contract_id_eq: Id | None = None
    organization_id_eq: Id | None = None
    week_bt: DateTimeRange | None = None
    state_any: list[TimesheetState] | None = None
    dispute_state_any: list[DisputeState] | None = None
