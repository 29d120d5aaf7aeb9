"""The contract's formats of points in time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from souk.values.times import date_time, offset_time, stamp


def test_date_time_has_milliseconds_and_time_of_day() -> None:
    assert date_time("2026-03-30T13:58:04.250Z") == {"rawValue": "1774879084250", "displayValue": "13:58"}


@given(st.integers(0, 4_102_444_800_000))
def test_point_in_time_is_recovered_from_raw_value(milliseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert date_time(stamp(moment))["rawValue"] == str(milliseconds)


def test_offset_time_has_seconds_and_offset() -> None:
    assert offset_time("2026-11-28T16:00:00.999Z") == "2026-11-28T16:00:00+0000"
    assert offset_time(None) is None
