"""The list of a freelancer's contracts: filters and pages."""

from datetime import timedelta
from typing import Any

import pytest

from souk.graph import lists as graph_lists
from souk.storage.partition import Bound
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import ContractsWorld, hourly_contract
from tests.support.worlds.jobs import RIVAL, SOFIA

VENDOR = """query ($filter: VendorContractSearchFilter!, $options: ContractOptionsInput, $paging: ContractPagingInput) {
  vendorContracts(filter: $filter, options: $options, paging: $paging) { paging { limit offset }
    contracts { id terms { hourlyTerms { id createdBy { id } } } hourlyLimits { id }
      freelancer { id } clientTeam { id company { id } } supervisor { id } job { id ownership { user { id } } }
      offer { id } } } }"""


def vendors(who: Person, options: Any = None, paging: Any = None, **filter_: Any) -> Answer:
    return who.call(VENDOR, {"filter": {"vendorId": SOFIA, **filter_}, "options": options, "paging": paging})


def ids(answer: Answer) -> list[str]:
    return [one["id"] for one in answer.data["vendorContracts"]["contracts"]]


def test_contracts_of_freelancer(hourly: ContractsWorld) -> None:
    later = hourly.add_contract(hourly_contract(starts="2026-05-05T08:00:00.000Z"))
    foreign = hourly.contract.parties.model_copy(update={"client_team_id": RIVAL, "client_company_id": RIVAL})
    elsewhere = hourly.add_contract(hourly_contract(parties=foreign))
    first = hourly.contract.id
    assert ids(vendors(hourly.sofia)) == [elsewhere.id, later.id, first], "the newest first"
    assert ids(vendors(hourly.liam)) == [later.id, first]
    assert ids(vendors(hourly.omar)) == [elsewhere.id]
    assert vendors(hourly.liam, vendorId="1#").code == "UNPROCESSABLE_CONTENT"
    shown = vendors(hourly.liam).data["vendorContracts"]
    assert shown["paging"] == {"limit": 10, "offset": 0}
    assert (shown["contracts"][0]["terms"], shown["contracts"][0]["hourlyLimits"]) == (None, None)
    whole = vendors(hourly.liam, {"addTerms": True, "addHourLimits": True}).data["vendorContracts"]["contracts"][0]
    assert len(whole["terms"]["hourlyTerms"]) == len(whole["hourlyLimits"]) == 1
    assert ids(vendors(hourly.liam, startDateBefore="2026-05-05")) == [first]
    assert ids(vendors(hourly.liam, startDateBefore="2026-05-05T10:30+0200")) == [later.id, first]
    assert ids(vendors(hourly.liam, paging={"limit": 1, "offset": 1, "includeTotalCount": True})) == [first]
    hourly.end_as_freelancer()
    assert ids(vendors(hourly.liam, contractStatuses=["CLOSED", None])) == [first]
    assert ids(vendors(hourly.liam, contractStatuses=["PAUSED"])) == []
    assert ids(vendors(hourly.liam, contractStatuses=[])) == [later.id, first]
    today = CLOCK.market().date()
    assert ids(vendors(hourly.liam, endDateAfter=str(today - timedelta(days=1)))) == [first]
    assert ids(vendors(hourly.liam, endDateAfter=str(today))) == [], "it ended on that day, not after it"
    assert ids(vendors(hourly.liam, endDateAfter=f"{today - timedelta(days=1)}T00:00+0000")) == [first]
    for wrong in ({"limit": 0}, {"limit": 101}, {"limit": -1}, {"offset": -1}):
        assert vendors(hourly.liam, paging=wrong).code == "UNPROCESSABLE_CONTENT"
    assert ids(vendors(hourly.liam, paging={"offset": 2_147_483_647})) == []
    for name in ("startDateBefore", "endDateAfter"):
        assert vendors(hourly.liam, **{name: "soon"}).code == "UNPROCESSABLE_CONTENT"


def test_page_beyond_what_is_read_at_once_is_refused(hourly: ContractsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(12):
        hourly.add_contract(hourly_contract())
    monkeypatch.setattr(graph_lists, "FULL_PAGE_BOUND", Bound(8, 10))
    assert len(ids(vendors(hourly.liam, paging={"limit": 4, "offset": 3}))) == 4
    for paging in ({"limit": 4, "offset": 6}, {"limit": 10}):
        refused = vendors(hourly.liam, paging=paging)
        assert refused.code == "UNPROCESSABLE_CONTENT"
        assert "filter" in refused.error["message"]


def test_page_of_long_list_costs_a_page(hourly: ContractsWorld) -> None:
    for _ in range(12):
        hourly.add_contract(hourly_contract())
    few = vendors(hourly.liam, paging={"limit": 10})
    for _ in range(120):
        hourly.add_contract(hourly_contract())
    many = vendors(hourly.liam, paging={"limit": 10})
    assert len(ids(many)) == 10
    assert many.trips == few.trips
    hourly.end_as_freelancer()
    closed = vendors(hourly.liam, paging={"limit": 10}, contractStatuses=["CLOSED"])
    assert ids(closed) == [hourly.contract.id]
    assert closed.trips <= few.trips + 4


def test_list_round_trips_are_constant(hourly: ContractsWorld) -> None:
    options = {"addTerms": True, "addHourLimits": True}

    def trips(limit: int) -> int:
        return vendors(hourly.liam, options, {"limit": limit}).trips

    for _ in range(4):
        hourly.add_contract(hourly_contract())
    few = trips(50)
    for _ in range(45):
        hourly.add_contract(hourly_contract())
    assert len(ids(vendors(hourly.liam, options, {"limit": 50}))) == 50
    assert trips(50) == few
