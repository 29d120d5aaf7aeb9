"""Counters, which change in transactions."""

import pytest

from souk.storage import Key, Table, counter_value
from souk.storage.transaction import OUTBOX
from souk.values.errors import Conflict, Forbidden
from tests.support.clock import CLOCK

KEY = Key("JOB#BY#1", "POSTED")


def test_counter_starts_at_zero_and_changes_on_commit(table: Table) -> None:
    assert counter_value(table.batch_get([KEY]).get(KEY)) == 0
    for by in (1, 2):
        tx = table.transaction()
        tx.count(KEY, by)
        tx.commit()
    assert counter_value(table.batch_get([KEY])[KEY]) == 3

    first = table.transaction()
    first.emit("JP", "NEW", "1", to=())
    first.commit()
    (event,) = table.client.scan(
        TableName=table.name, FilterExpression="SK = :s", ExpressionAttributeValues={":s": {"S": "EVENT"}}
    )["Items"]
    refused = table.transaction()
    refused.create(OUTBOX, OUTBOX.decode(event))
    refused.count(KEY)
    with pytest.raises(Conflict):
        refused.commit()
    assert counter_value(table.batch_get([KEY])[KEY]) == 3


def test_counter_stops_at_its_maximum(table: Table) -> None:
    full = Conflict("There is no more room.")

    def count(by: int) -> None:
        tx = table.transaction()
        tx.count(KEY, by, at_most=3, refused=full)
        tx.commit()

    count(2)
    with pytest.raises(Conflict, match="room"):
        count(2)
    count(1)
    with pytest.raises(Conflict, match="room"):
        count(1)
    count(-1)
    count(1)
    assert counter_value(table.batch_get([KEY])[KEY]) == 3


def test_counter_of_other_function_is_forbidden(table: Table) -> None:
    with pytest.raises(Forbidden):
        Table(table.client, table.name, CLOCK, writes=("FILE#",)).transaction().count(KEY)
