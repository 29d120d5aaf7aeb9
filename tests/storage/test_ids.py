"""Ids are 64-bit decimal strings that sort by time."""

import pytest

from souk.storage import ids
from tests.support.clock import new_id

AUGUST_2022, JANUARY_2084 = 1_660_000_000_000, 3_597_000_000_000


def test_ids_rise_and_have_19_digits() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {len(one) for one in made} == {19}
    assert all(int(one) < 2**63 for one in made)


def test_ids_sort_as_strings_as_their_times_do(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for time_ms in range(AUGUST_2022, JANUARY_2084, 10**9):
        monkeypatch.setattr(ids, "_last", 0)
        monkeypatch.setattr("time.time_ns", lambda at=time_ms: at * 1_000_000)
        made.append(new_id())
    assert made == sorted(made)
    assert {len(one) for one in made} == {19}
    assert all(int(one) < 2**63 for one in made)
