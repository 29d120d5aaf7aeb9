"""Time that is entered, changed and removed by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from souk.domains.activities.model import Activity, ActivityStatus, Assignment, CompanyRules, ContractCodes
from souk.domains.activities.store import ACTIVITIES, COMPANY_RULES, CONTRACT_CODES
from souk.values.times import stamp
from tests.support.api import Souk
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.contracts import term
from tests.support.worlds.milestones import SINCE
from tests.support.worlds.tracking import MONDAY, TODAY, TimeWorld, at, busy, manual_contract, starts


@pytest.fixture
def world(souk: Souk) -> TimeWorld:
    return TimeWorld(souk)


def add_activity(world: TimeWorld, code: str, **fields: Any) -> Activity:
    """Store an activity of the client's team, that lists the contract or has a rule."""
    parties, table = world.contract.parties, world.souk.table
    activity = Activity(
        **{
            "id": new_id(),
            "organization_id": parties.client_team_id,
            "company_id": parties.client_company_id,
            "code": code,
            "description": code,
            "currency": "USD",
            "contract_ids": (world.contract.id,),
            "created": SINCE,
            "created_by_id": parties.client_user_id,
            "modified": SINCE,
            "changed_by_id": parties.client_user_id,
            **fields,
        }
    )
    tx = table.transaction()
    stored = tx.create(ACTIVITIES, activity)
    listed = table.get(CONTRACT_CODES, world.contract.id) or ContractCodes(contract_id=world.contract.id)
    if activity.assignment is Assignment.SELECTED:
        listed = listed.model_copy(update={"activities": (*listed.activities, activity.ref)})
        (tx.update if listed.version else tx.create)(CONTRACT_CODES, listed)
    else:
        tx.create(COMPANY_RULES, CompanyRules(company_id=activity.company_id, activities=(activity.ref,)))
    tx.commit()
    return stored


def test_manual_time_is_whole_cells_with_a_memo(world: TimeWorld) -> None:
    answer = world.add("08:00", "09:30", memo=" Call ").data["addManualTime"]
    assert answer == {"minutes": 90, "timesheets": [{"contractId": world.contract.id, "week": "2026-11-23"}]}
    assert {(one.manual, one.memo, one.activity) for one in world.briefs().values()} == {(True, "Call", 0)}
    assert len(world.briefs()) == 9
    wrong: list[dict[str, Any]] = [
        {"memo": ""},
        {"memo": "x" * 501},
        {"startDateTime": "2026-11-25T10:05:00Z"},
        {"startDateTime": "20261125", "endDateTime": "20261125"},
        {"endDateTime": "soon"},
        {"endDateTime": "2026-11-25T10:00:00Z"},
        {"startDateTime": "99991231", "endDateTime": "99991231"},
        {"startDateTime": "00010101", "endDateTime": "00010101"},
        {"endDateTime": "2026-11-25T09:00:00Z"},
        {"startDateTime": "2026-11-24T22:50:00Z"},
        {"endDateTime": "2026-11-25T12:10:00Z"},
        {"idempotencyKey": "x" * 201},
    ]
    for given in wrong:
        assert world.add("10:00", "11:00", **given).code == "UNPROCESSABLE_CONTENT", given
    assert len(world.briefs()) == 9
    CLOCK.at(at("01:00", TODAY + timedelta(days=1)))
    assert world.add("23:00", "23:50", endDateTime="20261125").data["addManualTime"]["minutes"] == 60, "its end"
    assert world.remove("00:00", "02:00", startDateTime="2026-11-25").data["removeTime"]["minutes"] == 0


def test_manual_time_is_stored_all_or_nothing(world: TimeWorld) -> None:
    assert world.tracked(*starts("00:00")) == ["STORED"]
    before = TODAY - timedelta(days=1)
    assert world.change("addManualTime", at("22:00", before), at("00:20"), memo="Call").code == "CONFLICT"
    assert world.briefs(before) == {}
    assert world.change("addManualTime", at("22:00", before), at("00:00"), memo="Call").data
    other = world.add_contract(manual_contract())
    assert world.add("22:00", "22:10", before, contractId=other.id).code == "CONFLICT"
    assert len(world.briefs(before)) == 12


def test_manual_time_over_sunday_is_one_transaction_of_two_weeks(world: TimeWorld) -> None:
    CLOCK.at(at("11:00", MONDAY))
    sunday = MONDAY - timedelta(days=1)
    answer = world.change("addManualTime", at("20:00", sunday), at("08:00", MONDAY), memo="Night").data["addManualTime"]
    assert answer["minutes"] == 720
    assert [one["week"] for one in answer["timesheets"]] == ["2026-11-16", "2026-11-23"]
    assert (len(world.briefs(sunday)), len(world.briefs(MONDAY))) == (24, 48)


def test_manual_time_needs_permission_of_the_term(souk: Souk) -> None:
    refused = term(ends="2026-11-25T09:00:00.000Z")
    allowed = term(starts=refused.ends, manual_time_allowed=True)
    world = TimeWorld(souk, manual_contract(terms=(refused, allowed)))
    assert world.add("08:00", "09:10").code == "CONFLICT"
    assert world.add("09:00", "09:10").data
    world.change_contract(enterprise=True)
    assert world.add("08:00", "09:00").data, "enterprise contracts always allow it"


def test_only_manual_time_stays_within_the_limit(souk: Souk) -> None:
    world = TimeWorld(souk, manual_contract(hours=2))
    assert world.add("00:00", "02:10").code == "CONFLICT"
    assert world.add("00:00", "01:30").data
    assert world.tracked(*starts("03:00", 4)) == ["STORED"] * 4
    assert world.add("05:00", "05:10").code == "CONFLICT"
    assert world.change_limit(world.liam, weeklyLimit=None).data
    assert world.add("05:00", "05:10").data


def test_manual_time_needs_an_active_contract_and_changes_do_not(world: TimeWorld) -> None:
    assert world.tracked(*starts("09:00", 3)) == ["STORED"] * 3
    CLOCK.at(at("13:00"))
    assert world.end_contract(world.liam, by_client=True).data
    CLOCK.at(at("14:00"))
    assert world.add("13:10", "13:20").code == "CONFLICT"
    assert world.add("12:30", "12:40").data, "what was worked before"
    assert world.update("09:00", "09:10", memo="Late").data["updateTime"]["minutes"] == 10
    assert world.remove("09:10", "09:20").data["removeTime"]["minutes"] == 10


def test_activities_take_time_while_they_are_assigned_and_active(world: TimeWorld) -> None:
    activity = add_activity(world, "draw")
    add_activity(world, "old", status=ActivityStatus.ARCHIVED)
    codes = ("draw", "old", "DRAW", None)
    cells = [
        {"startDateTime": start, "activityCode": code} for start, code in zip(starts("09:00", 4), codes, strict=True)
    ]
    assert world.tracked(*cells) == ["STORED", "ACTIVITY", "ACTIVITY", "STORED"]
    assert world.add("10:00", "10:10", activityCode="draw").data
    assert world.add("10:10", "10:20", activityCode="old").code == "CONFLICT"
    assert world.update("09:30", "09:40", activityCode="old").code == "CONFLICT"
    assert world.update("09:00", "11:00", activityCode="draw").data["updateTime"]["minutes"] == 10
    tx = world.souk.table.transaction()
    tx.update(ACTIVITIES, activity.model_copy(update={"status": ActivityStatus.ARCHIVED}))
    tx.commit()
    assert world.tracked(cells[0]) == ["UNCHANGED"], "old time keeps its code"
    assert world.tracked({**cells[0], "memo": "New"}) == ["ACTIVITY"]
    assert world.update("09:00", "09:10", memo="New").data["updateTime"]["minutes"] == 10
    assert world.update("09:00", "09:10", activityCode=None).data["updateTime"]["minutes"] == 10
    assert [one.code for one in world.briefs().values()] == [None, "draw", "draw"]


def test_activity_of_a_rule_takes_time(world: TimeWorld) -> None:
    rule = add_activity(world, "all", assignment=Assignment.COMPANY, contract_ids=())
    add_activity(world, "draw")
    cells = [
        {"startDateTime": start, "activityCode": code}
        for start, code in zip(starts("09:00", 3), ("all", "draw", "none"), strict=True)
    ]
    table = world.souk.tables["time"]
    assert world.sofia.token
    before = table.trips
    assert world.tracked(cells[1]) == ["STORED"]
    assert table.trips - before == 4, "who asks, what is stored, the activity, and the transaction"
    assert world.tracked(*cells) == ["STORED", "UNCHANGED", "ACTIVITY"]
    tx = world.souk.table.transaction()
    tx.update(ACTIVITIES, rule.model_copy(update={"assignment": Assignment.SELECTED}))
    tx.commit()
    assert world.add("10:00", "10:10", activityCode="all").code == "CONFLICT"


def test_update_changes_the_cells_that_begin_in_a_period(world: TimeWorld) -> None:
    assert world.tracked(*({"startDateTime": one, "memo": "A", "minutes": busy()} for one in starts("09:00", 3))) == (
        ["STORED"] * 3
    )
    assert world.add("10:00", "10:10").data
    assert world.update("09:05", "09:20", memo="B").data["updateTime"]["minutes"] == 10
    assert [one.memo for one in world.briefs().values()] == ["A", "B", "A", "By hand"]
    assert world.update("09:00", "10:10", memo="B").data["updateTime"]["minutes"] == 30, "one is as it was"
    assert world.update("09:00", "10:10", memo="B").data["updateTime"]["minutes"] == 0
    assert world.update("09:00", "10:10").data["updateTime"]["minutes"] == 0
    assert world.update("09:00", "10:10", memo=None).code == "UNPROCESSABLE_CONTENT", "manual time needs a memo"
    assert world.update("09:00", "10:00", memo=None).data["updateTime"]["minutes"] == 30
    assert world.update("11:00", "12:00", memo="C").data["updateTime"]["minutes"] == 0
    assert world.update("09:00", "21:10", memo="C").code == "UNPROCESSABLE_CONTENT"
    cell = world.cell("09:00")
    assert cell is not None
    assert (cell.memo, len(cell.minutes)) == (None, 10)


def test_removed_time_leaves_nothing(world: TimeWorld) -> None:
    assert world.tracked(*starts("09:00", 3)) == ["STORED"] * 3
    assert world.remove("09:10", "09:20").data["removeTime"]["minutes"] == 10
    assert list(world.briefs()) == [54, 56]
    assert world.remove("08:00", "12:00").data["removeTime"] == {
        "minutes": 20,
        "timesheets": [{"contractId": world.contract.id, "week": "2026-11-23"}],
    }
    assert world.briefs() == {}
    sheet = world.sheet()
    assert sheet is not None
    assert sheet.runs == ()
    assert world.remove("08:00", "12:00").data["removeTime"]["minutes"] == 0
    assert world.tracked(*starts("09:00")) == ["STORED"]
    assert list(world.briefs()) == [54]


def test_repeated_key_returns_the_first_answer(world: TimeWorld) -> None:
    first = world.add("09:00", "09:30", idempotencyKey="a").data
    assert world.add("09:00", "09:30", idempotencyKey="a").data == first
    assert world.add("09:00", "09:40", idempotencyKey="a").code == "CONFLICT"
    changes: dict[str, dict[str, Any]] = {"updateTime": {"memo": "B"}, "removeTime": {}}
    for field, given in changes.items():
        start, end = at("09:00"), at("09:20")
        done = world.change(field, start, end, idempotencyKey="a", **given).data
        assert done[field]["minutes"] == 20
        assert world.change(field, start, end, idempotencyKey="a", **given).data == done
        assert world.change(field, start, at("09:30"), idempotencyKey="a", **given).code == "CONFLICT"
    assert world.update("09:20", "09:30", idempotencyKey="b", activityCode=None).data["updateTime"]["minutes"] == 0
    assert world.update("09:20", "09:30", idempotencyKey="b").code == "CONFLICT", "null is not the same as left out"
    assert world.remove("09:00", "09:20").data["removeTime"]["minutes"] == 0
    assert world.add("09:00", "09:30", idempotencyKey="a").data == first, "also when it was removed since"
    assert list(world.briefs()) == [56]


def test_long_day_of_manual_time_fits_one_transaction(souk: Souk) -> None:
    world = TimeWorld(souk, manual_contract(hours=None))
    tuesday = date(2026, 11, 24)
    add_activity(world, "long")
    assert world.add("00:00", "12:00", tuesday, activityCode="long", idempotencyKey="a").data
    period = {"startDateTime": stamp(at("00:00", tuesday)), "endDateTime": stamp(at("12:00", tuesday))}
    assert world.update("00:00", "12:00", tuesday, memo="B", **period).data["updateTime"]["minutes"] == 720
    assert world.remove("00:00", "12:00", tuesday, idempotencyKey="b").data["removeTime"]["minutes"] == 720
