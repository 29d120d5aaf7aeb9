"""Tracked time: what becomes of each cell of a batch, and what is stored of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from souk.domains.time.store import shown
from souk.values.times import stamp
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import STRANGE_IDS
from tests.support.worlds.milestones import contract as fixed_contract
from tests.support.worlds.tracking import MONDAY, NOW, TimeWorld, at, busy, manual_contract, refusals, starts

SUNDAY = date(2026, 11, 22)


@pytest.fixture
def world(souk: Souk) -> TimeWorld:
    return TimeWorld(souk)


def test_batch_is_stored_once_with_all_it_recorded(world: TimeWorld) -> None:
    cell = {
        "startDateTime": "2026-11-25T10:00:00+0100",
        "memo": "  Drawing\nthe logo ",
        "activeWindowTitle": "\u202ePaint\u0007 " + "x" * 400,
        "minutes": busy(3),
        "snapshotDateTime": "2026-11-25T09:07:00Z",
    }
    answer = world.track(cell, *starts("09:10", 2)).data["trackTime"]
    assert [one["outcome"] for one in answer["cells"]] == ["STORED"] * 3
    assert answer["cells"][0]["startDateTime"] == cell["startDateTime"], "as it was sent"
    assert answer["timesheets"] == [{"contractId": world.contract.id, "week": "2026-11-23"}]
    stored = world.cell("09:00")
    assert stored is not None
    assert (stored.memo, stored.term_id, stored.manual) == ("Drawing the logo", world.contract.term.id, False)
    assert stored.window_title == f"Paint {'x' * 244}"
    assert stored.snapshot_at == "2026-11-25T09:07:00.000Z"
    assert [minute.keyboard for minute in stored.minutes] == [40] * 3 + [0] * 7
    assert [brief.activity for brief in world.briefs().values()] == [30, 0, 0]
    sheet = world.sheet()
    assert sheet is not None
    assert [(run.day, run.protected, run.cells) for run in sheet.runs] == [(2, True, 1), (2, False, 2)]
    assert world.tracked(cell, *starts("09:10", 2)) == ["UNCHANGED"] * 3
    assert world.sheet() == sheet, "nothing was written"
    assert world.tracked({**cell, "memo": None}) == ["STORED"], "another content replaces the stored one"
    assert world.briefs()[54].memo is None


def test_bad_cells_are_refused_one_by_one(world: TimeWorld) -> None:
    cells: list[dict[str, Any]] = [
        {"startDateTime": "20261125"},
        {"startDateTime": "yesterday"},
        {"startDateTime": "2026-11-25T09:05:00Z"},
        {"startDateTime": "2026-11-25T09:00:00+05:45"},
        {"startDateTime": "2026-11-25T12:00:00Z"},
        {"startDateTime": "2026-11-25T08:00:00Z"},
        {"startDateTime": "2026-11-25T09:00:00+01:00"},
        {"startDateTime": stamp(at("09:10")), "minutes": busy()[:9]},
        {"startDateTime": stamp(at("09:20")), "minutes": [*busy()[:9], {"mouse": -1, "keyboard": 0}]},
        {"startDateTime": stamp(at("09:30")), "memo": "x" * 501},
        {"startDateTime": stamp(at("09:40")), "snapshotDateTime": "2026-11-25T09:50:00Z"},
        {"startDateTime": stamp(at("09:50")), "screenshotId": "1"},
        {"startDateTime": stamp(at("10:00")), "activityCode": "unknown"},
        {"startDateTime": "2026-11-19T10:00:00Z"},
        {"startDateTime": "0001-01-01T00:00:00Z"},
        {"startDateTime": "9999-12-31T23:50:00Z"},
        {"startDateTime": stamp(at("10:10"))},
    ]
    answer = world.track(*cells)
    assert refusals(answer) == [
        *["NOT_ALIGNED"] * 4,
        "NOT_OVER",
        *["INVALID"] * 7,
        "ACTIVITY",
        *["WEEK_CLOSED"] * 2,
        "NOT_OVER",
        None,
    ]
    for one in answer.data["trackTime"]["cells"]:
        assert bool(one["message"]) == (one["outcome"] == "REFUSED")
    assert list(world.briefs()) == [61], "the rest is kept"


def test_cell_may_end_two_minutes_ahead(world: TimeWorld) -> None:
    CLOCK.at(at("11:58") - timedelta(seconds=1))
    assert world.tracked(*starts("11:50")) == ["NOT_OVER"]
    CLOCK.at(at("11:58"))
    assert world.tracked(*starts("11:50")) == ["STORED"]


@pytest.mark.parametrize("count", [0, 37])
def test_batch_has_1_to_36_cells(world: TimeWorld, count: int) -> None:
    assert world.track(*starts("01:00", count)).code == "UNPROCESSABLE_CONTENT"


def test_week_is_open_until_monday_noon(world: TimeWorld) -> None:
    CLOCK.at(at("11:59", MONDAY))
    last = starts("23:40", 2, SUNDAY)
    assert world.tracked(last[0]) == ["STORED"]
    CLOCK.at(at("12:00", MONDAY))
    assert world.tracked(*last) == ["UNCHANGED", "WEEK_CLOSED"], "who asks again is told what was stored"
    assert world.update("23:40", "23:50", SUNDAY, memo="Late").code == "CONFLICT"
    assert world.remove("23:40", "23:50", SUNDAY).code == "CONFLICT"
    assert world.add("22:00", "23:00", SUNDAY).code == "CONFLICT"
    assert world.remove("20:00", "23:00", SUNDAY).data["removeTime"]["minutes"] == 0


def test_batch_over_sunday_belongs_to_two_weeks(world: TimeWorld) -> None:
    CLOCK.at(at("06:00", MONDAY))
    answer = world.track(*starts("22:00", 36, SUNDAY))
    assert refusals(answer) == [None] * 36
    assert [one["week"] for one in answer.data["trackTime"]["timesheets"]] == ["2026-11-16", "2026-11-23"]
    assert len(world.briefs(SUNDAY)) == 12
    assert len(world.briefs(MONDAY)) == 24
    sheet = world.sheet(SUNDAY - timedelta(days=6))
    assert sheet is not None
    assert [(run.day, run.cells) for run in sheet.runs] == [(6, 12)]


def test_offline_tracker_delivers_what_was_worked_before_a_pause(world: TimeWorld) -> None:
    CLOCK.at(at("09:05"))
    assert world.pause(world.liam).data
    CLOCK.at(at("10:00"))
    assert world.restart(world.liam).data
    CLOCK.at(at("10:15"))
    assert world.end_contract(world.liam, by_client=True).data
    CLOCK.at(NOW)
    assert world.tracked(*starts("08:50", 10)) == [
        *["STORED"] * 2,
        *["CONTRACT_NOT_ACTIVE"] * 5,
        "CONTRACT_NOT_ACTIVE",  # 10:00: it was restarted a moment later
        "STORED",
        "CONTRACT_NOT_ACTIVE",
    ]
    early = manual_contract(starts=stamp(at("09:00")), terms=manual_contract().terms)
    world.add_contract(early)
    assert world.tracked(*starts("08:50", 2), contract_id=early.id)[0] == "CONTRACT_NOT_ACTIVE"


def test_term_at_the_start_of_the_cell_holds(souk: Souk) -> None:
    old = manual_contract().terms[0].model_copy(update={"ends": "2026-11-25T08:58:04.000Z"})
    new = old.model_copy(update={"id": "2" * 19, "starts": old.ends, "ends": None, "rate": 5_000})
    world = TimeWorld(souk, manual_contract(terms=(old, new)))
    assert world.tracked(*starts("08:40", 4)) == ["STORED"] * 4
    assert [brief.term for brief in world.briefs().values()] == [old.id, old.id, new.id, new.id]
    sheet = world.sheet()
    assert sheet is not None
    assert (sheet.terms, [run.cells for run in sheet.runs]) == ((old.id, new.id), [2, 2])


def test_raise_that_is_due_is_made_before_time_is_stored(souk: Souk) -> None:
    agreed = {"by": 500, "cadence_months": 1}
    world = TimeWorld(souk, manual_contract(rate_increase=agreed, starts="2026-10-25T09:00:00.000Z"))
    assert world.tracked(*starts("08:50", 2)) == ["STORED"] * 2
    assert len(world.stored_contract().terms) == 2
    terms = [brief.term for brief in world.briefs().values()]
    assert terms == [term.id for term in world.stored_contract().terms]


def test_person_works_in_one_place_at_a_time(world: TimeWorld) -> None:
    other = world.add_contract(manual_contract())
    assert world.tracked(*starts("09:00", 2)) == ["STORED"] * 2
    assert world.tracked(*starts("09:10", 2), contract_id=other.id) == ["OTHER_CONTRACT", "STORED"]
    assert world.remove("09:10", "09:20").data
    assert world.tracked(*starts("09:10", 2), contract_id=other.id) == ["STORED", "UNCHANGED"]
    assert list(world.briefs(contract_id=other.id)) == [55, 56]
    assert list(world.briefs()) == [54]


def test_tracked_time_replaces_manual_time_and_not_the_other_way(world: TimeWorld) -> None:
    assert world.add("09:00", "09:20").data
    assert world.tracked(*starts("09:10", 2)) == ["STORED"] * 2
    assert [brief.manual for brief in world.briefs().values()] == [True, False, False]
    assert world.add("09:20", "09:30").code == "CONFLICT"


def test_only_the_freelancer_enters_time(world: TimeWorld) -> None:
    cell = starts("09:00")
    for who in (world.liam, world.olivia, world.max, world.noah):  # he leads her organization
        assert world.track(*cell, who=who).code == "FORBIDDEN"
        assert world.change("removeTime", at("09:00"), at("10:00"), who).code == "FORBIDDEN"
    assert world.track(*cell, who=world.omar).code == "NOT_FOUND"
    for strange in STRANGE_IDS:
        assert world.track(*cell, contract_id=strange).code in {"NOT_FOUND", "UNPROCESSABLE_CONTENT"}
    fixed = world.add_contract(fixed_contract())
    assert world.track(*cell, contract_id=fixed.id).code == "CONFLICT"
    assert world.briefs() == {}


def test_recorded_content_is_not_shown_after_it_expired(world: TimeWorld) -> None:
    assert world.tracked(*starts("09:00")) == ["STORED"]
    cell = world.cell("09:00")
    assert cell is not None
    assert shown(cell, at("23:59") + timedelta(days=180)) == cell
    assert shown(cell, at("00:00") + timedelta(days=181)) is None
    assert shown(None, NOW) is None


def test_upload_of_36_cells_is_one_transaction_and_three_reads(
    world: TimeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.sofia.token
    operations = count_operations(world, monkeypatch)
    cells = [{"startDateTime": start, "memo": "Work", "minutes": busy()} for start in starts("03:00", 36)]
    table = world.souk.tables["time"]
    before = table.trips
    assert set(world.tracked(*cells)) == {"STORED"}
    assert operations == [36 + 9], (
        "cells, the day, its sum, the person's day, the week, its bill, the work, the contract, and two standings"
    )
    assert table.trips - before == 3, "who asks, what is stored, and the transaction"
    operations.clear()
    assert set(world.tracked(*cells)) == {"UNCHANGED"}
    assert (operations, table.trips - before) == ([], 6), "who asks, what is stored, and the cells to compare"


def count_operations(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets the number of operations of each transaction."""
    client, sizes = world.souk.table.client, list[int]()
    write = client.transact_write_items

    def transact(**request: Any) -> Any:
        sizes.append(len(request["TransactItems"]))
        return write(**request)

    monkeypatch.setattr(client, "transact_write_items", transact)
    return sizes
