"""The lists of deadlines and of events, over the partitions of hours and days."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from souk.deadlines.model import Deadline, hour_of
from souk.deadlines.poller import CURSOR, FIRST_LOOK
from souk.domains.machinery.inputs import DeadlineFilter, EventFilter
from souk.domains.machinery.rules import event_period
from souk.domains.machinery.store import AFTER, DUE, events_of
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection
from souk.storage import Table, View
from souk.storage.merged import Group, MergedList
from souk.storage.transaction import Event
from souk.values.errors import Unprocessable
from souk.values.moments import Period
from souk.values.times import stamp

LATE: Final = timedelta(minutes=5)
"""A deadline that has waited longer is late."""
SHOWN_AHEAD: Final = timedelta(days=7)
"""How far ahead deadlines are listed if no period is given."""
AHEAD: Final = timedelta(days=31)
"""How far ahead a period may end."""
_FIRST_HOURS: Final = 24
"""Hours ahead that are read before the others. They mostly have a page."""


def deadlines(ctx: Context, wanted: DeadlineFilter, pagination: Pagination | None) -> Connection:
    """Return a page of the deadlines, what is due first before the rest.

    Raises Unprocessable for a period that ends more than `AHEAD` from now.
    """
    period = wanted.due_date_time_bt.period("filter.dueDateTime_bt") if wanted.due_date_time_bt else Period(None, None)
    if period.last and period.last > stamp(ctx.now + AHEAD):
        raise Unprocessable(f"filter.dueDateTime_bt: it can end {AHEAD.days} days from now at most.")
    view: View[Deadline, Deadline] = View(
        _equal(kind=wanted.kind_eq, id=wanted.entity_id_eq), within=_within(_late_period(wanted, period, ctx.now))
    )
    listed = MergedList(DUE, ctx.table, _hours(ctx.table, ctx.now, period))
    return connection(ctx.cursors, listed, view, pagination, bound_to=[wanted.model_dump(mode="json")])


def late_deadlines(table: Table, now: datetime, most: int) -> list[Deadline]:
    """Return the first deadlines that are late: at most `most`."""
    view: View[Deadline, Deadline] = View(within=_within(Period(None, stamp(now - LATE))))
    (first, *_) = _hours(table, now, Period(None, stamp(now)))
    return MergedList(DUE, table, [first]).page(view, most).rows


def events(ctx: Context, wanted: EventFilter, pagination: Pagination | None) -> Connection:
    """Return a page of the events of a period, newest first. Raises Unprocessable for one before `EVENT_DAYS`."""
    period = event_period(wanted.occurred_date_time_bt.period("filter.occurredDateTime_bt"), ctx.now)
    view: View[Event, Event] = View(_equal(entity=wanted.entity_eq, id=wanted.entity_id_eq), within=_within(period))
    bound_to = [wanted.model_dump(mode="json")]
    return connection(ctx.cursors, events_of(ctx.table, period), view, pagination, bound_to=bound_to)


def _hours(table: Table, now: datetime, period: Period) -> list[Group]:
    """Return the partitions of deadlines: those until now together, and the hours after them.

    A deadline that was scheduled late lies in a later hour than its own, but never in one after now. The poller knows
    the first hour that can have one.
    """
    cursor = table.get(CURSOR)
    first = datetime.fromisoformat(f"{cursor.hour}:00+00:00") if cursor else now - FIRST_LOOK
    last = datetime.fromisoformat(period.last) if period.last else now + SHOWN_AHEAD
    overdue = [(hour,) for hour in _between(first, now)]
    ahead = list(_between(now + timedelta(hours=1), last))
    first_day, others = ahead[:_FIRST_HOURS], ahead[_FIRST_HOURS:]
    later = [Group([(hour,) for hour in some], some[0], f"{some[-1]}{AFTER}") for some in (first_day, others) if some]
    return [Group(overdue), *later]


def _between(first: datetime, last: datetime) -> Iterator[str]:
    moment, end = first, hour_of(last)
    while (hour := hour_of(moment)) <= end:
        yield hour
        moment += timedelta(hours=1)


def _late_period(wanted: DeadlineFilter, period: Period, now: datetime) -> Period:
    """Return the period narrowed to late deadlines, or to the others, if that is wanted."""
    late = stamp(now - LATE)
    if wanted.late_eq is None:
        return period
    if wanted.late_eq:
        return Period(period.first, min(period.last or late, late))
    return Period(max(period.first or late, late), period.last)


def _within(period: Period) -> tuple[str, str] | None:
    if period.first is None and period.last is None:
        return None
    return period.first or " ", f"{period.last}{AFTER}" if period.last else AFTER


def _equal(**wanted: str | None) -> list[Callable[[Any], bool]]:
    """Return the conditions that attributes have these values; None stands for any."""
    given = {attribute: value for attribute, value in wanted.items() if value is not None}
    return [lambda one: all(getattr(one, attribute) == value for attribute, value in given.items())]
