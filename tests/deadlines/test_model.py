"""Deadlines in the table."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from souk.deadlines.model import DEADLINES, Deadline, hour_of, reschedule, schedule
from souk.storage import Key, Table
from souk.values.errors import Conflict, Forbidden
from souk.values.times import stamp
from tests.support.clock import CLOCK

LATER = datetime(2126, 7, 1, 9, 30, tzinfo=UTC)


def keys(table: Table) -> list[tuple[str, str]]:
    items: list[dict[str, Any]] = table.client.scan(TableName=table.name)["Items"]
    return sorted((item["PK"]["S"], item["SK"]["S"]) for item in items)


def schedule_work(table: Table, at: datetime, kind: str = "offers.expiry", entity_id: str = "1") -> None:
    tx = table.transaction()
    schedule(tx, kind, entity_id, at)
    tx.commit()


def stored(table: Table) -> Deadline:
    (item,) = table.client.scan(TableName=table.name)["Items"]
    return DEADLINES.decode(item)


def test_key_has_utc_hour_and_time(table: Table) -> None:
    schedule_work(table, LATER.astimezone(timezone(timedelta(hours=-7))))
    assert keys(table) == [("DUE#2126-07-01T09", "2126-07-01T09:30:00.000Z#offers.expiry#1")]
    deadline = stored(table)
    assert (deadline.kind, deadline.id, deadline.at, deadline.attempts) == ("offers.expiry", "1", stamp(LATER), 0)


def test_scheduling_twice_creates_one_item(table: Table) -> None:
    tx = table.transaction()
    schedule(tx, "offers.expiry", "1", LATER)
    schedule(tx, "offers.expiry", "1", LATER)
    tx.commit()
    first = stored(table)
    schedule_work(table, LATER)
    assert len(keys(table)) == 1
    with pytest.raises(Conflict):
        delete(table, first)  # the poller has not seen the second scheduling
    delete(table, stored(table))
    assert not keys(table)


def delete(table: Table, deadline: Deadline) -> None:
    tx = table.transaction()
    tx.delete(DEADLINES, deadline)
    tx.commit()


def test_overdue_deadline_is_in_current_hour(table: Table) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    before = CLOCK.market()
    schedule_work(table, long_ago)
    after = CLOCK.market()
    deadline = stored(table)
    assert deadline.at == stamp(long_ago)
    assert hour_of(before) <= deadline.hour <= hour_of(after)


def test_time_is_rounded_up_to_milliseconds(table: Table) -> None:
    schedule_work(table, LATER + timedelta(microseconds=1))
    assert stored(table).at == "2126-07-01T09:30:00.001Z"


def test_time_without_zone_raises(table: Table) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        schedule(table.transaction(), "offers.expiry", "1", LATER.replace(tzinfo=None))


def test_deadline_is_written_only_on_commit(table: Table) -> None:
    tx = table.transaction()
    schedule(tx, "offers.expiry", "1", LATER)
    tx.count(Key("COUNT#1", "COUNT"), -1, at_least=0, refused=Conflict("There is nothing left."))
    with pytest.raises(Conflict, match="nothing left"):
        tx.commit()
    assert not keys(table)


def test_function_without_permission_cannot_schedule(table: Table) -> None:
    other = Table(table.client, table.name, CLOCK, writes=("OFFER#",))
    with pytest.raises(Forbidden):
        schedule_work(other, LATER)


def test_reschedule_moves_deadline_and_counts_attempts(table: Table) -> None:
    schedule_work(table, LATER)
    for attempts in (1, 2):
        tx = table.transaction()
        reschedule(tx, stored(table), LATER + timedelta(hours=attempts))
        tx.commit()
        assert (stored(table).attempts, stored(table).at) == (attempts, stamp(LATER + timedelta(hours=attempts)))
    assert len(keys(table)) == 1
