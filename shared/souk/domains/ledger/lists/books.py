"""The marketplace's books for operators: accounts, bookings and fees."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from souk.domains.agreements.model import Side
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger import views
from souk.domains.ledger.inputs import AccountFilter, BookingFilter
from souk.domains.ledger.model import Account, AccountBalance, AccountKind, HistoryRow, LedgerTransaction
from souk.domains.ledger.rules.entries import WITH_BALANCE
from souk.domains.ledger.store import (
    ACCOUNTS,
    COMPANY_BOOKINGS,
    CONTRACT_BOOKINGS,
    MILESTONE_BOOKINGS,
    MONTH_BOOKINGS,
    ORDER_BOOKINGS,
    SHARDS,
    balances,
    month_of,
    month_tallies,
)
from souk.graph import Context
from souk.graph.context import Source
from souk.graph.lists import Connection, Pagination, connection
from souk.storage import Key, Reading, View
from souk.storage.merged import Group, MergedList
from souk.values.errors import Unprocessable
from souk.values.moments import Period
from souk.values.times import stamp

MAX_MONTHS: Final = 24
"""The most months of `feeIncome`."""
MAX_RANGE: Final = timedelta(days=31)
"""The longest period of bookings that no other criterion limits."""
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_MAX_KINDS: Final = 20
_OPEN: Final = ("0000", "9999")


def ledger_balances(ctx: Context) -> list[views.LedgerBalance]:
    """Return the sums of the books, by currency."""
    return views.balances(month_tallies(ctx.table), stamp(ctx.now))


_TALLIES: Final = Reading("monthTallies", lambda table, months: month_tallies(table, *months.split("/")))
"""The sums of the months of a range, by its ends: `2026-01/2026-06`."""


def fees_of(_ctx: Context, range_start: str, range_end: str) -> dict[Key, Source]:
    """Return what `fee_income` needs; nothing for a range that it refuses."""
    months = (range_start, range_end)
    if not all(map(_MONTH.fullmatch, months)) or not 0 <= _number(range_end) - _number(range_start) < MAX_MONTHS:
        return {}
    return {_TALLIES.key("/".join(months)): _TALLIES}


def fee_income(ctx: Context, first: str, last: str) -> list[views.FeeIncome]:
    """Return the fees of some months. Raises Unprocessable for other texts than months, and for too many."""
    for path, text in (("rangeStart", first), ("rangeEnd", last)):
        if not _MONTH.fullmatch(text):
            raise Unprocessable(f"{path}: give a month, such as 2026-01.")
    if first > last:
        raise Unprocessable("rangeEnd: must not be before rangeStart.")
    if _number(last) - _number(first) >= MAX_MONTHS:
        raise Unprocessable(f"rangeEnd: at most {MAX_MONTHS} months at a time.")
    wanted = fees_of(ctx, first, last)
    ctx.fetch(wanted)
    return views.fee_income(tally for key in wanted for tally in ctx.entities[key])


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def accounts(ctx: Context, criteria: AccountFilter | None, pagination: Pagination | None) -> Connection:
    """Return a page of the accounts, those of the newest owners first and the marketplace's own last."""
    wanted = criteria or AccountFilter()
    kinds = [wanted.kind_eq] if wanted.kind_eq else [*AccountKind]
    owners: list[tuple[str, ...]] = []
    if wanted.organization_id_eq or wanted.contract_id_eq:
        beside = _of_owner(ctx, wanted)
    else:
        owners = [(kind, str(shard)) for kind in WITH_BALANCE if kind in kinds for shard in range(SHARDS)]
        beside = _own(ctx) if not set(kinds) <= set(WITH_BALANCE) else []
    conditions: list[Callable[[AccountBalance], bool]] = [lambda one: one.account.kind in kinds]
    if currency := wanted.currency_eq:
        conditions.append(lambda one: one.account.currency == currency)
    if (non_zero := wanted.non_zero_eq) is not None:
        conditions.append(lambda one: bool(one.minor) is non_zero)
    view: View[AccountBalance, AccountBalance] = View(conditions)
    listed = MergedList(ACCOUNTS, ctx.table, [Group(owners)], beside)
    return connection(
        ctx.cursors,
        listed,
        view,
        pagination,
        bound_to=[wanted.model_dump(mode="json")],
        nodes=lambda found: [views.LedgerAccount.of(one) for one in found],
    )


def _of_owner(ctx: Context, wanted: AccountFilter) -> list[AccountBalance]:
    """Return the accounts of a company or a contract; none if both are given, as no account belongs to both."""
    if wanted.organization_id_eq and wanted.contract_id_eq:
        return []
    if wanted.contract_id_eq:
        return _balances_of(ctx, AccountKind.ESCROW, wanted.contract_id_eq)
    organization = ctx.load(ORGANIZATIONS, wanted.organization_id_eq or "")
    if organization is None:
        return []
    company = organization.company_id
    return [one for kind in (AccountKind.FUNDS, AccountKind.EARNINGS) for one in _balances_of(ctx, kind, company)]


def _balances_of(ctx: Context, kind: AccountKind, owner: str) -> list[AccountBalance]:
    return [
        AccountBalance(account=Account(kind=kind, owner=owner, currency=currency), minor=minor)
        for currency, minor in balances(ctx.table, kind, owner).items()
    ]


_ALL_TALLIES: Final = Reading("allMonthTallies", lambda table, _id: month_tallies(table))
"""The sums of all months."""


def sums_of(
    ctx: Context,
    filter: AccountFilter | None = None,  # noqa: ARG001 - the field's
    pagination: Pagination | None = None,  # noqa: ARG001
) -> dict[Key, Source]:
    """Return what `accounts` needs: the sums of which the marketplace's own accounts are made."""
    return {_ALL_TALLIES.key(""): _ALL_TALLIES}


def _own(ctx: Context) -> list[AccountBalance]:
    """Return the marketplace's own accounts, which have no balance items."""
    ctx.fetch(sums_of(ctx))
    return [
        AccountBalance(account=Account(kind=kind, currency=sums.currency), minor=money.minor)
        for sums in views.balances(ctx.entities[_ALL_TALLIES.key("")], stamp(ctx.now))
        for kind, money in ((AccountKind.FEES, sums.fees), (AccountKind.PROVIDER, sums.provider))
    ]


def bookings(ctx: Context, criteria: BookingFilter, pagination: Pagination | None) -> Connection:
    """Return a page of bookings, newest first. Raises Unprocessable if neither an id nor a short period limits them."""
    period = _period(criteria)
    if len(criteria.kind_any or ()) > _MAX_KINDS:
        raise Unprocessable(f"filter.kind_any: at most {_MAX_KINDS} kinds.")
    within = (period.first or _OPEN[0], f"{period.last or _OPEN[1]}$")  # sorts after all keys of that time: "#" < "$"
    bound_to = [criteria.model_dump(mode="json")]
    conditions = _conditions(criteria)
    rows: Any = None
    listed: Any
    if order_id := criteria.payment_order_id_eq:
        listed, rows = ORDER_BOOKINGS.of(ctx.table, order_id), _bookings_of
    elif milestone_id := criteria.milestone_id_eq:
        listed = MILESTONE_BOOKINGS.of(ctx.table, milestone_id)
    elif contract_id := criteria.contract_id_eq:
        listed = CONTRACT_BOOKINGS.of(ctx.table, contract_id)
    elif organization_id := criteria.organization_id_eq:
        organization = ctx.load(ORGANIZATIONS, organization_id)
        company_id = organization.company_id if organization else organization_id
        listed, rows = COMPANY_BOOKINGS.of(ctx.table, company_id), _bookings_of
    else:
        months = _months(ctx, period)
        owners = [(month, str(shard)) for month in months for shard in range(SHARDS)]
        listed = MergedList(MONTH_BOOKINGS, ctx.table, [Group(owners)])
    whole = not conditions and not criteria.booked_date_time_bt and rows is None
    if whole:
        view: View[Any, Any] = View()
    elif rows:
        view = View([_once], within=within, rows=rows, row_conditions=conditions)
    else:
        view = View(conditions, within=within)
    return connection(ctx.cursors, listed, view, pagination, bound_to=bound_to)


def _bookings_of(rows: list[HistoryRow]) -> list[LedgerTransaction]:
    return [row.booking for row in rows]


def _once(row: HistoryRow) -> bool:
    """Return whether a booking is shown by this copy: a company on both sides has two."""
    deal = row.booking.deal
    return row.side is Side.CLIENT or deal.client_company_id != deal.vendor_company_id


def _conditions(criteria: BookingFilter) -> list[Callable[[LedgerTransaction], bool]]:
    found: list[Callable[[LedgerTransaction], bool]] = []
    if order_id := criteria.payment_order_id_eq:
        found.append(lambda one: one.order_id == order_id)
    if milestone_id := criteria.milestone_id_eq:
        found.append(lambda one: one.milestone_id == milestone_id)
    if contract_id := criteria.contract_id_eq:
        found.append(lambda one: one.deal.contract_id == contract_id)
    if organization_id := criteria.organization_id_eq:
        found.append(lambda one: organization_id in one.deal.parties.both)
    if kinds := frozenset(criteria.kind_any or ()):
        found.append(lambda one: one.kind in kinds)
    return found


def _period(criteria: BookingFilter) -> Period:
    """Return the period of the bookings, as stored times."""
    given = criteria.booked_date_time_bt
    period = given.period("filter.bookedDateTime_bt") if given else Period(None, None)
    ids = (criteria.payment_order_id_eq, criteria.milestone_id_eq, criteria.contract_id_eq, criteria.organization_id_eq)
    if not any(ids):
        if period.first is None or period.last is None:
            raise Unprocessable("filter: give an id, or a range of at most 31 days in bookedDateTime_bt.")
        if _time(period.last) - _time(period.first) > MAX_RANGE:
            raise Unprocessable("filter.bookedDateTime_bt: at most 31 days, unless an id is given, too.")
    return period


def _months(ctx: Context, period: Period) -> list[str]:
    """Return the months of a period of at most 31 days."""
    first, last = period.first or "", period.last or stamp(ctx.now)
    between = stamp(_time(first) + timedelta(days=28))  # the shortest February can be between the ends
    return sorted({month_of(one) for one in (first, min(between, last), last)}) if first <= last else []


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
