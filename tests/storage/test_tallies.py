"""Tallies: several numbers of one thing, added to in a transaction without being read."""

import pytest

from souk.storage import Entity, Key, Table, Tally
from souk.values.errors import Conflict


class Record(Entity):
    hires: int = 0
    hidden: int = 0  # a reserved word of DynamoDB
    spent: int = 0


RECORDS: Tally[Record] = Tally("Record", Record, key=lambda id_: Key(f"CLIENT#{id_}", "RECORD"))
KEY = RECORDS.key("1")


def test_it_begins_with_zeros_and_adds_up_in_one_write(table: Table) -> None:
    assert table.read_tally(RECORDS, "1") == Record()
    tx = table.transaction()
    tx.tally(RECORDS, KEY, hires=1, spent=250)
    tx.tally(RECORDS, KEY, spent=-50, hidden=1)
    tx.commit()
    assert table.read_tally(RECORDS, "1", consistent=True) == Record(hires=1, hidden=1, spent=200)
    items = table.batch_get([KEY, RECORDS.key("2")], attributes=RECORDS.attributes)
    assert RECORDS.decode(items[KEY]) == Record(hires=1, hidden=1, spent=200)
    assert RECORDS.key("2") not in items


def test_it_changes_with_its_transaction_or_not_at_all(table: Table) -> None:
    tx = table.transaction()
    tx.tally(RECORDS, KEY, hires=1)
    tx.count(Key("COUNT#1", "COUNT"), -1, at_least=0, refused=Conflict("There is nothing left."))
    with pytest.raises(Conflict, match="nothing left"):
        tx.commit()
    assert table.read_tally(RECORDS, "1", consistent=True) == Record()


def test_what_it_does_not_count_is_refused(table: Table) -> None:
    with pytest.raises(ValueError, match="does not count fires"):
        table.transaction().tally(RECORDS, KEY, fires=1)


def test_a_counter_with_a_floor_stops_there(table: Table) -> None:
    at = Key("COUNT#1", "COUNT")

    def count(by: int) -> None:
        tx = table.transaction()
        tx.count(at, by, at_least=0, refused=Conflict("There is nothing left."))
        tx.commit()

    with pytest.raises(Conflict):
        count(-1)
    count(5)
    count(-5)
    with pytest.raises(Conflict):
        count(-1)


def test_what_follows_from_other_numbers_is_set_only_while_those_are_as_they_were_seen(table: Table) -> None:
    def settle(seen: Record, spent: int) -> None:
        tx = table.transaction()
        tx.set_derived(RECORDS, KEY, seen, ("hires", "hidden"), spent=spent)
        tx.commit()

    before = table.read_tally(RECORDS, "1", consistent=True)
    settle(before, 7)
    assert table.read_tally(RECORDS, "1", consistent=True) == Record(spent=7)
    tx = table.transaction()
    tx.tally(RECORDS, KEY, hidden=1)
    tx.commit()
    with pytest.raises(Conflict, match="has changed since"):
        settle(before, 8)
    settle(table.read_tally(RECORDS, "1", consistent=True), 9)
    assert table.read_tally(RECORDS, "1", consistent=True) == Record(hidden=1, spent=9)
