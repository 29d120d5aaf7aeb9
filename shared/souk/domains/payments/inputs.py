"""What the commands and queries of payments are given."""

from souk.graph.lists import DateTimeRange
from souk.storage import Model


class CustomPaymentRequest(Model):
    """The contract's CustomPaymentInput."""

    contract_id: str
    amount: float
    """Of the major unit; read exactly as it was written."""
    comment: str
    notes: str
    type: str | None = None
    allow_subsequent: bool | None = None


class HistoryFilter(Model):
    """The contract's TransactionHistoryFilter; conditions add up, and an empty list constrains nothing."""

    ace_ids_any: list[str]
    transaction_date_time_bt: DateTimeRange
    agency_company_ids_any: list[str] | None = None
    agency_company_uids_any: list[str] | None = None
    developer_ids_any: list[str] | None = None
    trx_subtypes_any: list[str] | None = None
