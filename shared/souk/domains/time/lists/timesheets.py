"""Lists of weeks."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.reviews.model import ReviewKind
from souk.domains.reviews.store import open_reviews
from souk.domains.time.commands.access import NO_CONTRACT, monday_in
from souk.domains.time.inputs import TimesheetFilter
from souk.domains.time.model import DisputeState, Timesheet, TimesheetState
from souk.domains.time.rules.csv import MOST_WEEKS
from souk.domains.time.rules.states import as_of
from souk.domains.time.store import CLIENT_WEEKS, CONTRACT_WEEKS, TIMESHEETS, VENDOR_WEEKS, week_id, week_of_id
from souk.domains.time.views.weeks import TimesheetView, is_operator, shown
from souk.graph import Context
from souk.graph.lists import Connection, DateTimeRange, Pagination, connection, connection_in_memory
from souk.runtime import operator_log
from souk.storage import OwnedList, View
from souk.values.errors import NotFound, Unprocessable

_MOST_REVIEWS: Final = 1_000
_EVER: Final = ("0", "~")
"""Sort keys before and after all weeks."""
_REVIEWED: Final = (ReviewKind.TIMESHEET_DISPUTE, ReviewKind.TIMESHEET_WRITTEN_OFF)
_NARROW: Final = f"A file has at most {MOST_WEEKS} weeks: ask for fewer with week_bt, or for those of one contract."
Condition = Callable[[Timesheet], bool]


class WeeksPage(Connection):
    """A page of weeks, and the way to those of all pages."""

    def __init__(self, page: Connection, every: Callable[[], Sequence[TimesheetView]]) -> None:
        more = bool(page.page_info["hasNextPage"])
        super().__init__(page.edges, page.end, more=more, count=lambda: page.total_count)
        self.every = every
        """Reads the weeks of all pages, in their order. Raises Unprocessable for too many."""


def timesheet(ctx: Context, contract_id: str, week: str) -> TimesheetView | None:
    """Return a week to a party of its contract, or to an operator, which is logged; None to everybody else."""
    monday = monday_in("week", week)
    sheet = ctx.load(TIMESHEETS, contract_id, monday.isoformat())
    if sheet is None:
        return None
    if not (sheet.parties.include(ctx.principal) or is_operator(ctx.principal)):
        return None
    found = shown(ctx, [sheet])
    log_reads(ctx, found)
    return next(iter(found), None)


def timesheets(ctx: Context, given: TimesheetFilter | None, pagination: Pagination | None) -> WeeksPage:
    """Return a page of weeks, latest first: of a contract, of an organization, or what waits for operators."""
    wanted = given or TimesheetFilter()
    principal = ctx.principal
    first, last = _mondays(wanted.week_bt)
    states, disputes = frozenset(wanted.state_any or ()), frozenset(wanted.dispute_state_any or ())
    bound_to = [principal.user_id, principal.organization_id, wanted.model_dump(mode="json", exclude_none=True)]
    if is_operator(principal) and wanted.organization_id_eq is None and wanted.contract_id_eq is None:
        return _for_operators(ctx, wanted, pagination, bound_to)
    listed, conditions, by_contract = _owned(ctx, wanted)
    if disputes:
        conditions = [*conditions, lambda one: _dispute_state(ctx, one) in disputes]
    view: View[Timesheet, TimesheetView] = View(
        conditions=conditions,
        within=None if (first, last) == _EVER else (first, last if by_contract else f"{last}#~"),
        rows=lambda found: shown(ctx, found),
        row_conditions=[lambda one: one.state in states] if states else [],
        narrow=_NARROW,
    )
    page = connection(ctx.cursors, listed, view, pagination, bound_to=bound_to)
    log_reads(ctx, [edge["node"] for edge in page.edges])
    return WeeksPage(page, lambda: listed.all(view))


def _owned(ctx: Context, wanted: TimesheetFilter) -> tuple[OwnedList[Timesheet], Sequence[Condition], bool]:
    """Return the list of a filter with its conditions, and whether it is that of one contract."""
    principal = ctx.principal
    conditions: list[Condition] = [lambda one: one.parties.include(principal) or is_operator(principal)]
    team = wanted.organization_id_eq
    if team is not None:
        conditions.append(lambda one: team in one.parties.both)
    if wanted.contract_id_eq is not None:
        contract = ctx.load(CONTRACTS, wanted.contract_id_eq)
        if contract is None or not (contract.parties.include(principal) or is_operator(principal)):
            raise NotFound(NO_CONTRACT)
        return CONTRACT_WEEKS.of(ctx.table, contract.id), conditions, True
    organization = ctx.load(ORGANIZATIONS, team or principal.organization_id)
    if organization is None or not (organization.company_id == principal.company_id or is_operator(principal)):
        raise NotFound("This organization does not exist, or it is not of your company.")
    vendor = organization.legacy_type is OrganizationLegacyType.VENDOR
    return (VENDOR_WEEKS if vendor else CLIENT_WEEKS).of(ctx.table, organization.company_id), conditions, False


def _for_operators(
    ctx: Context, wanted: TimesheetFilter, pagination: Pagination | None, bound_to: Sequence[Any]
) -> WeeksPage:
    """Return a page of the weeks that are written off, or whose dispute waits for a decision, and log the read.

    They are those of the 1,000 longest waiting reviews of each kind.
    """
    reviews = [one for kind in _REVIEWED for one in open_reviews(ctx.table, kind, _MOST_REVIEWS)]
    keys = list(dict.fromkeys(TIMESHEETS.key(*week_of_id(one.subject_id)) for one in reviews))
    ctx.fetch(dict.fromkeys(keys, TIMESHEETS), consistent=True)
    first, last = _mondays(wanted.week_bt)
    sheets = [one for key in keys if (one := ctx.entities[key]) and first <= one.week <= last]
    states, disputes = wanted.state_any, wanted.dispute_state_any
    found = [
        one
        for one in shown(ctx, sorted(sheets, key=lambda one: (one.week, one.contract_id), reverse=True))
        if _waits(one)
        and (not states or one.state in states)
        and (not disputes or _dispute_state(ctx, one.stored) in disputes)
    ]
    page = connection_in_memory(ctx.cursors, ["operatorTimesheets", *bound_to], found, pagination)
    log_reads(ctx, [edge["node"] for edge in page.edges])
    return WeeksPage(page, lambda: found)


def _waits(one: TimesheetView) -> bool:
    dispute = one.sheet.dispute
    escalated = one.state is TimesheetState.DISPUTED and dispute and dispute.state is DisputeState.ESCALATED
    return one.state is TimesheetState.WRITTEN_OFF or bool(escalated)


def _dispute_state(ctx: Context, sheet: Timesheet) -> DisputeState | None:
    dispute = as_of(sheet, ctx.now).dispute
    return dispute.state if dispute else None


def _mondays(given: DateTimeRange | None) -> tuple[str, str]:
    """Return the first and the last Monday of a range, as they are stored."""
    if given is None:
        return _EVER
    path = "filter.week_bt"
    start, end = given.range_start, given.range_end
    first = monday_in(f"{path}.rangeStart", start).isoformat() if start else _EVER[0]
    last = monday_in(f"{path}.rangeEnd", end).isoformat() if end else _EVER[1]
    if first > last:
        raise Unprocessable(f"{path}: the end is before the start.")
    return first, last


def log_reads(ctx: Context, found: Iterable[TimesheetView]) -> None:
    """Record the weeks that an operator reads, who is no party to them, before they are shown.

    Raises Unavailable if that is not possible.
    """
    subjects = [week_id(one.stored.contract_id, one.stored.week) for one in found if not one.audience.party]
    operator_log.record_reads(ctx.principal.user_id, subjects, ctx.request_id)
