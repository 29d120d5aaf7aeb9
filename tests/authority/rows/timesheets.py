"""Weeks: only the two sides of the contract see them; each side has its own actions, and operators decide disputes."""

from tests.authority.contracts import RESTING, WORKING
from tests.authority.row import Row, refused, sees
from tests.authority.timesheets import BILLED, DISPUTED, ESCALATED, WRITTEN_OFF
from tests.authority.world import INVITED, OPERATOR, OWNER, Viewer

_WEEK = """{ contractId contract { id title } week state workedMinutes trackedMinutes manualMinutes overtimeMinutes
  billableMinutes refundedMinutes protectedMinutes weeklyLimit amount { rawValue } stipendAmount { rawValue }
  clientFee { rawValue } charge { rawValue } vendorFee { rawValue } earnings { rawValue } refundedAmount { rawValue }
  terms { termId rate { rawValue } billableMinutes amount { rawValue } }
  days { date trackedMinutes manualMinutes overtimeMinutes } closesDateTime billedDateTime disputableUntilDateTime
  releasedDateTime declineReason nextRetryDateTime writeOffDateTime checkoutUrl
  dispute { id state minutes amount { rawValue } reason message openedDateTime answerDueDateTime answerMessage
    answeredDateTime refundedMinutes resolutionNote resolvedDateTime } }"""


def _change(field: str, shows: str, contract_id: str, week: str, *, owner: Viewer = OWNER, **given: object) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"""mutation ($input: {field[0].upper()}{field[1:]}Input!) {{
          {field}(input: $input) {_WEEK} }}""",
        variables={"input": {"contractId": contract_id, "week": week, **given}},
        shows=shows,
        strangers=refused("FORBIDDEN" if owner is OPERATOR else "NOT_FOUND"),
        owner=owner,
    )


ROWS: tuple[Row, ...] = (
    Row(
        field="Query.timesheet",
        document=f"query ($id: ID!, $week: String!) {{ timesheet(contractId: $id, week: $week) {_WEEK} }}",
        variables={"id": WORKING, "week": BILLED},
        shows="4321.98",
        strangers=sees(None),
    ),
    Row(
        field="Query.timesheets",
        document=f"""query ($filter: TimesheetFilter) {{ timesheets(filter: $filter) {{
          totalCount edges {{ cursor node {_WEEK} }} pageInfo {{ hasNextPage }} csvUrl }} }}""",
        variables={"filter": {"contractId_eq": RESTING}},
        shows="canary-dispute-escalated",
        strangers=refused("NOT_FOUND"),
    ),
    _change("disputeTimesheet", '"DISPUTED"', WORKING, BILLED, reason="OTHER", message="Nobody was there"),
    _change("refundHours", '"refundedMinutes":10', WORKING, BILLED, owner=INVITED, minutes=10),
    _change("withdrawTimesheetDispute", '"WITHDRAWN"', RESTING, DISPUTED),
    _change("answerTimesheetDispute", '"ACCEPTED"', RESTING, DISPUTED, owner=INVITED, accept=True),
    _change("resolveTimesheetDispute", '"RESOLVED"', RESTING, ESCALATED, owner=OPERATOR, refundMinutes=30),
    _change("retryTimesheetPayment", '"BILLED"', RESTING, WRITTEN_OFF),
)
