"""Days, points in time and periods."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.values.errors import Unprocessable
from souk.values.moments import Moment, Period, due_date, moment, parse, period
from souk.values.problems import Problems

DAY = ("2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z")
START, END = ("rangeStart", "2026-01-31"), ("rangeEnd", "20260201")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-31", *DAY),
        ("20260131", *DAY),
        ("2026-01-31T12:00+0100", "2026-01-31T11:00:00.000Z", "2026-01-31T11:00:00.000Z"),
        ("2026-01-31T12:00:05.25-02:30", "2026-01-31T14:30:05.250Z", "2026-01-31T14:30:05.250Z"),
        ("2026-01-31T12:00Z", "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000Z"),
        ("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123Z", "2026-01-31T12:00:00.123Z"),
        ("2026-01-31T12:00:00", "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000Z"),
        ("2026-01-31 12:00", "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000Z"),
    ],
)
def test_days_and_points_are_read(text: str, first: str, last: str) -> None:
    assert moment("date", text) == Moment(first, last, date(2026, 1, 31))


@given(st.text(max_size=40) | st.from_regex(r"[0-9T:Z+.-]{6,30}", fullmatch=True))
def test_other_text_is_refused(text: str) -> None:
    found = parse(text)
    if found is None:
        with pytest.raises(Unprocessable, match="place: must be a day"):
            moment("place", text)
        return
    assert text[:4].isdecimal()
    assert found.first <= found.last


def test_day_of_point_is_the_written_one() -> None:
    assert moment("date", "2026-01-31T23:30:00-08:00").day == date(2026, 1, 31)


def test_both_ends_belong_to_period() -> None:
    found = period("range", START, END)
    for time in ("2026-01-31T00:00:00.000Z", "2026-02-01T23:59:59.999Z"):
        assert found.includes(time)
    for time in ("2026-01-30T23:59:59.999Z", "2026-02-02T00:00:00.000Z"):
        assert not found.includes(time)
    point = ("rangeEnd", "2026-01-31T12:00:00Z")
    assert period("range", START, point).includes("2026-01-31T12:00:00.000Z")
    assert not period("range", START, point).includes("2026-01-31T12:00:00.001Z")


def test_absent_ends_are_open() -> None:
    assert period("range", ("rangeStart", None), ("rangeEnd", None)) == Period(None, None)
    assert period("range", START, ("rangeEnd", None)).includes("9999-01-01T00:00:00.000Z")
    assert period("range", ("rangeStart", None), END).includes("0001-01-01T00:00:00.000Z")


def test_period_of_one_day_may_end_where_it_starts() -> None:
    assert period("range", START, ("rangeEnd", "2026-01-31")) == Period(*DAY)


def test_reversed_period_is_refused() -> None:
    with pytest.raises(Unprocessable, match="range: the end is before the start"):
        period("range", ("rangeStart", "2026-02-02"), END)


def test_problem_of_period_names_the_end() -> None:
    with pytest.raises(Unprocessable, match=r"range\.rangeEnd: must be a day"):
        period("range", START, ("rangeEnd", "soon"))


def test_due_date_is_a_day() -> None:
    problems = Problems("input")
    assert due_date(problems, "dueDate", "20260131") == "2026-01-31"
    assert due_date(problems, "dueDate", "2026-01-31T23:30:00-0800") == "2026-01-31"
    assert due_date(problems, "dueDate", None) is None
    problems.raise_if_any()
    assert due_date(problems, "dueDate", "soon") is None
    with pytest.raises(Unprocessable, match=r"input\.dueDate: must be a day"):
        problems.raise_if_any()
