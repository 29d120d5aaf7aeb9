"""Copies of one's own data."""

from tests.authority.fixtures import DATA_EXPORT
from tests.authority.row import Row, own, refused, sees
from tests.authority.world import OPERATOR

ROWS = (
    Row(
        field="Query.dataExports",
        document="{ dataExports { id state requestedDateTime expiresDateTime size kind downloadUrl } }",
        shows=DATA_EXPORT,
        strangers=sees([]),
    ),
    Row(
        field="Mutation.requestDataExport",
        document="mutation { requestDataExport { id state downloadUrl } }",
        shows='"state":"PREPARING"',
        strangers=own,
    ),
    Row(
        field="Mutation.requestMarketplaceExport",
        document="""mutation ($input: MarketplaceExportInput!) {
          requestMarketplaceExport(input: $input) { id kind state downloadUrl } }""",
        variables={
            "input": {"kind": "LEDGER", "format": "JSON_LINES", "reason": "A test", "idempotencyKey": "authority"}
        },
        shows='"kind":"LEDGER"',
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    ),
)
