"""Scheduled raises, run by their deadlines."""

from datetime import UTC, datetime, timedelta

import pytest

from souk.domains.agreements.model import RateIncrease
from souk.domains.contracts.commands.changing import raise_rate
from souk.domains.contracts.store import contract_of_term, latest_changes
from souk.values.times import stamp
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import ContractsWorld, hourly_contract

BEGUN = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock to the time of the module's data."""
    CLOCK.at(BEGUN + timedelta(minutes=5))


def deal_of(souk: Souk, cadence: int = 2) -> ContractsWorld:
    agreed = RateIncrease(by=500, cadence_months=cadence)
    return ContractsWorld(souk, hourly_contract(starts=stamp(BEGUN), rate_increase=agreed))


def rates(world: ContractsWorld) -> list[str]:
    return [one["hourlyRate"]["rawValue"] for one in world.details(world.sofia)["terms"]["hourlyTerms"]]


def test_rate_rises_on_schedule(souk: Souk) -> None:
    world = deal_of(souk)
    assert souk.run_due(BEGUN + timedelta(days=58)) == 0
    souk.run_due(BEGUN + timedelta(days=63))
    assert rates(world) == ["45.00", "50.00"]
    first, second = world.details(world.sofia)["terms"]["hourlyTerms"]
    assert first["endDate"] == second["startDate"]
    assert (second["createdBy"], second["creatorUserType"], second["changingUserType"]) == (None, "SYSTEM", "SYSTEM")
    assert world.details(world.sofia)["changedBy"] is None
    assert contract_of_term(souk.table, second["id"]) == world.stored_contract()
    assert latest_changes(souk.table, world.contract.id)[0].what == "RAISE"
    souk.run_due(BEGUN + timedelta(days=400))
    assert len(rates(world)) == 7, "every two months, also where the clock comes late"


def test_both_sides_see_agreed_raises(souk: Souk) -> None:
    world = deal_of(souk)
    query = """query ($id: ID!) { contractDetails(id: $id) { changes { action rate { rawValue } }
      scheduledRateIncrease { amount { rawValue } cadenceMonths nextDateTime } } }"""
    for who in (world.liam, world.sofia):
        shown = who.call(query, {"id": world.contract.id}).data["contractDetails"]["scheduledRateIncrease"]
        assert shown == {
            "amount": {"rawValue": "5.00"},
            "cadenceMonths": 2,
            "nextDateTime": "2027-01-22T12:00:00.000Z",
        }
    souk.run_due(BEGUN + timedelta(days=63))
    raised = world.sofia.call(query, {"id": world.contract.id}).data["contractDetails"]["changes"][0]
    assert raised == {"action": "RAISE", "rate": {"rawValue": "50.00"}}


def test_repeated_deadline_raises_once(souk: Souk) -> None:
    world = deal_of(souk)
    for _ in range(3):
        raise_rate(souk.tables["contracts"], world.contract.id, BEGUN + timedelta(days=63))
    assert rates(world) == ["45.00", "50.00"]
    raise_rate(souk.tables["contracts"], "1", BEGUN)


def test_raise_waits_during_pause(souk: Souk) -> None:
    world = deal_of(souk)
    world.pause(world.liam)
    souk.run_due(BEGUN + timedelta(days=63))
    assert rates(world) == ["45.00"]
    world.change_contract(next_raise=stamp(BEGUN))  # as if the time had come in the pause
    assert world.restart(world.liam).data
    souk.run_due()
    assert rates(world) == ["45.00", "50.00"]


def test_ended_contract_has_no_raise(souk: Souk) -> None:
    world = deal_of(souk)
    world.end_as_freelancer()
    souk.run_due(BEGUN + timedelta(days=63))
    assert rates(world) == ["45.00"]
