"""Operators rebuild a search index, which a deadline does in parts."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.machinery.commands import rebuilds
from souk.domains.machinery.providers import indexes
from souk.domains.machinery.store import REBUILDS
from souk.runtime import aws
from souk.search.snapshot import Pointer
from souk.values.errors import SoukError
from tests.domains.operator.conftest import Market
from tests.support.clock import CLOCK

REBUILD = """mutation Rebuild($index: String!) { rebuildSearchIndex(index: $index, reason: "Numbers differ") {
  index documents lagSeconds rebuilding builtDateTime } }"""
META = '{"segments": [{"max_doc": 9, "deletes": {"num_deleted_docs": 2}}, {"max_doc": 1, "deletes": null}]}'


class Indexer:
    """The search indexer, whose table has three parts."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.broken = False

    def __call__(self, function: str, event: dict[str, Any], *, alias: str | None) -> dict[str, Any]:
        assert alias is None, "a stream invokes the indexer, and follows no alias"
        assert (function, event["index"]) == ("search_indexer", "gigs")
        if self.broken:
            raise SoukError("The function search_indexer failed; it may or may not have done its work.")
        step = event["rebuild"]
        self.steps.append(step if step != "scan" else f"scan {event['start'] and event['start']['PK']}")
        following = {"None": "B", "B": "C", "C": None}
        match step:
            case "begin":
                return {"index": "gigs", "generation": "new"}
            case "scan":
                at = following[event["start"]["PK"] if event["start"] else "None"]
                return {"index": "gigs", "next": {"PK": at, "SK": at} if at else None}
        return {"index": "gigs", "finished": True}


@pytest.fixture
def indexer(monkeypatch: pytest.MonkeyPatch) -> Indexer:
    made = Indexer()
    monkeypatch.setattr(aws, "invoke", made)
    monkeypatch.setattr(indexes, "states", lambda: {"gigs": Pointer(meta=META).state})
    monkeypatch.setattr(indexes, "lag_seconds", lambda _now: 3)
    return made


def test_index_is_rebuilt_in_parts(market: Market, indexer: Indexer) -> None:
    shown = market.ada.call(REBUILD, {"index": "gigs"}).data["rebuildSearchIndex"]
    assert shown == {"index": "gigs", "documents": 8, "lagSeconds": 3, "rebuilding": True, "builtDateTime": None}
    assert market.ada.call(REBUILD, {"index": "gigs"}).data["rebuildSearchIndex"]["rebuilding"]
    assert [one.action for one in market.trail()] == ["rebuildSearchIndex"], "one that runs stays as it is"
    market.souk.run_due()
    assert indexer.steps == ["begin", "scan None", "scan B", "scan C", "finish"]
    done = market.table.get(REBUILDS, "gigs")
    assert done
    assert (done.running, bool(done.built)) == (False, True)


def test_rebuild_goes_on_where_it_stopped(market: Market, indexer: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    market.ada.call(REBUILD, {"index": "gigs"})
    monkeypatch.setattr(rebuilds, "_SECONDS", 0.0)
    rebuilds.run(market.souk.tables["operator"], "gigs", CLOCK.market())
    assert indexer.steps == []
    monkeypatch.setattr(rebuilds, "_SECONDS", 60.0)
    market.souk.run_due()
    assert indexer.steps[-1] == "finish"


def test_rebuild_that_fails_again_and_again_is_given_up(market: Market, indexer: Indexer) -> None:
    market.ada.call(REBUILD, {"index": "gigs"})
    indexer.broken = True
    for _ in range(5):
        market.souk.run_due(CLOCK.market() + timedelta(minutes=2))
    given_up = market.table.get(REBUILDS, "gigs")
    assert given_up
    assert (given_up.running, given_up.failures, given_up.built) == (False, 5, None)
    indexer.broken = False
    assert market.ada.call(REBUILD, {"index": "gigs"}).data["rebuildSearchIndex"]["rebuilding"]


def test_unknown_index_is_not_found(market: Market) -> None:
    assert market.ada.call(REBUILD, {"index": "nothing"}).code == "NOT_FOUND"
