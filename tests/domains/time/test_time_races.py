"""Time that is written at the same moment: nothing is lost, and nothing is counted twice."""

from collections import Counter
from datetime import timedelta

import pytest

from souk.domains.contracts.commands import changing
from souk.domains.contracts.model import ContractStatus
from souk.domains.time.store import TIMESHEETS
from souk.values.times import stamp
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile, together
from tests.support.worlds.tracking import TimeWorld, at, manual_contract, starts


@pytest.fixture
def world(souk: Souk) -> TimeWorld:
    made = TimeWorld(souk)
    assert made.sofia.token
    assert made.liam.token
    return made


def test_same_batch_at_once_is_stored_once(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.racing.CALLERS", 6)
    found = together(monkeypatch, lambda: tuple(world.tracked(*starts("09:00", 3))))
    assert Counter(found) == {("STORED",) * 3: 1, ("UNCHANGED",) * 3: 5}
    assert list(world.briefs()) == [54, 55, 56]


def test_two_contracts_at_once_share_no_cell(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    other = world.add_contract(manual_contract())
    quick = meanwhile(monkeypatch, lambda: world.tracked(*starts("09:00", 2), contract_id=other.id))
    assert world.tracked(*starts("09:10", 2)) == ["OTHER_CONTRACT", "STORED"]
    assert quick == [["STORED"] * 2]
    assert (list(world.briefs()), list(world.briefs(contract_id=other.id))) == ([56], [54, 55])


def test_manual_and_tracked_time_at_once(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = meanwhile(monkeypatch, lambda: world.add("09:00", "09:20"))
    assert world.tracked(*starts("09:00")) == ["STORED"], "it replaces manual time"
    assert quick[0].data
    assert [one.manual for one in world.briefs().values()] == [False, True]
    tracked = meanwhile(monkeypatch, lambda: world.tracked(*starts("10:00")))
    assert world.add("10:00", "10:20").code == "CONFLICT"
    assert tracked == [["STORED"]]
    assert [one.manual for one in world.briefs().values()] == [False, True, False]


def test_upload_and_pause_at_once(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    CLOCK.at(at("09:59"))
    meanwhile(monkeypatch, lambda: world.pause(world.liam))
    assert world.tracked(*starts("09:40", 2)) == ["STORED"] * 2, "both began before it"
    assert world.stored_contract().status is ContractStatus.PAUSED
    CLOCK.at(at("10:30"))
    assert world.restart(world.liam).data
    CLOCK.at(at("10:51"))
    quick = meanwhile(monkeypatch, lambda: world.end_contract(world.liam, by_client=True))
    assert world.tracked(*starts("10:20", 3)) == ["CONTRACT_NOT_ACTIVE", "CONTRACT_NOT_ACTIVE", "STORED"]
    assert quick[0].data


def test_upload_and_raise_at_once(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed = {"by": 500, "cadence_months": 1}
    starts_at = at("09:55") - timedelta(days=31)
    world = TimeWorld(souk, manual_contract(rate_increase=agreed, starts=stamp(starts_at)))
    CLOCK.at(at("09:54"))
    assert world.sofia.token

    def raise_rate() -> None:
        changing.raise_rate(world.souk.tables["contracts"], world.contract.id, at("09:55"))

    meanwhile(monkeypatch, raise_rate)
    assert world.tracked(*starts("09:40")) == ["STORED"]
    CLOCK.at(at("10:15"))
    assert world.tracked(*starts("09:50", 2)) == ["STORED"] * 2
    old, new = (term.id for term in world.stored_contract().terms)
    assert [brief.term for brief in world.briefs().values()] == [old, old, new]


def test_upload_and_bill_at_once(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = at("12:00") + timedelta(days=5)
    assert world.tracked(*starts("09:00")) == ["STORED"]
    CLOCK.at(noon - timedelta(seconds=1))
    before = world.sheet()

    def bill() -> None:
        """Write the week a moment after it has closed, as its bill does."""
        CLOCK.at(noon)
        assert before is not None
        tx = world.souk.table.transaction()
        tx.update(TIMESHEETS, before)
        tx.commit()

    meanwhile(monkeypatch, bill)
    assert world.tracked(*starts("09:00", 2)) == ["UNCHANGED", "WEEK_CLOSED"], "it began in time, and lost"
    assert list(world.briefs()) == [54]


def test_two_uploads_of_a_week_bill_it_once(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = meanwhile(monkeypatch, lambda: world.tracked(*starts("09:00", 2)))
    assert world.tracked(*starts("08:40", 2)) == ["STORED"] * 2
    assert quick == [["STORED"] * 2]
    sheet = world.sheet()
    assert sheet is not None
    assert [(run.day, run.cells) for run in sheet.runs] == [(2, 4)]
    at_noon = at("12:00") + timedelta(days=5)
    assert sum(at_noon.isoformat()[:13] in hour for hour in world.souk._hours()) == 1  # noqa: SLF001


def test_removal_and_upload_at_once(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.tracked(*starts("09:00", 2)) == ["STORED"] * 2
    quick = meanwhile(monkeypatch, lambda: world.remove("09:00", "09:20"))
    assert world.tracked(*starts("09:10", 2)) == ["STORED"] * 2
    assert quick[0].data["removeTime"]["minutes"] == 20
    assert list(world.briefs()) == [55, 56]
