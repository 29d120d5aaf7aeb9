"""Operators see scheduled work, what is due first before the rest, and run it now."""

from datetime import timedelta

import pytest

from souk.deadlines.model import reschedule, schedule
from souk.domains.machinery.lists import LATE
from tests.domains.operator.conftest import Market
from tests.support.clock import CLOCK

LIST = """query Deadlines($filter: DeadlineFilter, $page: Pagination) { deadlines(filter: $filter, pagination: $page) {
  totalCount edges { node { id kind entityId dueDateTime attempts late lastError } }
  pageInfo { endCursor hasNextPage } } }"""
RUN = "mutation Run($id: ID!) { runDeadline(id: $id) { id dueDateTime late } }"
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def scheduled(market: Market, *times: timedelta, kind: str = "offers.expiry") -> None:
    """Schedule work at these times from now, for the entities 1, 2, 3."""
    for number, after in enumerate(times, 1):
        tx = market.table.transaction()
        schedule(tx, kind, str(number), CLOCK.market() + after)
        tx.commit()


def listed(market: Market, size: int = 100, **criteria: object) -> list[dict[str, object]]:
    """Return all deadlines of a filter, page by page."""
    found: list[dict[str, object]] = []
    after = "0"
    while True:
        page = {"first": size, "after": after}
        answer = market.ada.call(LIST, {"filter": criteria, "page": page}).data["deadlines"]
        found += [edge["node"] for edge in answer["edges"]]
        if not answer["pageInfo"]["hasNextPage"]:
            return found
        after = answer["pageInfo"]["endCursor"]


@pytest.mark.parametrize("size", [2, 100])
def test_deadlines_are_listed_by_time(market: Market, size: int) -> None:
    scheduled(market, 3 * _DAY, -_DAY, 2 * _MINUTE, -_MINUTE, 6 * _DAY)
    found = [one for one in listed(market, size) if one["kind"] == "offers.expiry"]
    assert [one["entityId"] for one in found] == ["2", "4", "3", "1", "5"]
    assert [one["late"] for one in found] == [True, False, False, False, False]


def test_filters_apply_together(market: Market) -> None:
    scheduled(market, -_DAY, _DAY)
    scheduled(market, -2 * LATE, kind="milestones.release")
    late = listed(market, late_eq=True)
    assert {(one["kind"], one["entityId"]) for one in late} == {("offers.expiry", "1"), ("milestones.release", "1")}
    assert [one["entityId"] for one in listed(market, kind_eq="offers.expiry", late_eq=False)] == ["2"]
    assert len(listed(market, entityId_eq="1")) == 2
    tomorrow = (CLOCK.market() + _DAY).date().isoformat()
    day = {"rangeStart": tomorrow, "rangeEnd": tomorrow}
    assert [one["entityId"] for one in listed(market, dueDateTime_bt=day)] == ["2"]


def test_period_far_ahead_is_refused(market: Market) -> None:
    criteria = {"dueDateTime_bt": {"rangeEnd": (CLOCK.market() + 40 * _DAY).isoformat()}}
    assert market.ada.call(LIST, {"filter": criteria}).code == "UNPROCESSABLE_CONTENT"


def test_page_of_a_long_list_takes_few_round_trips(market: Market) -> None:
    scheduled(market, *(timedelta(hours=hours) for hours in range(1, 60)))
    answer = market.ada.call(LIST, {"page": {"first": 25}})
    assert len(answer.data["deadlines"]["edges"]) == 25
    assert answer.trips <= 6


def test_failed_work_tells_why(market: Market) -> None:
    scheduled(market, -_DAY)
    (stored,) = [one for one in market.deadlines() if one.kind == "offers.expiry"]
    tx = market.table.transaction()
    reschedule(tx, stored, CLOCK.market() + _MINUTE, "The function offers failed.")
    tx.commit()
    (shown,) = listed(market, kind_eq="offers.expiry")
    assert (shown["attempts"], shown["lastError"], shown["late"]) == (1, "The function offers failed.", True)


def test_operator_runs_work_now(market: Market) -> None:
    scheduled(market, 3 * _DAY)
    (planned,) = listed(market, kind_eq="offers.expiry")
    hastened = market.ada.call(RUN, {"id": planned["id"]}).data["runDeadline"]
    assert hastened["dueDateTime"] <= CLOCK.market().isoformat().replace("+00:00", "Z")
    (stored,) = [one for one in market.deadlines() if one.kind == "offers.expiry"]
    assert stored.since.startswith((CLOCK.market() + 3 * _DAY).date().isoformat())
    assert market.ada.call(RUN, {"id": hastened["id"]}).data["runDeadline"]["id"] == hastened["id"]
    assert [one.action for one in market.trail()] == ["runDeadline"], "repeated, it changes nothing"
    assert market.ada.call(RUN, {"id": planned["id"]}).code == "NOT_FOUND"
    assert market.ada.call(RUN, {"id": "nonsense"}).code == "NOT_FOUND"
