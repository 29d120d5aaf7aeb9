"""Settings of time: manual time and hidden screenshots."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from souk.domains.agreements.model import RateIncrease
from souk.domains.contracts.model import ContractStatus
from souk.domains.contracts.store import latest_changes
from souk.values.times import stamp
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import ContractsWorld, hourly_contract
from tests.support.worlds.jobs import LIAM
from tests.support.worlds.milestones import SINCE
from tests.support.worlds.milestones import contract as fixed_contract

CHANGES = """query ($id: ID!) { contractDetails(id: $id) { changes {
  action author { id } manualTimeAllowed hideScreenshots rate { rawValue } } } }"""


@pytest.fixture
def world(souk: Souk) -> ContractsWorld:
    """Return a world with an hourly contract of a client that is no enterprise."""
    return ContractsWorld(souk, hourly_contract(enterprise=False))


def terms(world: ContractsWorld) -> list[tuple[str, bool]]:
    """Return the rate of each term, and whether it allows manual time."""
    hourly = world.details(world.sofia)["terms"]["hourlyTerms"]
    for before, after in pairwise(hourly):
        assert before["endDate"] == after["startDate"]
    assert (hourly[0]["startDate"], hourly[-1]["endDate"]) == (SINCE, None)
    return [(one["hourlyRate"]["rawValue"], one["manualTimeAllowed"]) for one in hourly]


def test_manual_time_begins_a_term_and_screenshots_do_not(world: ContractsWorld) -> None:
    contract_id = world.contract.id
    off = {"contractId": contract_id, "manualTimeAllowed": False, "hideScreenshots": False}
    assert world.change_settings(world.liam).data["updateContractTimeSettings"] == off
    assert world.change_settings(world.liam, manualTimeAllowed=False, hideScreenshots=False).data
    assert world.stored_contract() == world.contract, "what is set already changes nothing"

    hidden = world.change_settings(world.liam, hideScreenshots=True, manualTimeAllowed=None)
    assert hidden.data["updateContractTimeSettings"] == off | {"hideScreenshots": True}
    assert terms(world) == [("45.00", False)]
    CLOCK.at(CLOCK.market() + timedelta(hours=1))
    both = world.change_settings(world.olivia, manualTimeAllowed=True, hideScreenshots=False)
    assert both.data["updateContractTimeSettings"] == off | {"manualTimeAllowed": True}
    CLOCK.at(CLOCK.market() + timedelta(hours=1))
    assert world.change_settings(world.liam, manualTimeAllowed=False).data
    assert world.change_settings(world.liam, hideScreenshots=True).data
    assert terms(world) == [("45.00", False), ("45.00", True), ("45.00", False)]

    by_term = [world.older_contract(world.sofia, one.id) for one in world.stored_contract().terms]
    assert [(one["manualTimeAllowed"], one["hideScreenshots"], one["last"]) for one in by_term] == [
        (False, True, False),
        (True, True, False),
        (False, True, True),
    ]
    for who in (world.liam, world.sofia):
        shown = who.call(CHANGES, {"id": contract_id}).data["contractDetails"]["changes"]
        assert [(one["manualTimeAllowed"], one["hideScreenshots"]) for one in shown] == [
            (None, True),
            (False, None),
            (True, False),
            (None, True),
            (None, None),
        ]
        assert {one["action"] for one in shown[:-1]} == {"CHANGE_TIME_SETTINGS"}
        assert shown[0]["author"] == {"id": LIAM}


def test_who_changes_time_settings_and_when(world: ContractsWorld) -> None:
    for who, code in ((world.max, "FORBIDDEN"), (world.sofia, "FORBIDDEN"), (world.omar, "NOT_FOUND")):
        assert world.change_settings(who, hideScreenshots=True).code == code
    assert world.stored_contract() == world.contract
    assert world.change_settings(world.liam, "1", hideScreenshots=True).code == "NOT_FOUND"
    fixed = world.add_contract(fixed_contract())
    assert world.change_settings(world.liam, fixed.id).code == "CONFLICT", "a fixed price has no time settings"
    assert world.pause(world.liam).data
    assert world.change_settings(world.liam, manualTimeAllowed=True).data
    assert world.stored_contract().status is ContractStatus.PAUSED
    world.end_as_freelancer()
    assert world.change_settings(world.liam, hideScreenshots=True).code == "CONFLICT"


def test_enterprises_always_allow_manual_time(hourly: ContractsWorld) -> None:
    answer = hourly.change_settings(hourly.liam, manualTimeAllowed=True)
    assert answer.data["updateContractTimeSettings"]["manualTimeAllowed"] is True
    assert terms(hourly) == [("45.00", True)]
    assert hourly.older_contract(hourly.sofia)["manualTimeAllowed"] is True
    assert hourly.change_settings(hourly.liam, manualTimeAllowed=False).code == "CONFLICT"
    assert hourly.stored_contract() == hourly.contract


def test_term_that_has_not_started_is_changed(souk: Souk) -> None:
    starts = stamp(CLOCK.market() + timedelta(days=3))
    world = ContractsWorld(souk, hourly_contract(enterprise=False, starts=starts))
    assert world.change_settings(world.liam, manualTimeAllowed=True).data
    (term,) = world.stored_contract().terms
    assert (term.id, term.starts, term.manual_time_allowed) == (world.contract.term.id, starts, True)


def test_due_raise_takes_effect_before_manual_time(souk: Souk) -> None:
    agreed = RateIncrease(by=500, cadence_months=1)
    world = ContractsWorld(souk, hourly_contract(enterprise=False, rate_increase=agreed))
    due = world.contract.next_raise
    assert due is not None
    CLOCK.at(datetime.fromisoformat(due) + timedelta(minutes=1))
    assert world.change_settings(world.liam, manualTimeAllowed=True).data
    assert terms(world) == [("45.00", False), ("50.00", False), ("50.00", True)]
    assert world.stored_contract().terms[1].starts == due
    changes = [one.what for one in latest_changes(souk.table, world.contract.id)]
    assert sorted(changes) == ["BEGIN", "CHANGE_TIME_SETTINGS", "RAISE"]
    souk.run_due(CLOCK.market())
    assert len(terms(world)) == 3, "the deadline finds the raise made"
    souk.run_due(datetime.fromisoformat(due) + timedelta(days=33))
    assert terms(world)[3:] == [("55.00", True)], "a raise keeps the setting"
