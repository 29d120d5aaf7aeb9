"""The limit of a week: the highest weekly limit in force at any moment of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.domains.agreements.model import Side
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules import changing, limits
from souk.domains.contracts.rules.changing import Author
from souk.values.times import stamp
from tests.support.clock import new_id
from tests.support.worlds.contracts import HOURLY_DONE, hourly_contract

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
NONE = 10**6
"""Stands for no limit, which is higher than any."""


def contract(hours: int | None, starts: datetime = MONDAY - WEEK) -> Contract:
    """Return a contract with a first limit; without one, it stores no limit."""
    made = hourly_contract(hours=hours, starts=stamp(starts))
    return made if hours is not None else made.model_copy(update={"hour_limits": ()})


def limited(before: Contract, at: datetime, hours: int | None) -> Contract:
    """Return a contract whose client sets a limit at a time."""
    return changing.with_limit(before, hours, new_id(), Author("502", Side.CLIENT, stamp(at)))


def ended(before: Contract, at: datetime) -> Contract:
    """Return a contract that ends at a time."""
    return changing.ended(before, HOURLY_DONE, Author("502", Side.CLIENT, stamp(at)))


@pytest.mark.parametrize(
    ("first", "changes", "this_week", "next_week"),
    [
        (20, [(DAY, 30)], 30, 30),  # a raise holds for the whole running week
        (20, [(6 * DAY + 23 * HOUR, 0)], 20, 0),  # a cut on Sunday night leaves the week as it was
        (20, [(DAY, 0), (2 * DAY, 10)], 20, 10),
        (20, [(DAY, None)], None, None),
        (20, [(DAY, None), (2 * DAY, 5)], None, 5),
        (None, [(DAY, 5)], None, 5),  # before the first limit there was none
        (None, [], None, None),
        (0, [], 0, 0),
        (20, [(timedelta(0), 5)], 5, 5),  # a cut on Monday at midnight holds at once
        (20, [(timedelta(milliseconds=1), 5)], 20, 5),
        (20, [(WEEK - timedelta(milliseconds=1), 5)], 20, 5),
    ],
)
def test_raise_holds_at_once_and_cut_next_monday(
    first: int | None, changes: list[tuple[timedelta, int | None]], this_week: int | None, next_week: int | None
) -> None:
    made = contract(first)
    for after, hours in changes:
        made = limited(made, MONDAY + after, hours)
    assert limits.limit_of_week(made, MONDAY.date()) == this_week
    assert limits.limit_of_week(made, f"{MONDAY + WEEK:%Y-%m-%d}") == next_week


def test_week_outside_of_contract_has_latest_limit() -> None:
    made = ended(limited(contract(20, starts=MONDAY), MONDAY + DAY, 10), MONDAY + 2 * DAY)
    weeks = [limits.limit_of_week(made, (MONDAY + shift * WEEK).date()) for shift in (-1, 0, 1)]
    assert weeks == [10, 20, 10]


def test_limit_of_a_week_wants_its_monday() -> None:
    with pytest.raises(ValueError, match="2026-11-24 is no Monday"):
        limits.limit_of_week(contract(20), date(2026, 11, 24))


_HOURS = st.none() | st.sampled_from((0, 10, 40, 168))
_TIMES = st.timedeltas(timedelta(0), 3 * WEEK).map(lambda one: timedelta(hours=one // HOUR)) | st.sampled_from(
    (timedelta(0), WEEK, 2 * WEEK)
)


@settings(max_examples=100)
@given(_HOURS, st.lists(st.tuples(_TIMES, _HOURS), max_size=6), st.timedeltas(-WEEK, 2 * WEEK), st.none() | _TIMES)
def test_limit_of_week_is_highest_at_any_moment(
    first: int | None, changes: list[tuple[timedelta, int | None]], delay: timedelta, end: timedelta | None
) -> None:
    """Compare with a look at every hour. The contract starts up to two weeks after its first limit changes."""
    starts = MONDAY + timedelta(hours=delay // HOUR)
    made = contract(first, starts)
    set_at = {starts: first}
    ends = starts + HOUR + end if end is not None else None
    for after, hours in sorted(changes, key=lambda one: one[0]):
        at = MONDAY + after
        if ends is None or at < ends:
            made = limited(made, at, hours)
            set_at[max(at, starts)] = hours
    if ends is not None:
        made = ended(made, ends)

    for week in range(4):
        monday = MONDAY + week * WEEK
        seen = [
            set_at[max(one for one in set_at if one <= moment)]
            for moment in (monday + hour * HOUR for hour in range(168))
            if starts <= moment and (ends is None or moment < ends)
        ]
        if seen:
            highest = max(NONE if one is None else one for one in seen)
            assert limits.limit_of_week(made, monday.date()) == (None if highest == NONE else highest)
