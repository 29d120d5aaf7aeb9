"""Imports of data: for operators."""

from typing import Any

from tests.authority.fixtures import DATA_IMPORT, IMPORT_FILE
from tests.authority.row import Row, refused
from tests.authority.world import OPERATOR

_NODE = """{ id kind state dryRun fileName fileId percent rows created updated unchanged refused reportUrl
  startedBy { id name } problems { row externalId field message } startedDateTime finishedDateTime }"""


def _row(field: str, document: str, shows: str, **variables: Any) -> Row:
    return Row(
        field=field,
        document=document,
        variables=variables,
        shows=shows,
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    )


ROWS = (
    _row(
        "Query.dataImports",
        f"""{{ dataImports(pagination: {{first: 5}}) {{
          totalCount edges {{ cursor node {_NODE} }} pageInfo {{ endCursor hasNextPage }} }} }}""",
        "canary-import",
    ),
    _row("Query.dataImport", f'{{ dataImport(id: "{DATA_IMPORT}") {_NODE} }}', "canary-import"),
    _row(
        "Mutation.startDataImport",
        f"mutation ($input: StartDataImportInput!) {{ startDataImport(input: $input) {_NODE} }}",
        "people.csv",
        input={"kind": "USERS", "fileId": IMPORT_FILE, "dryRun": True, "idempotencyKey": "authority"},
    ),
    _row(
        "Mutation.cancelDataImport",
        f'mutation {{ cancelDataImport(id: "{DATA_IMPORT}") {_NODE} }}',
        "CANCELLED",
    ),
    _row(
        "Mutation.createDirectUploadLinkForImport",
        """mutation { createDirectUploadLinkForImport(input: {fileName: "people.csv"}) {
          id uploadUrl formKeyValues { key value } } }""",
        "uploads/",
    ),
)
