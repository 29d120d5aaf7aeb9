"""Ids are 64-bit decimal strings that sort by time."""

from hypothesis import given
from hypothesis import strategies as st

from souk.storage import new_id
from souk.storage.ids import first_id_at

YEAR_2022, YEAR_2084 = 1_660_000_000_000, 3_600_000_000_000


def test_ids_rise_and_have_19_digits() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {len(one) for one in made} == {19}
    assert all(int(one) < 2**63 for one in made)


@given(st.lists(st.integers(YEAR_2022, YEAR_2084), min_size=2))
def test_ids_sort_as_strings_as_their_times_do(times: list[int]) -> None:
    assert [first_id_at(time) for time in sorted(times)] == sorted(first_id_at(time) for time in times)
