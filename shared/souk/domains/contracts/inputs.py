"""Inputs of the requests about contracts."""

from souk.domains.contracts.model import ContractStatus
from souk.domains.feedback.model import FeedbackInfo
from souk.storage import Input
from souk.values.ids import Id


class EndContract(Input):
    """The contract's EndContractInput."""

    end_date: str | None = None
    feedback_info: FeedbackInfo | None = None
    reason_ref: str


class Notifications(Input):
    """The contract's NotificationsInput."""

    notify_client: bool | None = None
    notify_vendor: bool | None = None
    send_dash2_contract_room: bool | None = None


class UpdateHourlyLimit(Input):
    """The contract's UpdateHourlyLimitRequestInput. A null `weeklyLimit` is not the same as none."""

    notifications: Notifications | None = None
    weekly_limit: str | None = None


class UpdateTimeSettings(Input):
    """Souk's UpdateContractTimeSettingsInput. None leaves a setting as it is."""

    contract_id: str
    manual_time_allowed: bool | None = None
    hide_screenshots: bool | None = None


class VendorContractFilter(Input):
    """The contract's VendorContractSearchFilter."""

    vendor_id: Id
    start_date_before: str | None = None
    end_date_after: str | None = None
    contract_statuses: tuple[ContractStatus | None, ...] | None = None


class ContractOptions(Input):
    """The contract's ContractOptionsInput."""

    add_terms: bool | None = None
    add_hour_limits: bool | None = None


class ContractPaging(Input):
    """The contract's ContractPagingInput."""

    limit: int | None = None
    offset: int | None = None
    include_total_count: bool | None = None


class CustomPaymentRequest(Input):
    """The contract's CustomPaymentInput."""

    contract_id: str
    amount: float
    """In the major unit; the digits are read as they were written."""
    comment: str
    notes: str
    type: str | None = None
    allow_subsequent: bool | None = None
