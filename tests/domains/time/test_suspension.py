"""Time of suspended organizations: cells that begin within a suspension are refused, now and later."""

import pytest

from souk.domains.contracts.rules.spans import Span, without
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.standing import reactivate, suspend
from tests.support.worlds.tracking import TimeWorld, at, starts

REFUSED = "CONTRACT_NOT_ACTIVE"


@pytest.fixture
def world(souk: Souk) -> TimeWorld:
    return TimeWorld(souk)


def test_time_within_a_suspension_is_refused(world: TimeWorld) -> None:
    table, client = world.souk.table, world.contract.parties.client_company_id
    CLOCK.at(at("09:05"))
    suspend(table, client)
    CLOCK.at(at("09:30"))
    assert world.tracked(*starts("08:50", 4)) == ["STORED", "STORED", REFUSED, REFUSED]
    CLOCK.at(at("09:25"))
    reactivate(table, client)
    CLOCK.at(at("10:00"))
    assert world.tracked(*starts("09:00", 6)) == ["UNCHANGED", REFUSED, REFUSED, "STORED", "STORED", "STORED"]
    assert world.add("09:10", "09:20").code == "CONFLICT"
    assert world.add("08:00", "08:10").data
    assert list(world.briefs()) == [48, 53, 54, 57, 58, 59]


def test_suspension_races_a_tracker(world: TimeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suspension that comes while a batch is decided counts for its cells."""
    table, vendor = world.souk.table, world.contract.parties.vendor_company_id
    assert world.sofia
    CLOCK.at(at("09:20"))

    def act() -> None:
        CLOCK.at(at("08:59"))
        suspend(table, vendor)
        CLOCK.at(at("09:20"))

    meanwhile(monkeypatch, act)
    assert world.tracked(*starts("08:50", 3)) == ["STORED", REFUSED, REFUSED]


def test_stipend_is_not_paid_for_suspended_days() -> None:
    active = [Span("1", "4"), Span("6", None)]
    assert without(active, []) == active
    assert without(active, [Span("2", "3")]) == [Span("1", "2"), Span("3", "4"), Span("6", None)]
    assert without(active, [Span("0", "5"), Span("7", "8")]) == [Span("6", "7"), Span("8", None)]
    assert without(active, [Span("3", "7")]) == [Span("1", "3"), Span("7", None)]
    assert without(active, [Span("2", None)]) == [Span("1", "2")]
