"""Diaries and reports: only for the parties of the contracts, and `NOT_FOUND` for another company."""

from tests.authority import time
from tests.authority.contracts import WORKING
from tests.authority.diaries import START, WORKED
from tests.authority.fixtures import ACME
from tests.authority.row import Row, refused, sees

_ROW = """{ dateWorkedOn task memo totalHoursWorked totalCharges freelancer { id } team { id }
  contract { id title } contractOffer { id title } billRate { id value } }"""
_FILTER = {"organizationId_eq": ACME, "timeReportDate_bt": {"rangeStart": WORKED, "rangeEnd": WORKED}}
_CELL = """{ memo task { id } activeWindowTitle screenshotImageUrl screenshotImageUrlMedium screenshotImageThumbnail
  webcamImageUrl webcamImageThumbnail cellDateTime { rawValue } }"""
_SNAPSHOT = """{ id memo task activeWindowTitle screenshotUrl screenshotImage screenshotImageLarge
  screenshotImageMedium screenshotImageThumbnail webcamUrl webcamImage webcamImageThumbnail }"""

ROWS = (
    Row(
        field="Query.workDiaryContract",
        document=f"""query ($input: WorkDiaryContractInput!) {{
          workDiaryContract(workDiaryContractInput: $input) {{ workDiaryTimeCells {_CELL} }} }}""",
        variables={"input": {"contractId": WORKING, "date": WORKED}},
        shows="canary-diary-title",
        strangers=sees(None),
    ),
    Row(
        field="Query.workDiaryContract",
        about="of this week",
        document=f"""query ($input: WorkDiaryContractInput!) {{
          workDiaryContract(workDiaryContractInput: $input) {{ workDiaryTimeCells {_CELL} }} }}""",
        variables={"input": {"contractId": WORKING, "date": time.WORKED.date().isoformat()}},
        shows="canary-screenshot-token",
        strangers=sees(None),
    ),
    Row(
        field="Query.snapshotsByContractId",
        document=f"query ($input: SnapshotsByContractIdInput!) {{ snapshotsByContractId(input: $input) {_SNAPSHOT} }}",
        variables={"input": {"contractId": WORKING, "timestamp": START}},
        shows="canary-diary-screenshot",
        strangers=sees([]),
    ),
    Row(
        field="Query.workDays",
        document="query ($input: WorkdaysInput!) { workDays(workdaysInput: $input) { workDays } }",
        variables={"input": {"contractIds": [WORKING], "timeRange": {"rangeStart": WORKED, "rangeEnd": WORKED}}},
        shows="20260112",
        strangers=sees({"workDays": []}),
    ),
    Row(
        field="Query.workDiaryCompany",
        document="""query ($input: WorkDiaryCompanyInput!) { workDiaryCompany(workDiaryCompanyInput: $input) {
          total snapshots { contract { id contractTitle } user { id name } task { code memo }
            time { lastScreenshot } screenshots { screenshotUrl webcamUrl } } } }""",
        variables={"input": {"companyId": ACME, "date": WORKED}},
        shows="canary-diary-memo",
        strangers=refused("NOT_FOUND"),
        colleague=sees({"total": 0, "snapshots": []}),
    ),
    Row(
        field="Query.contractTimeReport",
        document=f"""query ($filter: TimeReportFilter) {{ contractTimeReport(filter: $filter) {{
          totalCount edges {{ node {_ROW} }} }} }}""",
        variables={"filter": _FILTER},
        shows="canary-diary-memo",
        strangers=refused("NOT_FOUND"),
        colleague=sees({"totalCount": 0, "edges": []}),
    ),
    Row(
        field="Query.timeReport",
        document=f"query ($filter: TimeReportFilter) {{ timeReport(filter: $filter) {_ROW} }}",
        variables={"filter": _FILTER},
        shows="canary-diary-code",
        strangers=refused("NOT_FOUND"),
        colleague=sees([]),
    ),
)
