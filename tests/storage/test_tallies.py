"""Tallies, whose numbers are incremented without being read."""

import pytest

from souk.storage import Entity, Key, Table, Tally
from souk.values.errors import Conflict


class Record(Entity):
    hires: int = 0
    hidden: int = 0  # a reserved word of DynamoDB
    spent: int = 0


RECORDS: Tally[Record] = Tally("Record", Record, key=lambda id_: Key(f"CLIENT#{id_}", "RECORD"))
KEY = RECORDS.key("1")


def test_tally_starts_at_zero_and_adds_in_one_write(table: Table) -> None:
    assert table.read_tally(RECORDS, "1") == Record()
    tx = table.transaction()
    tx.tally(RECORDS, KEY, hires=1, spent=250)
    tx.tally(RECORDS, KEY, spent=-50, hidden=1)
    tx.commit()
    assert table.read_tally(RECORDS, "1", consistent=True) == Record(hires=1, hidden=1, spent=200)
    items = table.batch_get([KEY, RECORDS.key("2")], attributes=RECORDS.attributes)
    assert RECORDS.decode(items[KEY]) == Record(hires=1, hidden=1, spent=200)
    assert RECORDS.key("2") not in items


def test_tally_changes_only_on_commit(table: Table) -> None:
    tx = table.transaction()
    tx.tally(RECORDS, KEY, hires=1)
    tx.count(Key("COUNT#1", "COUNT"), -1, at_least=0, refused=Conflict("There is nothing left."))
    with pytest.raises(Conflict, match="nothing left"):
        tx.commit()
    assert table.read_tally(RECORDS, "1", consistent=True) == Record()


def test_unknown_counter_of_tally_raises(table: Table) -> None:
    with pytest.raises(ValueError, match="does not count fires"):
        table.transaction().tally(RECORDS, KEY, fires=1)


def test_counter_stops_at_its_minimum(table: Table) -> None:
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


def test_derived_numbers_conflict_if_source_changed(table: Table) -> None:
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
