"""The arguments of operators' exports, checked."""

from souk.domains.dataexports.model import ExportFormat, MarketExportKind
from souk.graph.lists import DateTimeRange
from souk.storage import Input


class MarketExport(Input):
    """MarketplaceExportInput."""

    kind: MarketExportKind
    format: ExportFormat
    include_messages: bool = False
    range: DateTimeRange | None = None
    reason: str
    idempotency_key: str
