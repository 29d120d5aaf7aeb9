"""A company's transactions in a period, with the balance after each."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from souk.domains.agreements.model import Side
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.ledger.inputs import HistoryFilter
from souk.domains.ledger.model import Account, AccountKind, BookingKind, HistoryRow, LedgerTransaction
from souk.domains.ledger.rules.entries import HOURLY_KINDS, hourly_id
from souk.domains.ledger.store import history, month_key, month_of
from souk.graph import Context
from souk.graph.lists import DateTimeRange
from souk.storage import counter_value
from souk.values.errors import Forbidden, Unprocessable
from souk.values.times import stamp

MAX_ROWS: Final = 20_000
"""The most rows of a period, with those before it in its first month. A response has room for 300 bytes of each."""
_NO_END: Final = "9999-12-31T23:59:59.999Z"
_MAX_IDS: Final = 100
_LARGEST_INT: Final = 2**31 - 1
_KINDS: Final = {
    BookingKind.PAYMENT: "Payment",
    BookingKind.FUNDING: "Escrow",
    BookingKind.RELEASE: "Invoice",
    BookingKind.OVERPAYMENT: "Invoice",
    BookingKind.BONUS: "Invoice",
    BookingKind.REFUND: "Refund",
    BookingKind.REVERSAL: "Adjustment",
    BookingKind.HOURLY: "Invoice",
    BookingKind.HOURLY_RELEASE: "Invoice",
    BookingKind.HOURLY_REFUND: "Refund",
    BookingKind.CARD_REFUND: "Refund",
}
"""The type of each kind of booking: `TransactionHistoryRow.type`."""
_INVOICES: Final = frozenset({BookingKind.RELEASE, BookingKind.OVERPAYMENT, BookingKind.BONUS})
_OWN: Final = {Side.CLIENT: AccountKind.FUNDS, Side.FREELANCER: AccountKind.EARNINGS}


def rows(ctx: Context, criteria: HistoryFilter) -> list[dict[str, Any]]:
    """Return the rows, oldest first.

    Leaders of the company see all rows. Leaders of a team see the rows of the team's contracts, without balances.
    """
    company_id = ctx.principal.company_id
    if not ctx.principal.leads:
        raise Forbidden("Only owners, admins and hiring managers can see the transactions of their organization.")
    if any(one != company_id for one in criteria.ace_ids_any):
        raise Forbidden("aceIds_any: use the id of your own `accountingEntity`.")
    if not criteria.ace_ids_any:
        raise Unprocessable("transactionHistoryFilter.aceIds_any: give the id of an accounting entity.")
    for name in ("agency_company_ids_any", "agency_company_uids_any", "developer_ids_any", "trx_subtypes_any"):
        if len(getattr(criteria, name) or ()) > _MAX_IDS:
            raise Unprocessable(f"transactionHistoryFilter: a list can have at most {_MAX_IDS} entries.")
    first, last = _period(criteria.transaction_date_time_bt)
    company = ctx.load(ORGANIZATIONS, company_id)
    if company is None:
        return []
    whole = ctx.principal.organization_id == company_id
    months = list(_months(max(first, company.creation_date), min(last, stamp(ctx.now))))
    start = month_of(first) if whole else first  # the rows before the first time are needed for the balances
    loaded = history(ctx.table, company_id, months, (start, last), MAX_ROWS)
    if loaded is None:
        raise Unprocessable(
            f"transactionHistoryFilter.transactionDateTime_bt: there are more than {MAX_ROWS} transactions. Choose a "
            "shorter period."
        )
    balances = _balances(ctx, company, first, loaded) if whole else {}
    shown = [
        one for one in loaded if one.booking.at >= first and _matches(one, criteria) and (whole or _of_team(ctx, one))
    ]
    _fetch_names(ctx, shown)
    return [_row(ctx, at, one, balances.get(id(one))) for at, one in enumerate(shown, 1)]


def _period(between: DateTimeRange) -> tuple[str, str]:
    """Return the first and the last time of a period. Without an end, it has none."""
    path = "transactionHistoryFilter.transactionDateTime_bt"
    period = between.period(path)
    if period.first is None:
        raise Unprocessable(f"{path}.rangeStart: give the first day of the period, such as 2026-01-31.")
    return period.first, period.last or _NO_END


def _months(first: str, last: str) -> Iterator[str]:
    """Yield the months from one time to another, both inclusive."""
    start, end = (int(at[:4]) * 12 + int(at[5:7]) for at in (first, last))
    for number in range(start - 1, end):
        yield f"{number // 12:04}-{number % 12 + 1:02}"


def _balances(ctx: Context, company: Organization, first: str, booked: Iterable[HistoryRow]) -> dict[int, int]:
    """Return the balance after each row, of the company's account for the row's side and currency.

    The sums of the earlier months are the start. They never change.
    """
    before = [month for month in _months(min(company.creation_date, first), first) if month < month_of(first)]
    accounts = {_account(one) for one in booked}
    keys = {month_key(account, month): account for account in accounts for month in before}
    balance: Counter[Account] = Counter()
    for key, item in ctx.table.batch_get(keys, consistent=True).items():
        balance[keys[key]] += counter_value(item)
    after: dict[int, int] = {}
    for row in booked:
        balance[_account(row)] += row.net
        after[id(row)] = balance[_account(row)]
    return after


def _account(row: HistoryRow) -> Account:
    return Account(kind=_OWN[row.side], owner=row.company_id, currency=row.booking.deal.currency)


def _of_team(ctx: Context, row: HistoryRow) -> bool:
    deal = row.booking.deal
    team = deal.client_team_id if row.side is Side.CLIENT else deal.vendor_team_id
    return team == ctx.principal.organization_id


def _matches(row: HistoryRow, criteria: HistoryFilter) -> bool:
    deal = row.booking.deal
    for ids in (criteria.agency_company_ids_any, criteria.agency_company_uids_any):
        if ids and not (deal.agency and deal.vendor_company_id in ids):
            return False
    if criteria.developer_ids_any and deal.vendor_user_id not in criteria.developer_ids_any:
        return False
    return not criteria.trx_subtypes_any or row.booking.kind in criteria.trx_subtypes_any


def _fetch_names(ctx: Context, shown: Iterable[HistoryRow]) -> None:
    """Load the companies and people of the rows in one round trip."""
    deals = [one.booking.deal for one in shown]
    companies = {ORGANIZATIONS.key(id_) for one in deals for id_ in (one.client_company_id, one.vendor_company_id)}
    people = {USERS.key(one.vendor_user_id) for one in deals}
    ctx.fetch(dict.fromkeys(companies, ORGANIZATIONS) | dict.fromkeys(people, USERS))


def _row(ctx: Context, number: int, row: HistoryRow, balance: int | None) -> dict[str, Any]:
    """Return a TransactionHistoryRow. Fields that Souk does not know are left out, and so null."""
    booking, deal = row.booking, row.booking.deal
    client, vendor = ctx.load(ORGANIZATIONS, deal.client_company_id), ctx.load(ORGANIZATIONS, deal.vendor_company_id)
    developer = ctx.load(USERS, deal.vendor_user_id)
    owed = row.side is Side.CLIENT and deal.on_account and row.net < 0
    other = deal.vendor_company_id if row.side is Side.CLIENT else deal.client_company_id
    return {
        "rowNumber": number,
        "runningChargeableBalance": None if balance is None else deal.money(balance),
        "recordId": booking.id,
        "amountCreditedToUser": deal.money(row.net) if row.net > 0 else None,
        "transactionCreationDate": booking.at,
        "accountingSubtype": booking.kind,
        "type": _KINDS[booking.kind],
        "description": booking.description,
        "descriptionUI": booking.description,
        "transactionAmount": deal.money(row.net),
        "amountSentInOrigCurrency": deal.money(booking.amount),
        "payment": deal.money(booking.amount),
        "paymentStatus": "On Account" if owed else "Paid",
        "fullyPaidDate": None if owed else booking.at,
        "relatedTransactionId": booking.reverses,
        "relatedInvoiceId": _invoice(booking),
        "transactionReviewDueDate": booking.review_ends,
        "paymentGuaranteed": False if booking.kind in HOURLY_KINDS else None,
        "relatedAssignment": _as_int(deal.contract_id),
        "fixedPriceEARMark": _as_int(booking.milestone_id),
        "relatedAccountingEntity": _as_int(other),
        "assignmentCompanyName": client.name if client else None,
        "assignmentAgencyName": vendor.name if vendor and deal.agency else None,
        "assignmentDeveloperName": developer.name if developer else None,
        "assignmentTeamCompanyId": deal.client_company_id,
        "assignmentTeamCompanyReference": _as_int(deal.client_company_id),
        "assignmentTeamId": deal.client_team_id,
        "assignmentTeamReference": _as_int(deal.client_team_id),
        "assignmentTeamUserId": deal.client_user_id,
        "assignmentTeamUserReference": _as_int(deal.client_user_id),
        "contractId": deal.contract_id,
        "milestoneId": booking.milestone_id,
        "notes": booking.notes if row.side is Side.CLIENT else None,
    }


def _invoice(booking: LedgerTransaction) -> str | None:
    """Return the booking that is the invoice of a row. All bookings of a week have the one that charged it."""
    if booking.week is not None:
        return hourly_id(booking.deal.contract_id, booking.week)
    return booking.id if booking.kind in _INVOICES else None


def _as_int(id_: str | None) -> int | None:
    """Return an id as a number if it fits GraphQL's Int; Souk's own ids are larger."""
    return int(id_) if id_ and id_.isdecimal() and int(id_) <= _LARGEST_INT else None
