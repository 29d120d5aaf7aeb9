"""The check of what the last release makes of today's documents. `record --check` runs it over every kind of item."""

import copy
from dataclasses import replace
from typing import Any

import orjson
import pytest

from souk.app import FUNCTIONS
from tests.upgrade import neighbours
from tests.upgrade.release import Item, Release, release_files


def changed(item: Item, **values: Any) -> Item:
    """Return an item with other values in its document."""
    other = copy.deepcopy(item)
    other["doc"]["S"] = orjson.dumps({**orjson.loads(item["doc"]["S"]), **values}).decode()
    return other


def test_last_release_keeps_what_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [item for item in Release.read(release_files()[-1]).items if "doc" in item]
    kinds = {item["type"]["S"]: item for item in items}
    offer, contract = kinds["Offer"], kinds["Contract"]
    newer = [changed(offer, later={"than": "it"}), changed(contract, status="FROZEN"), changed(contract, title=7)]
    unknown = changed(offer) | {"type": {"S": "Later"}}
    jobs = replace(FUNCTIONS["jobs"], writes=FUNCTIONS["jobs"].writes[1:])
    monkeypatch.setattr(neighbours, "FUNCTIONS", {**FUNCTIONS, "jobs": jobs})
    found = neighbours.problems([offer, contract, *newer, unknown])
    assert [one.partition(":")[0] for one in found] == [
        "Contract cannot be read",
        "Contract cannot be read",
        f"jobs may not write {FUNCTIONS['jobs'].writes[0]} any more",
    ]
