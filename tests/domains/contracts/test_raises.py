"""Raises that were agreed in advance, as the clock has them done."""

from datetime import UTC, datetime, timedelta

import pytest

from souk.domains.agreements.model import RateIncrease
from souk.domains.contracts.commands.changing import raise_rate
from souk.domains.contracts.store import contract_of_term, history_of
from souk.values.times import stamp
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import Deal, hourly_contract

BEGUN = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    """Let it be the time that the module's data is of."""
    CLOCK.at(BEGUN + timedelta(minutes=5))


def deal_of(souk: Souk, cadence: int = 2) -> Deal:
    agreed = RateIncrease(by=500, cadence_months=cadence)
    return Deal(souk, hourly_contract(starts=stamp(BEGUN), rate_increase=agreed))


def rates(deal: Deal) -> list[str]:
    return [one["hourlyRate"]["rawValue"] for one in deal.details(deal.sofia)["terms"]["hourlyTerms"]]


def test_the_rate_rises_when_it_is_time_and_again_after_that(souk: Souk) -> None:
    deal = deal_of(souk)
    assert souk.run_due(BEGUN + timedelta(days=58)) == 0
    souk.run_due(BEGUN + timedelta(days=63))
    assert rates(deal) == ["45.00", "50.00"]
    first, second = deal.details(deal.sofia)["terms"]["hourlyTerms"]
    assert first["endDate"] == second["startDate"]
    assert (second["createdBy"], second["creatorUserType"], second["changingUserType"]) == (None, "SYSTEM", "SYSTEM")
    assert deal.details(deal.sofia)["changedBy"] is None
    assert contract_of_term(souk.table, second["id"]) == deal.now()
    assert history_of(souk.table, deal.contract.id)[-1].what == "RAISE"
    souk.run_due(BEGUN + timedelta(days=400))
    assert len(rates(deal)) == 7, "every two months, also where the clock comes late"


def test_it_rises_once_however_often_the_clock_asks(souk: Souk) -> None:
    deal = deal_of(souk)
    for _ in range(3):
        raise_rate(souk.tables["contracts"], deal.contract.id, BEGUN + timedelta(days=63))
    assert rates(deal) == ["45.00", "50.00"]
    raise_rate(souk.tables["contracts"], "1", BEGUN)


def test_while_it_is_paused_it_waits(souk: Souk) -> None:
    deal = deal_of(souk)
    deal.pause(deal.liam)
    souk.run_due(BEGUN + timedelta(days=63))
    assert rates(deal) == ["45.00"]
    deal.change(next_raise=stamp(BEGUN))  # as if the time had come in the pause
    assert deal.restart(deal.liam).data
    souk.run_due()
    assert rates(deal) == ["45.00", "50.00"]


def test_what_has_ended_rises_no_more(souk: Souk) -> None:
    deal = deal_of(souk)
    deal.ended()
    souk.run_due(BEGUN + timedelta(days=63))
    assert rates(deal) == ["45.00"]
