"""Time reports: the days of an organization or a person, read month by month, and their rows.

A row is found by its day and contract, then by its term, activity and memo. A page begins behind the row where the
page before ended, so it does not read what comes before. What a row is charged depends on the earlier days of its week.
These are known from the week itself (`Earlier`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from souk.domains.agreements.model import Side
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.limits import limit_of_week
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.time.model import DaySum
from souk.domains.time.rules.reports import Earlier, Row, number_of_rows, rows_of
from souk.domains.time.rules.weeks import monday_of
from souk.domains.time.store import CLIENT_TIME, CONTRACT_TIME, MOST_ROWS, TIMESHEETS, USER_TIME, VENDOR_TIME
from souk.graph import Context
from souk.graph.lists import Connection, DateTimeRange, Pagination, page_size, start_of
from souk.storage import StoredList, Table, View
from souk.values.errors import NotFound, Unprocessable

MOST_UNPAGED: Final = 5_000
"""The rows of a report without pages."""
MOST_COUNTED: Final = 10_000
"""The rows that are counted for a total."""
MOST_CONTRACTS: Final = 50
"""Contracts whose days are read one by one. Of more, the days of all contracts are read, and filtered."""
EARLIEST: Final = date(2026, 1, 1)
"""The beginning of a report without one. Souk has stored time since then."""
_FIRST_MONTHS: Final = 2
"""The months that are read first. Most reports are of a month or less, which lies in two at most."""
_MOST_READS: Final = 10
"""Reads after each other for a report without pages."""
_BEHIND_ALL: Final = "~"
_MONTHS: Final = 12

Part = Callable[[Table], "Chunk"]
Ids = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Days of contracts, in their order, and where they end if there may be more."""

    sums: list[DaySum]
    end: str | None = None


@dataclass(frozen=True)
class Source:
    """The days of an owner: of a client company, of a vendor's company, or of a freelancer."""

    stored: StoredList[DaySum]
    owner_id: str
    side: Side
    """The side that the caller is on."""
    accepts: Callable[[DaySum], bool]
    """Whether a day is the owner's, and the caller may see it."""


@dataclass(frozen=True)
class Report:
    """What is asked for: days, and of which contracts."""

    sources: Sequence[Source]
    first: date
    last: date
    contract_ids: tuple[str, ...] | None = None
    """None for all contracts."""

    def accepts(self, one: DaySum) -> bool:
        """Return whether a day is asked for."""
        wanted = self.contract_ids is None or one.contract_id in self.contract_ids
        return wanted and self.side_of(one) is not None

    def side_of(self, one: DaySum) -> Side | None:
        """Return the side of a day's contract that the caller is on; None if the day is not in the report."""
        return next((source.side for source in self.sources if source.accepts(one)), None)

    def parts(self, month: str, low: str, wanted: int) -> list[Part]:
        """Return the reads of a month, from a position on. Each finds so many days at least, or all of them."""
        first, last = max(low[:10], f"{month}-01"), min(self.last.isoformat(), f"{month}-31")
        if self.contract_ids is not None and len(self.contract_ids) <= MOST_CONTRACTS:
            return [partial(self._of_contract, each, low, first, last) for each in dict.fromkeys(self.contract_ids)]
        return [partial(self._of_source, each, month, (low, f"{last}#{_BEHIND_ALL}"), wanted) for each in self.sources]

    def _of_contract(self, contract_id: str, low: str, first: str, last: str, table: Table) -> Chunk:
        found = CONTRACT_TIME.read(table, CONTRACT_TIME.key(contract_id, first, last))
        return Chunk([one for one in found if place(one) >= low and self.accepts(one)])

    def _of_source(self, source: Source, month: str, within: tuple[str, str], wanted: int, table: Table) -> Chunk:
        listed = source.stored.of(table, source.owner_id, month)
        view: View[DaySum, DaySum] = View(conditions=[self.accepts], within=within)
        page = listed.page(view, wanted)
        if not page.more:
            return Chunk(page.rows)
        return Chunk(page.rows, str(page.end[2]) if page.end else within[0])


def place(one: DaySum) -> str:
    """Return the place of a day in reports: the day, then the contract."""
    return f"{one.day}#{one.contract_id}"


def months_between(first: str, last: str) -> list[str]:
    """Return the months from a day to another, such as `2026-11`."""
    year, month = int(first[:4]), int(first[5:7])
    found = []
    while (text := f"{year:04}-{month:02}") <= last[:7]:
        found.append(text)
        year, month = (year + month // _MONTHS, month % _MONTHS + 1)
    return found


def read(table: Table, report: Report, low: str, wanted: int) -> Chunk:
    """Return so many days of a report at least, from a position on, or fewer with the position where they end.

    Months are read at the same time: two first, then twice as many each time.
    """
    months = months_between(max(low, report.first.isoformat()), report.last.isoformat())
    sums: list[DaySum] = []
    size = _FIRST_MONTHS
    while months:
        wave, months = months[:size], months[size:]
        parts = [part for month in wave for part in report.parts(month, low, wanted)]
        chunks = table.concurrently(parts)
        ends = [chunk.end for chunk in chunks if chunk.end is not None]
        end = min(ends, default=None)
        found = {place(one): one for chunk in chunks for one in chunk.sums}
        sums += [found[at] for at in sorted(found) if end is None or at <= end]
        if end is not None:
            return Chunk(sums, end)
        if len(sums) >= wanted and months:
            return Chunk(sums, place(sums[-1]))
        size *= 2
    return Chunk(sums)


# Which report


def require_organization(ctx: Context, organization_id: str) -> None:
    """Raise NotFound unless the caller acts for an organization. In a team's context, its company means the team."""
    principal = ctx.principal
    if principal.member and organization_id in (principal.organization_id, principal.company_id):
        return
    named = ctx.load(ORGANIZATIONS, organization_id)
    if named is None or not principal.acts_in(named.id, named.company_id):
        raise NotFound("This organization does not exist, or you are not a member of it.")


def client_source(ctx: Context, organization_id: str) -> Source:
    """Return the days of a client's organization, as far as the caller acts for it: those of a team in its context."""
    principal = ctx.principal

    def accepts(one: DaySum) -> bool:
        return one.parties.client_is(principal) and organization_id in one.parties.client

    return Source(CLIENT_TIME, principal.company_id, Side.CLIENT, accepts)


def vendor_source(ctx: Context, organization_id: str) -> Source:
    """Return the days of an agency or freelancer's organization. Freelancers of an agency see their own."""
    principal = ctx.principal

    def accepts(one: DaySum) -> bool:
        parties = one.parties
        return parties.vendor_is(principal) and organization_id in (parties.vendor_team_id, parties.vendor_company_id)

    if principal.leads:
        return Source(VENDOR_TIME, principal.company_id, Side.FREELANCER, accepts)
    return Source(USER_TIME, principal.user_id, Side.FREELANCER, accepts)


def own_source(ctx: Context) -> Source:
    """Return the days of the caller as a freelancer, in the organization of the request."""
    principal = ctx.principal

    def accepts(one: DaySum) -> bool:
        return one.parties.vendor_is(principal) and one.parties.vendor_user_id == principal.user_id

    return Source(USER_TIME, principal.user_id, Side.FREELANCER, accepts)


def report(
    ctx: Context, path: str, between: DateTimeRange, sources: Sequence[Source], contract_ids: Ids | None = None
) -> Report:
    """Return what is asked for. An absent end is open: there is no time before `EARLIEST`, and none in the future."""
    first, last = between.days(path)
    today = ctx.now.date()
    ids = None if contract_ids is None else tuple(one for one in contract_ids if one is not None)
    return Report(sources, max(first or EARLIEST, EARLIEST), min(last or today, today), ids)


# Rows


def page(ctx: Context, asked: Report, pagination: Pagination | None, bound_to: Sequence[Any]) -> Connection:
    """Return a page of the rows of a report. `bound_to` identifies the report, its arguments and its reader.

    Raises Unprocessable as `page_size` and `start_of` do, and for an offset that is too far from the beginning.
    """
    first = page_size(pagination, greatest=MOST_ROWS)
    after, offset = start_of(ctx.cursors, bound_to, pagination)
    wanted = offset + first + 1
    rows, end = _rows(ctx, asked, after, wanted, reads=_MOST_READS if offset else 1)
    if offset and end and len(rows) < wanted:
        raise Unprocessable("This offset is too far from the beginning; page by `endCursor`.")
    shown = rows[offset : offset + first]
    more = len(rows) >= wanted or end is not None
    position = _position(shown[-1]) if shown and (len(rows) >= wanted or end is None) else end and [end]
    edges = [{"cursor": ctx.cursors.encode(bound_to, _position(row)), "node": row} for row in shown]
    complete = after is None and not more
    return Connection(
        edges,
        ctx.cursors.encode(bound_to, position) if position else None,
        more=more,
        count=(lambda: len(rows)) if complete else lambda: _count(ctx, asked),
    )


def whole(ctx: Context, asked: Report) -> list[Row]:
    """Return all rows of a report. Raises Unprocessable if there are too many."""
    rows, end = _rows(ctx, asked, None, MOST_UNPAGED + 1, reads=_MOST_READS)
    if end or len(rows) > MOST_UNPAGED:
        raise Unprocessable(f"There are more than {MOST_UNPAGED} rows; ask for fewer days, or use a list with pages.")
    return rows


def _position(row: Row) -> list[Any]:
    return [f"{row.day}#{row.contract.id}", *row.key]


def _rows(
    ctx: Context, asked: Report, after: list[Any] | None, wanted: int, reads: int
) -> tuple[list[Row], str | None]:
    """Return so many rows behind a position at least, or fewer with the place where they end."""
    low = after[0] if after else asked.first.isoformat()
    rows: list[Row] = []
    for _ in range(reads):
        chunk = read(ctx.table, asked, low, wanted + 1 - len(rows))  # the first day may have been shown
        rows += [row for row in _charged(ctx, asked, chunk.sums) if after is None or _is_behind(row, after)]
        if chunk.end is None or len(rows) >= wanted:
            return rows, None if chunk.end is None or len(rows) >= wanted else chunk.end
        low, after = chunk.end, [chunk.end]
    return rows, low


def _is_behind(row: Row, after: list[Any]) -> bool:
    position = _position(row)
    return position[0] > after[0] or (position[0] == after[0] and len(after) > 1 and position > after)


def _charged(ctx: Context, asked: Report, sums: Sequence[DaySum]) -> Iterator[Row]:
    """Yield the rows of some days. Contracts and weeks are read in one round trip."""
    weeks = {place(one): TIMESHEETS.key(one.contract_id, _monday(one).isoformat()) for one in sums}
    contracts = {one.contract_id: CONTRACTS.key(one.contract_id) for one in sums}
    ctx.fetch({**dict.fromkeys(contracts.values(), CONTRACTS), **dict.fromkeys(weeks.values(), TIMESHEETS)})
    for one in sums:
        contract: Contract | None = ctx.entities[contracts[one.contract_id]]
        if contract is None:
            continue
        side = asked.side_of(one)
        yield from rows_of(
            contract,
            one,
            Earlier.before(ctx.entities[weeks[place(one)]], date.fromisoformat(one.day)),
            limit=limit_of_week(contract, _monday(one)),
            fee_rate=contract.fees.client if side is Side.CLIENT else 0,
            charged=side is Side.CLIENT or not one.parties.agency or ctx.principal.leads,
        )


def _monday(one: DaySum) -> date:
    return monday_of(date.fromisoformat(one.day))


def _count(ctx: Context, asked: Report) -> int | None:
    """Return the number of rows; None for too many to count."""
    low, number = asked.first.isoformat(), 0
    counted: str | None = None
    for _ in range(_MOST_READS):
        chunk = read(ctx.table, asked, low, MOST_COUNTED)
        number += sum(number_of_rows(one) for one in chunk.sums if counted is None or place(one) > counted)
        if number > MOST_COUNTED:
            return None
        if chunk.end is None:
            return number
        low = counted = chunk.end
    return None
