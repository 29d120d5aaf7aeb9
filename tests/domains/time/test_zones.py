"""Days of the diary in other zones, and sessions."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.domains.time.rules import zones
from souk.domains.time.rules.sessions import Session, sessions_of
from souk.domains.time.rules.weeks import cell_start, number_of
from souk.values.errors import Unprocessable
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.diaries import Diary, at, span

DAY = date(2026, 11, 23)


def cells_of(day: date, offset: timedelta) -> list[datetime]:
    return [
        cell_start(one.day, number) for one in zones.spans_of(day, offset) for number in range(one.first, one.last + 1)
    ]


@settings(max_examples=200)
@given(minutes=st.integers(-720, 840))
def test_each_cell_belongs_to_one_day_of_a_zone(minutes: int) -> None:
    offset = timedelta(minutes=minutes)
    found = cells_of(DAY, offset)
    assert len(found) == 144
    assert {(start + offset).date() for start in found} == {DAY}
    assert found == sorted(found)
    for one in zones.spans_of(DAY, offset):
        for number in (one.first, one.last):
            assert zones.days_of(one.day, number, number, offset) == {DAY}
    first = found[0]
    assert not number_of(first) or DAY not in zones.days_of(first.date(), 0, number_of(first) - 1, offset)


def test_cell_with_midnight_belongs_to_the_day_of_its_start() -> None:
    kathmandu = zones.offset_of("offset", 20_700)
    assert cells_of(DAY, kathmandu)[0] == at("2026-11-22 18:20"), "at 18:15 it is midnight there"
    assert zones.days_of(date(2026, 11, 22), 0, 110, kathmandu) == {date(2026, 11, 22), DAY}
    assert zones.offset_text(kathmandu) == "+05:45"
    assert zones.offset_text(timedelta(hours=-3, minutes=-30)) == "-03:30"
    assert zones.days_of(date(2026, 11, 22), 0, 109, kathmandu) == {date(2026, 11, 22)}


@pytest.mark.parametrize("seconds", [59, 3_601, -43_260, 50_460, 2**31 - 1])
def test_impossible_offsets_are_refused(seconds: int) -> None:
    with pytest.raises(Unprocessable, match="whole minutes"):
        zones.offset_of("offset", seconds)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "today"])
def test_days_without_a_diary_are_refused(text: str) -> None:
    with pytest.raises(Unprocessable, match=r"^date: "):
        zones.day_of("date", text, timedelta(hours=14) if text.startswith("9") else timedelta(hours=-12))


def test_point_in_time_names_the_day_of_the_zone() -> None:
    tokyo = timedelta(hours=9)
    assert zones.day_of("date", "2026-11-23T16:00:00Z", tokyo) == date(2026, 11, 24)
    assert zones.day_of("date", "2026-11-23T23:30:00-0300") == date(2026, 11, 24)
    assert zones.day_of("date", "20261123", tokyo) == zones.day_of("date", "2026-11-23", tokyo) == DAY


def test_ranges_of_days_are_bounded() -> None:
    def between(first: date | None, last: date | None) -> tuple[date, date]:
        return zones.range_of("timeRange", first, last, DAY)

    assert between(None, None) == (DAY - timedelta(days=365), DAY)
    assert between(date(2024, 1, 1), None) == (date(2024, 1, 1), date(2024, 12, 31))
    assert between(date.min, date(1970, 6, 1)) == (date(1970, 1, 2), date(1970, 6, 1))
    assert between(date.max, None) == (date(9998, 12, 31), date(9998, 12, 31))
    with pytest.raises(Unprocessable, match="366 days are the most"):
        between(date(2024, 1, 1), date(2025, 1, 1))


def test_sessions_end_with_a_gap_or_another_task() -> None:
    work = [
        *span("2026-11-23 09:00", 3, memo="Plan", code="A"),
        *span("2026-11-23 09:30", 1, memo="Plan", code="B"),
        *span("2026-11-23 09:40", 2, memo="Plan", code="A"),
        *span("2026-11-23 10:20", 1, memo="Plan", code="A"),
        *span("2026-11-23 10:30", 2, code="A"),
    ]
    found = list(sessions_of(Diary.of(hourly_contract(), work).days[0]))

    def told(one: Session) -> tuple[str | None, str | None, int, int, str]:
        return one.code, one.memo, len(one.slots), one.before, f"{one.begins:%H:%M}-{one.ends:%H:%M}"

    assert [told(one) for one in found] == [
        ("A", "Plan", 5, 0, "09:00-10:00"),
        ("B", "Plan", 1, 3, "09:30-09:40"),
        ("A", "Plan", 1, 6, "10:20-10:30"),
        ("A", None, 2, 7, "10:30-10:50"),
    ]
    assert zones.clock_time(7) == "01:10"
