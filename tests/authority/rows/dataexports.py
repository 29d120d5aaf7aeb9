"""Copies of one's own data."""

from tests.authority.fixtures import DATA_EXPORT
from tests.authority.row import Row, own, sees

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
)
