"""The filters and inputs of the ledger."""

from typing import Annotated

from pydantic import Field

from souk.domains.ledger.model import AccountKind
from souk.graph.lists import DateTimeRange
from souk.storage import Input
from souk.values.ids import Id

Label = Annotated[str, Field(max_length=100)]


class PrivateData(Input):
    """The contract's BPAPrivateDataFilter: the calling program. It is logged, and filters nothing."""

    service_name_eq: Label | None = None
    service_version_eq: Label | None = None


class HistoryFilter(Input):
    """The contract's TransactionHistoryFilter. A row must match all conditions; an empty list matches everything."""

    bpa_private_data: PrivateData | None = None
    ace_ids_any: list[str]
    transaction_date_time_bt: DateTimeRange
    agency_company_ids_any: list[Id] | None = None
    agency_company_uids_any: list[Id] | None = None
    developer_ids_any: list[Id] | None = None
    trx_subtypes_any: list[str] | None = None


class AccountFilter(Input):
    """LedgerAccountFilter: the accounts to list."""

    kind_eq: AccountKind | None = None
    organization_id_eq: Id | None = None
    contract_id_eq: Id | None = None
    currency_eq: str | None = None
    non_zero_eq: bool | None = None


class BookingFilter(Input):
    """LedgerBookingFilter: the bookings to list."""

    organization_id_eq: Id | None = None
    contract_id_eq: Id | None = None
    milestone_id_eq: Id | None = None
    payment_order_id_eq: Id | None = None
    booked_date_time_bt: DateTimeRange | None = None
    kind_any: list[str] | None = None


class ReverseBooking(Input):
    """ReverseBookingInput: the booking to reverse."""

    booking_id: str
    reason: str
    idempotency_key: str
