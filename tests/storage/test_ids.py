"""Ids are 64-bit decimal strings that sort by market time."""

from datetime import UTC, datetime, timedelta

from souk.storage.ids import Ids, first_id, random_id
from tests.support.clock import FakeClock


def test_ids_increase_and_have_19_digits() -> None:
    ids = Ids(FakeClock())
    created = [ids.new() for _ in range(5_000)]
    assert created == sorted(created)
    assert len(set(created)) == len(created)
    assert {len(id_) for id_ in created} == {19}
    assert all(int(id_) < 2**63 for id_ in created)


def test_ids_sort_as_strings_by_time() -> None:
    clock, created = FakeClock(), []
    for days in range(0, 22_400, 11):
        moment = datetime(2022, 8, 9, tzinfo=UTC) + timedelta(days=days)
        clock.at(moment)
        created += [first_id(moment), Ids(clock).new(), first_id(moment + timedelta(seconds=1))]
    assert created == sorted(created)
    assert {len(id_) for id_ in created} == {19}
    assert all(int(id_) < 2**63 for id_ in created)


def test_ids_increase_when_clock_goes_back() -> None:
    clock = FakeClock()
    ids = Ids(clock)
    first = ids.new()
    clock.at(clock.market() - timedelta(days=1))
    assert ids.new() == str(int(first) + 1)


def test_ids_use_market_time() -> None:
    clock = FakeClock()
    ids, before = Ids(clock), clock.market()
    clock.at(before + timedelta(days=365))
    assert first_id(before + timedelta(days=365)) < ids.new() < first_id(before + timedelta(days=366))


def test_random_ids_have_19_digits_and_fit_in_64_bits() -> None:
    created = {random_id() for _ in range(5_000)}
    assert len(created) == 5_000
    assert all(len(id_) == 19 and int(id_) < 2**63 for id_ in created)
