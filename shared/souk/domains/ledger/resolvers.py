"""The resolvers of the ledger."""

from typing import Any

from souk.domains.identity.rules.organizations import accounting_entity_id
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.commands import reversing
from souk.domains.ledger.inputs import AccountFilter, BookingFilter, HistoryFilter, ReverseBooking
from souk.domains.ledger.lists import books, history
from souk.domains.ledger.model import LedgerTransaction
from souk.domains.ledger.store import ACCOUNTS, BALANCES, BOOKINGS, MONTH_BOOKINGS, REVERSALS, balance_key
from souk.domains.ledger.views import FeeIncome, LedgerBalance, LedgerLine, owner_of
from souk.graph import Context, Domain, Scope
from souk.graph.context import Source
from souk.graph.lists import Connection, Pagination
from souk.runtime.log import logger
from souk.storage import Key
from souk.values.errors import Forbidden, Unprocessable
from souk.values.money import Money

domain = Domain("ledger", function="contracts", joins=("audit", "market"))
domain.list_size("TransactionHistoryDetail.transactionHistoryRow", size=500)  # months of a busy company
domain.list_size("Query.feeIncome", size=50)
domain.list_size("LedgerBooking.lines", size=4)
_OPERATORS = (Scope.OPERATOR,)


@domain.query("accountingEntity", scopes=[Scope.TRANSACTIONS_READ])
def accounting_entity(ctx: Context) -> dict[str, Any]:
    """Return the accounting entity of the organization in context.

    Raises Forbidden for people who are not its members.
    """
    organization = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    if organization is None or not ctx.principal.member:
        raise Forbidden("Only members of an organization can see its accounts.")
    return {"id": accounting_entity_id(organization)}


@domain.query("transactionHistory", scopes=[Scope.COMMON_ENTITIES_READ, Scope.TRANSACTIONS_READ])
def transaction_history(ctx: Context, transaction_history_filter: HistoryFilter | None = None) -> dict[str, Any]:
    """Return the transactions of the caller's company."""
    if transaction_history_filter is None:
        raise Unprocessable("transactionHistoryFilter: give the days and the accounting entity.")
    if program := transaction_history_filter.bpa_private_data:
        logger.info("program", service_name=program.service_name_eq, service_version=program.service_version_eq)
    rows = history.rows(ctx, transaction_history_filter)
    return {"transactionDetail": {"transactionHistoryRow": rows}}


# The books, for operators


@domain.query("ledgerBalance", scopes=_OPERATORS)
def ledger_balance(ctx: Context) -> list[LedgerBalance]:
    """Return the sums of the books, by currency."""
    return books.ledger_balances(ctx)


@domain.query("feeIncome", scopes=_OPERATORS, needs=books.fees_of)
def fee_income(ctx: Context, range_start: str, range_end: str) -> list[FeeIncome]:
    """Return the marketplace's fees by month and currency."""
    return books.fee_income(ctx, range_start, range_end)


@domain.query("ledgerAccounts", scopes=_OPERATORS, size=ACCOUNTS, needs=books.sums_of)
def ledger_accounts(
    ctx: Context, filter: AccountFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of the accounts. It is read once, also for the links below it."""
    asked = {"filter": filter, "pagination": pagination}
    page: Connection = ctx.connection(
        "Query.ledgerAccounts", None, asked, lambda: books.accounts(ctx, filter, pagination)
    )
    return page


@domain.query("ledgerBookings", scopes=_OPERATORS, size=MONTH_BOOKINGS)
def ledger_bookings(ctx: Context, filter: BookingFilter, pagination: Pagination | None = None) -> Connection:
    """Return a page of the bookings, newest first."""
    return books.bookings(ctx, filter, pagination)


@domain.query("ledgerBooking", scopes=_OPERATORS)
def ledger_booking(ctx: Context, id: str) -> LedgerTransaction | None:
    """Return a booking."""
    return ctx.load(BOOKINGS, id)


@domain.mutation("reverseBooking", scopes=_OPERATORS)
def reverse_booking(ctx: Context, input: ReverseBooking) -> LedgerTransaction:
    """Book the opposite of a booking."""
    return reversing.reverse(ctx, input)


@domain.field("LedgerBooking.bookedDateTime")
def booked_date_time(source: LedgerTransaction, ctx: Context) -> str:
    """Return the time of the booking."""
    return source.at


@domain.field("LedgerBooking.description")
def description(source: LedgerTransaction, ctx: Context) -> str | None:
    """Return the description; None without one."""
    return source.description or None


@domain.field("LedgerBooking.contractId")
def contract_id(source: LedgerTransaction, ctx: Context) -> str:
    """Return the id of the contract."""
    return source.deal.contract_id


@domain.field("LedgerBooking.paymentOrderId")
def payment_order_id(source: LedgerTransaction, ctx: Context) -> str | None:
    """Return the id of the payment order."""
    return source.order_id


domain.link(
    "LedgerBooking.reversedBy",
    to=REVERSALS,
    by="id",
    shown=lambda _, reversal: reversal.reversed_by if reversal else None,
)


@domain.field("LedgerBooking.lines")
def lines(source: LedgerTransaction, ctx: Context) -> list[LedgerLine]:
    """Return the lines of the booking."""
    return [
        LedgerLine(line.account.kind, *owner_of(line.account), source.deal.money(line.minor), line.account)
        for line in source.lines
    ]


def _balance(source: LedgerLine, ctx: Context) -> dict[Key, Source]:
    return {balance_key(source.of): BALANCES} if source.of.owner else {}


@domain.field("LedgerLine.balance", needs=_balance)
def line_balance(source: LedgerLine, ctx: Context) -> Money | None:
    """Return what the account of a line has now; None for the marketplace's own."""
    if not source.of.owner:
        return None
    found = ctx.entities[balance_key(source.of)]
    return Money(found.minor if found else 0, source.of.currency)


domain.link("LedgerLine.organization", to=ORGANIZATIONS, by="organization_id")
