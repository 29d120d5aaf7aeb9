"""Operators see the events of a week, newest first, and send them again."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from souk.domains.machinery.commands import replays
from souk.runtime import aws
from tests.domains.identity.people import ACME, RIVAL
from tests.domains.operator.conftest import Market
from tests.support.clock import CLOCK

LIST = """query Events($filter: DomainEventFilter!, $page: Pagination) {
  domainEvents(filter: $filter, pagination: $page) {
    edges { node { id entity action entityId organizations { name } occurredDateTime } }
  pageInfo { endCursor hasNextPage } } }"""
REPLAY = "mutation Replay($input: ReplayDomainEventsInput!) { replayDomainEvents(input: $input) }"
_DAY = timedelta(days=1)


class Bus:
    """EventBridge, which keeps what is put on it."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.details += [orjson.loads(entry["Detail"]) for entry in Entries]
        return {"Entries": [{} for _ in Entries]}


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    made = Bus()
    monkeypatch.setattr(aws, "events", lambda: made)
    monkeypatch.setattr(replays, "settings", lambda: type("Own", (), {"bus": "bus"}))
    return made


def emit(market: Market, number: int, entity: str = "OFFER") -> None:
    """Emit events about entities 1, 2, 3 and so on, an hour apart."""
    for one in range(1, number + 1):
        CLOCK.at(CLOCK.market() + timedelta(hours=1))
        tx = market.table.transaction()
        tx.emit(entity, "CREATE", str(one), to=[ACME, RIVAL])
        tx.commit()


def week() -> dict[str, str]:
    return {"rangeStart": (CLOCK.market() - 7 * _DAY).isoformat(), "rangeEnd": CLOCK.market().isoformat()}


@pytest.mark.parametrize("size", [7, 100])
def test_events_are_listed_newest_first(market: Market, size: int) -> None:
    emit(market, 40)
    found, after, span = [], "0", week()
    while True:
        variables = {
            "filter": {"occurredDateTime_bt": span, "entity_eq": "OFFER"},
            "page": {"first": size, "after": after},
        }
        answer = market.ada.call(LIST, variables)
        page = answer.data["domainEvents"]
        assert answer.trips <= 6
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert [one["entityId"] for one in found] == [str(number) for number in range(40, 0, -1)]
    assert {one["name"] for one in found[0]["organizations"]} == {"Acme", "Rival"}


def test_events_are_kept_for_a_week(market: Market) -> None:
    early = {"rangeStart": (CLOCK.market() - 9 * _DAY).isoformat()}
    assert market.ada.call(LIST, {"filter": {"occurredDateTime_bt": early}}).code == "UNPROCESSABLE_CONTENT"


def test_events_are_sent_again_once_for_a_key(market: Market, bus: Bus) -> None:
    emit(market, 3)
    emit(market, 2, "JP")
    request = {
        "occurredDateTime_bt": week(),
        "entity": "OFFER",
        "reason": "Their receiver was down",
        "idempotencyKey": "again",
    }
    for _ in range(2):
        assert market.ada.call(REPLAY, {"input": request}).data["replayDomainEvents"] == 3
    market.souk.run_due()
    assert {one["payload"]["id"] for one in bus.details} == {"1", "2", "3"}
    assert all(one["again"] for one in bus.details)
    assert [one.action for one in market.trail()] == ["replayDomainEvents"]
    other = request | {"entity": "JP"}
    assert market.ada.call(REPLAY, {"input": other}).code == "CONFLICT"


def test_chosen_events_are_sent_again(market: Market, bus: Bus) -> None:
    emit(market, 3)
    listed = market.ada.call(LIST, {"filter": {"occurredDateTime_bt": week(), "entity_eq": "OFFER"}})
    ids = [edge["node"]["id"] for edge in listed.data["domainEvents"]["edges"][:2]]
    request = {"occurredDateTime_bt": week(), "ids": ids, "reason": "Lost", "idempotencyKey": "two"}
    assert market.ada.call(REPLAY, {"input": request}).data["replayDomainEvents"] == 2
    market.souk.run_due()
    assert {one["id"] for one in bus.details} == set(ids)


def test_too_many_events_are_refused(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "MAX_EVENTS", 3)
    emit(market, 4)
    request = {"occurredDateTime_bt": week(), "reason": "All", "idempotencyKey": "many"}
    assert market.ada.call(REPLAY, {"input": request}).code == "UNPROCESSABLE_CONTENT"
    assert market.trail() == []
