"""Stipends: weekly pay, whatever is worked. Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.rules.spans import Span
from souk.domains.time.rules.weeks import DAY, WEEK, start_of
from souk.values.times import stamp

_DAYS = 7


def stipend_of_week(contract: Contract, monday: date, spans: Iterable[Span], until: datetime) -> int:
    """Return the stipend of a week, in minor units, rounded half up: a seventh for each day of it with an active span.

    `until` is now: of a running week, only the days that have begun count.
    """
    stipend = contract.term.stipend or 0
    return (stipend * active_days(monday, spans, until) + _DAYS // 2) // _DAYS


def active_days(monday: date, spans: Iterable[Span], until: datetime) -> int:
    """Return the number of days of a week, UTC, on which a contract was active at some moment."""
    days = [(stamp(start_of(monday + at * DAY)), stamp(start_of(monday + (at + 1) * DAY))) for at in range(_DAYS)]
    periods = list(spans)
    return sum(
        begin <= stamp(until) and any(one.starts < end and (one.ends is None or begin < one.ends) for one in periods)
        for begin, end in days
    )


def goes_on(contract: Contract, monday: date) -> bool:
    """Return whether a contract may have a stipend for the week after this one."""
    if not contract.term.stipend:
        return False
    return contract.status is not ContractStatus.CLOSED or (contract.ends or "") > stamp(start_of(monday + WEEK))
