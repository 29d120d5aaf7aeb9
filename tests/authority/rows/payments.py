"""Payments: callers see their own organization's accounts, and hiring managers pay for it. Operators see all money."""

from tests.authority.fixtures import ACME
from tests.authority.milestones import BONUS, OVERDUE, PAID, REFUNDABLE
from tests.authority.row import Row, own, refused
from tests.authority.world import OPERATOR

_HISTORY = """query ($filter: TransactionHistoryFilter) {
  transactionHistory(transactionHistoryFilter: $filter) { transactionDetail { transactionHistoryRow {
    recordId description descriptionUI transactionAmount { rawValue } runningChargeableBalance { rawValue }
    payment { rawValue } relatedInvoiceId assignmentCompanyName assignmentDeveloperName assignmentTeamId
    contractId milestoneId notes
  } } } }"""

_MONEY = "{ rawValue currency }"
_BOOKING = f"""{{ id kind bookedDateTime description contractId milestoneId paymentOrderId reverses reversedBy
  lines {{ account organization {{ id name }} contractId amount {_MONEY} }} }}"""
_ORDER = f"""{{ id state purpose title organization {{ id name }} amount {_MONEY} charge {_MONEY} refunded {_MONEY}
  provider reference reason stuck contractId milestoneId createdDateTime expiresDateTime }}"""


def _money(field: str, document: str, shows: str) -> Row:
    return Row(field=field, document=document, shows=shows, strangers=refused("FORBIDDEN"), owner=OPERATOR)


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
    _money(
        "Query.ledgerBalance",
        f"""{{ ledgerBalance {{ currency funds {_MONEY} escrow {_MONEY} earnings {_MONEY} fees {_MONEY}
          provider {_MONEY} sum {_MONEY} checkedDateTime }} }}""",
        '"currency":"USD"',
    ),
    _money(
        "Query.ledgerAccounts",
        f"""{{ ledgerAccounts(filter: {{nonZero_eq: true}}, pagination: {{first: 50}}) {{ totalCount
          edges {{ cursor node {{ kind organization {{ id name }} contractId balance {_MONEY} }} }}
          pageInfo {{ hasNextPage endCursor }} }} }}""",
        f'"contractId":"{PAID}"',
    ),
    _money(
        "Query.ledgerBookings",
        f"""{{ ledgerBookings(filter: {{contractId_eq: "{PAID}"}}, pagination: {{first: 50}}) {{ totalCount
          edges {{ cursor node {_BOOKING} }} pageInfo {{ hasNextPage endCursor }} }} }}""",
        "canary-bonus",
    ),
    _money("Query.ledgerBooking", f'{{ ledgerBooking(id: "{BONUS}") {_BOOKING} }}', "canary-bonus"),
    _money(
        "Query.feeIncome",
        f"""{{ feeIncome(rangeStart: "2026-01", rangeEnd: "2026-01") {{ month currency clientFees {_MONEY}
          vendorFees {_MONEY} reversed {_MONEY} total {_MONEY} bookings }} }}""",
        '"month":"2026-01"',
    ),
    _money(
        "Query.paymentOrders",
        f"""{{ paymentOrders(pagination: {{first: 50}}) {{ totalCount edges {{ cursor node {_ORDER} }}
          pageInfo {{ hasNextPage endCursor }} }} }}""",
        "canary-order-title",
    ),
    _money(
        "Mutation.reverseBooking",
        f"""mutation {{ reverseBooking(input: {{bookingId: "{BONUS}", reason: "A mistake", idempotencyKey: "k"}})
          {_BOOKING} }}""",
        f'"reverses":"{BONUS}"',
    ),
    _money(
        "Mutation.refundPayment",
        f"""mutation {{ refundPayment(input: {{paymentOrderId: "{REFUNDABLE}", reason: "Asked", idempotencyKey: "k",
          amount: {{amount: "1.25", currency: "USD"}}}}) {_ORDER} }}""",
        "canary-order-title",
    ),
    _money(
        "Mutation.retryPaymentOrder",
        f'mutation {{ retryPaymentOrder(id: "{OVERDUE}") {_ORDER} }}',
        "canary-order-title",
    ),
)
