"""The filter of `transactionHistory`."""

from souk.graph.lists import DateTimeRange
from souk.storage import Model
from souk.values.ids import Id


class HistoryFilter(Model):
    """The contract's TransactionHistoryFilter. A row must match all conditions; an empty list matches everything."""

    ace_ids_any: list[str]
    transaction_date_time_bt: DateTimeRange
    agency_company_ids_any: list[Id] | None = None
    agency_company_uids_any: list[Id] | None = None
    developer_ids_any: list[Id] | None = None
    trx_subtypes_any: list[str] | None = None
