"""Payments: callers see their own organization's accounts, and hiring managers pay for it."""

from tests.authority.fixtures import ACME
from tests.authority.milestones import PAID
from tests.authority.row import Row, own, refused

_HISTORY = """query ($filter: TransactionHistoryFilter) {
  transactionHistory(transactionHistoryFilter: $filter) { transactionDetail { transactionHistoryRow {
    recordId description descriptionUI transactionAmount { rawValue } runningChargeableBalance { rawValue }
    payment { rawValue } relatedInvoiceId assignmentCompanyName assignmentDeveloperName assignmentTeamId
    contractId milestoneId notes
  } } } }"""

ROWS = (
    Row(
        field="Query.accountingEntity",
        document="{ accountingEntity { id } }",
        shows=f'"id":"{ACME}"',
        strangers=own,
        roleless=refused("FORBIDDEN"),
    ),
    Row(
        field="Query.transactionHistory",
        document=_HISTORY,
        variables={
            "filter": {
                "aceIds_any": [ACME],
                "transactionDateTime_bt": {"rangeStart": "2026-01-01", "rangeEnd": "2026-01-31"},
            }
        },
        shows="canary-bonus",
        strangers=refused("FORBIDDEN"),
    ),
    Row(
        field="Mutation.sendCustomPayment",
        document="mutation ($input: CustomPaymentInput) { sendCustomPayment(input: $input) { invoiceId } }",
        variables={"input": {"contractId": PAID, "amount": 12.5, "comment": "Thanks", "notes": ""}},
        shows='"invoiceId":"',
        strangers=refused("NOT_FOUND"),
    ),
)
