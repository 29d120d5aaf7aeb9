"""`souk lists`: attributes that items of an earlier release lack, and counters, while others write."""

from collections.abc import Callable
from typing import Any

import pytest

from souk.operations import lists
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Table
from tests.storage.test_lists import EVERYTHING, LAMPS, OF_SHOP, Lamp, counter_key, remove, shop, stock


@pytest.fixture
def deployment(table: Table, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """Return a deployment whose only list is that of a shop's lamps."""
    monkeypatch.setattr(lists, "stored_lists", lambda: (OF_SHOP,))
    return Deployment({"TableName": table.name}, lambda _service: table.client, "https://souk.test")


def as_of_an_earlier_release(table: Table, *numbers: int) -> None:
    """Store lamps without index keys, filters and counters."""
    for number in numbers:
        lamp = LAMPS.encode(Lamp(id=f"{number:04}", colour="blue", version=1))
        item = {name: value for name, value in lamp.items() if name[:3] != "GSI" and name[:2] != "f_"}
        table.client.put_item(TableName=table.name, Item=item)


def counted(table: Table, of: str = "bright") -> str:
    key = counter_key(of)
    item = table.client.get_item(TableName=table.name, Key={"PK": {"S": key.pk}, "SK": {"S": key.sk}}).get("Item", {})
    return str(item.get("counted", {}).get("N"))


def during(action: Callable[[], None]) -> Callable[[float], None]:
    """Return a wait in which something happens once."""
    pending = [action]
    return lambda _seconds: pending.pop()() if pending else None


def test_items_of_an_earlier_release_come_into_the_lists(table: Table, deployment: Deployment) -> None:
    as_of_an_earlier_release(table, 1, 2)
    stock(table, 3)
    assert [one.id for one in shop(table).page(EVERYTHING, 9).rows] == ["0003"]
    assert lists.rewrite(deployment) == 2
    page = shop(table).page(EVERYTHING, 9)
    assert [one.id for one in page.rows] == ["0003", "0002", "0001"]
    assert {one.version for one in page.rows} == {1}, "the lamps themselves stay as they are"
    assert lists.rewrite(deployment) == 0


def test_item_that_changes_meanwhile_is_left_to_its_writer(
    table: Table, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of_an_earlier_release(table, 1)
    update: Any = table.client.update_item

    def update_after_another(**request: Any) -> Any:
        update(TableName=table.name, Key=request["Key"], UpdateExpression="ADD version :one",
               ExpressionAttributeValues={":one": {"N": "1"}})  # fmt: skip
        return update(**request)

    monkeypatch.setattr(table.client, "update_item", update_after_another)
    assert lists.rewrite(deployment) == 0


def test_counters_are_made_for_a_table_without_them(table: Table, deployment: Deployment) -> None:
    as_of_an_earlier_release(table, 1, 2)
    stock(table, 3)
    stock(table, 4, shop="dark")
    lists.rewrite(deployment)
    assert counted(table) == "1"
    assert not lists.counted(deployment)
    assert lists.recount(deployment, lambda _: None) == 2
    assert lists.counted(deployment)
    assert (counted(table), counted(table, "dark")) == ("3", "1")


def test_counter_of_deleted_items_becomes_zero(table: Table, deployment: Deployment) -> None:
    as_of_an_earlier_release(table, 1)
    lists.rewrite(deployment)
    remove(table, shop(table).page(EVERYTHING, 9).rows[0])
    assert counted(table) == "-1"
    lists.recount(deployment, lambda _: None)
    assert counted(table) == "0"


def test_counter_that_changes_meanwhile_is_counted_again(table: Table, deployment: Deployment) -> None:
    stock(table, 1, 2)
    lists.recount(deployment, during(lambda: stock(table, 3)))
    assert counted(table) == "3"


def test_first_item_meanwhile_is_counted(table: Table, deployment: Deployment) -> None:
    """A counter that did not exist when it was read is not overwritten either."""
    as_of_an_earlier_release(table, 1)
    lists.rewrite(deployment)
    lists.recount(deployment, during(lambda: stock(table, 2)))
    assert counted(table) == "2"


def test_counter_that_always_changes_is_reported(table: Table, deployment: Deployment) -> None:
    stock(table, 1)
    numbers = iter(range(10, 99))
    with pytest.raises(Problem, match="SHOP#bright changes all the time"):
        lists.recount(deployment, lambda _: stock(table, next(numbers)))
