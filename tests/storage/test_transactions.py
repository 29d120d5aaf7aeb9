"""Transactions are all or nothing."""

from typing import Any

import pytest

from souk.storage import Collection, Entity, Key, Table
from souk.storage.transaction import OUTBOX
from souk.values.errors import Conflict, Forbidden, Unprocessable
from tests.support.clock import CLOCK


class Lamp(Entity):
    id: str
    colour: str = ""
    seller: str = ""


def lamp_key(lamp_id: str) -> Key:
    return Key(f"LAMP#{lamp_id}", "LAMP")


LAMPS: Collection[Lamp] = Collection(
    name="Lamp",
    model=Lamp,
    key=lamp_key,
    key_of=lambda lamp: lamp_key(lamp.id),
    indexes={"GSI1": lambda lamp: Key(f"SELLER#{lamp.seller}", lamp.id) if lamp.seller else None},
)


def create(table: Table, **fields: str) -> Lamp:
    transaction = table.transaction()
    lamp = transaction.create(LAMPS, Lamp(**fields))
    transaction.commit()
    return lamp


def commit(table: Table, change: str, lamp: Lamp) -> None:
    """Commit one operation, by the name of its method."""
    tx = table.transaction()
    getattr(tx, change)(LAMPS, lamp)
    tx.commit()


def everything(table: Table) -> list[tuple[str, str]]:
    items = table.client.scan(TableName=table.name)["Items"]
    return sorted((item["PK"]["S"], item["version"]["N"] if "version" in item else "") for item in items)


def test_created_entity_is_read_with_version(table: Table) -> None:
    lamp = create(table, id="1", colour="red")
    assert lamp.version == 1
    assert table.get(LAMPS, "1") == lamp


def test_every_write_increments_version(table: Table) -> None:
    lamp = create(table, id="1", colour="red")
    for expected in (2, 3):
        transaction = table.transaction()
        lamp = transaction.update(LAMPS, lamp.model_copy(update={"colour": f"colour {expected}"}))
        transaction.commit()
        assert lamp.version == expected
    assert table.get(LAMPS, "1") == lamp


def test_append_only_items_are_created_and_never_replaced(table: Table) -> None:
    own = Table(table.client, table.name, CLOCK, appends=("LAMP#",))
    lamp = create(own, id="1", colour="red")
    with pytest.raises(Conflict, match="already exists"):
        create(own, id="1", colour="blue")
    for change in ("update", "delete", "replace"):
        with pytest.raises(Forbidden, match="may not write keys that begin with LAMP#"):
            commit(own, change, lamp)
    with pytest.raises(Forbidden):
        own.transaction().count(lamp_key("1"))
    assert table.get(LAMPS, "1") == lamp


def test_second_of_two_writers_gets_conflict(table: Table) -> None:
    lamp = create(table, id="1", colour="red")
    first, second = table.transaction(), table.transaction()
    first.update(LAMPS, lamp.model_copy(update={"colour": "blue"}))
    second.update(LAMPS, lamp.model_copy(update={"colour": "green"}))
    second.emit("LAMP", "PAINT", "1", to=())
    first.commit()
    with pytest.raises(Conflict, match="has changed since it was read"):
        second.commit()
    stored = table.get(LAMPS, "1")
    assert stored is not None
    assert stored.colour == "blue"
    assert everything(table) == [("LAMP#1", "2")]  # and no event of the second writer


def test_creating_existing_entity_raises_given_error(table: Table) -> None:
    create(table, id="1")
    transaction = table.transaction()
    transaction.create(LAMPS, Lamp(id="1"), refused=Conflict("That lamp is sold."))
    with pytest.raises(Conflict, match="That lamp is sold"):
        transaction.commit()


def test_failed_condition_rolls_back_transaction(table: Table) -> None:
    lamp = create(table, id="1")
    transaction = table.transaction()
    transaction.create(LAMPS, Lamp(id="2"))
    transaction.check(LAMPS, lamp.model_copy(update={"version": 7}))
    transaction.emit("LAMP", "NEW", "2", to=())
    with pytest.raises(Conflict):
        transaction.commit()
    assert everything(table) == [("LAMP#1", "1")]


def test_check_absent_fails_if_item_exists(table: Table) -> None:
    def write(lamp_id: str) -> None:
        transaction = table.transaction()
        transaction.check_absent(LAMPS, "1", refused=Conflict("There is a lamp."))
        transaction.create(LAMPS, Lamp(id=lamp_id))
        transaction.commit()

    write("2")
    create(table, id="1")
    with pytest.raises(Conflict, match="There is a lamp"):
        write("3")
    assert everything(table) == [("LAMP#1", "1"), ("LAMP#2", "1")]


def test_delete_requires_current_version(table: Table) -> None:
    lamp = create(table, id="1")
    stale = table.transaction()
    stale.delete(LAMPS, lamp.model_copy(update={"version": 0}))
    with pytest.raises(Conflict):
        stale.commit()
    transaction = table.transaction()
    transaction.delete(LAMPS, lamp)
    transaction.commit()
    assert table.get(LAMPS, "1") is None


def test_unique_value_has_one_holder(table: Table) -> None:
    def reserve(holder: str) -> None:
        transaction = table.transaction()
        transaction.reserve("UNIQ#slug#lamp", holder, Conflict("This slug is taken."))
        transaction.commit()

    reserve("LAMP#1")
    reserve("LAMP#1")  # reserving it again changes nothing
    with pytest.raises(Conflict, match="slug is taken"):
        reserve("LAMP#2")
    transaction = table.transaction()
    transaction.release("UNIQ#slug#lamp", "LAMP#1")
    transaction.commit()
    reserve("LAMP#2")


def test_event_is_written_with_its_cause(table: Table) -> None:
    transaction = table.transaction()
    transaction.create(LAMPS, Lamp(id="1"))
    transaction.emit("LAMP", "NEW", "1", to=())
    transaction.commit()
    [item] = [i for i in table.client.scan(TableName=table.name)["Items"] if i["PK"]["S"].startswith("OUTBOX#")]
    event = OUTBOX.decode(item)
    assert (event.entity, event.action, event.id) == ("LAMP", "NEW", "1")
    assert item["ttl"]["N"] == str(event.expires)


def test_function_writes_only_its_own_keys(table: Table) -> None:
    own = Table(table.client, table.name, CLOCK, writes=("LAMP#",))
    create(own, id="1")
    with pytest.raises(Forbidden, match="begin with OUTBOX#"):
        own.transaction().emit("LAMP", "NEW", "1", to=())
    with pytest.raises(Forbidden, match=r"begin with LAMP#\. Add this prefix to WRITES in the store\.py"):
        Table(table.client, table.name, CLOCK).transaction().create(LAMPS, Lamp(id="2"))
    with pytest.raises(Forbidden, match=r"begin with UNIQ#colour#\."):
        own.transaction().reserve("UNIQ#colour#red", "1", Conflict("This colour is taken."))
    assert everything(table) == [("LAMP#1", "1")]


def test_too_large_write_is_refused(table: Table) -> None:
    with pytest.raises(Unprocessable, match="the limit is"):
        table.transaction().create(LAMPS, Lamp(id="1", colour="x" * 400_000))
    transaction = table.transaction()
    for number in range(101):
        transaction.create(LAMPS, Lamp(id=str(number)))
    with pytest.raises(Unprocessable, match="the limit is 100"):
        transaction.commit()
    assert everything(table) == []


@pytest.mark.parametrize("lamp_id", ["x" * 2_044, "ü" * 1_022])
def test_impossible_key_is_not_read(table: Table, lamp_id: str) -> None:
    create(table, id="1")
    before = table.trips
    assert table.get(LAMPS, lamp_id) is None
    assert table.query(LAMPS, f"SELLER#{lamp_id}", index="GSI1").items == []
    assert table.holder(f"UNIQ#{lamp_id}") is None
    assert table.batch_get([lamp_key(lamp_id)]) == {}
    assert table.trips == before
    assert list(table.batch_get([lamp_key("1"), lamp_key(lamp_id)])) == [lamp_key("1")]


def test_impossible_key_is_not_written(table: Table) -> None:
    longest = create(table, id="x" * 2_043)
    assert table.get(LAMPS, longest.id) == longest
    transaction = table.transaction()
    with pytest.raises(Unprocessable, match="is empty or too long"):
        transaction.create(LAMPS, Lamp(id="x" * 2_044))
    with pytest.raises(Unprocessable, match="is empty or too long"):
        transaction.create(LAMPS, Lamp(id="x" * 1_025, seller="s"))
    with pytest.raises(Unprocessable, match="is empty or too long"):
        transaction.reserve("UNIQ#" + "x" * 2_044, "1", Conflict("This is taken."))


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_transaction_conflict_is_retried(table: Table, monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    write: Any = table.client.transact_write_items
    refusals = [reason, reason]

    def crowded(**request: Any) -> Any:
        if refusals:
            reasons: list[Any] = [{"Code": "None"}, {"Code": refusals.pop()}]
            raise table.client.exceptions.TransactionCanceledException(
                {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons},
                "TransactWriteItems",
            )
        return write(**request)

    monkeypatch.setattr(table.client, "transact_write_items", crowded)
    transaction = table.transaction()
    transaction.create(LAMPS, Lamp(id="1"))
    transaction.emit("LAMP", "NEW", "1", to=())
    transaction.commit()
    assert len(everything(table)) == 2


def test_unprocessed_keys_are_requested_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        create(table, id=str(number))
    read: Any = table.client.batch_get_item

    def throttled(RequestItems: dict[str, Any]) -> Any:  # noqa: N803 - boto3's name
        [(name, request)] = RequestItems.items()
        answer = read(RequestItems={name: {**request, "Keys": request["Keys"][:1]}})
        unprocessed = request["Keys"][1:]
        return {**answer, "UnprocessedKeys": {name: {**request, "Keys": unprocessed}} if unprocessed else {}}

    monkeypatch.setattr(table.client, "batch_get_item", throttled)
    keys = [lamp_key(str(number)) for number in range(3)]
    assert list(table.batch_get(keys)) == keys


def test_batch_is_one_round_trip(table: Table) -> None:
    transaction = table.transaction()
    for number in range(50):
        transaction.create(LAMPS, Lamp(id=str(number)))
    transaction.commit()
    before = table.trips
    items = table.batch_get([lamp_key(str(number)) for number in range(150)] * 2, consistent=True)
    assert len(items) == 50
    assert table.trips == before + 1
    assert table.batch_get([]) == {}
    assert table.trips == before + 1


def test_index_pages_are_in_order_without_gaps(table: Table) -> None:
    for number in range(7):
        create(table, id=str(number), seller="s" if number != 3 else "")
    seen: list[str] = []
    start = None
    while True:
        page = table.query(LAMPS, "SELLER#s", index="GSI1", limit=2, newest_first=True, start=start)
        seen += [lamp.id for lamp in page.items]
        start = page.next_key
        if start is None:
            break
    assert seen == ["6", "5", "4", "2", "1", "0"]
    between = table.query(LAMPS, "SELLER#s", index="GSI1", between=("1", "4"))
    assert [lamp.id for lamp in between.items] == ["1", "2", "4"]
