"""Rate limits and usage counters."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.authentication.rate_limits import MAILS_PER_HOUR, PER_DAY, Allowance, Meter, Usage
from souk.storage import Table
from souk.values.errors import TooManyRequests
from tests.support.table import COUNTERS

NOON = datetime(2026, 3, 1, 12, 0, 20, tzinfo=UTC)


@pytest.fixture
def meter(table: Table) -> Meter:
    return Meter(table.client, COUNTERS, per_minute=3, per_day=3)


def test_address_limit_per_minute(meter: Meter) -> None:
    for second in range(3):
        meter.admit_address("192.0.2.1", NOON + timedelta(seconds=second))
    with pytest.raises(TooManyRequests) as refused:
        meter.admit_address("192.0.2.1", NOON + timedelta(seconds=10))
    assert (refused.value.limit, refused.value.reset) == (3, 30)
    meter.admit_address("192.0.2.2", NOON)
    meter.admit_address("192.0.2.1", NOON + timedelta(seconds=40))


def test_minute_counter_has_ttl(meter: Meter, table: Table) -> None:
    meter.admit_address("192.0.2.1", NOON)
    [item] = table.client.scan(TableName=COUNTERS)["Items"]
    assert int(item["ttl"]["N"]) > NOON.timestamp() + 60


def test_addresses_are_not_counted_behind_firewall(table: Table) -> None:
    meter = Meter(table.client, COUNTERS)
    meter.admit_address("192.0.2.1", NOON)
    assert table.client.scan(TableName=COUNTERS)["Items"] == []


def test_key_limit_per_day(meter: Meter) -> None:
    left = [meter.admit_key("shop", NOON).remaining for _ in range(3)]
    assert left == [2, 1, 0]
    with pytest.raises(TooManyRequests) as refused:
        meter.admit_key("shop", NOON)
    assert (refused.value.limit, refused.value.reset) == (3, 43_180)
    assert meter.admit_key("other", NOON) == Allowance(3, 2, 43_180)
    assert meter.admit_key("shop", NOON + timedelta(hours=12)).remaining == 2


def test_late_clock_does_not_reset_day(meter: Meter) -> None:
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    meter.admit_key("shop", midnight)
    assert meter.admit_key("shop", midnight - timedelta(milliseconds=5)).remaining == 1
    assert meter.admit_key("shop", midnight).remaining == 0


def test_concurrent_first_request_of_day_is_counted(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    count: Any = meter.client.update_item
    beaten: list[Any] = []

    def lose_race(**request: Any) -> Any:
        if "SET #day" in request["UpdateExpression"] and not beaten:
            beaten.append(count(**request))
        return count(**request)

    monkeypatch.setattr(meter.client, "update_item", lose_race)
    assert meter.admit_key("shop", NOON).remaining == 1, "both were counted"


def test_day_of_person_is_written_once_a_day(meter: Meter, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many requests there are, and however many processes serve them."""
    calls: list[str] = []
    update = table.client.update_item

    def counting(**request: Any) -> Any:
        calls.append(request["Key"]["PK"]["S"])
        return update(**request)

    monkeypatch.setattr(table.client, "update_item", counting)
    assert meter.last_seen([]) == meter.last_seen(["7", "8"]) == {}
    for minute in range(5):
        meter.see("7", NOON + timedelta(minutes=minute))
    meter.see("8", NOON)
    assert calls == ["PERSON#7", "PERSON#8"]
    assert meter.last_seen(["7", "8", "9", "7"]) == {"7": "2026-03-01", "8": "2026-03-01"}
    meter.see("7", NOON + timedelta(days=1))
    other = Meter(table.client, COUNTERS)
    other.see("7", NOON)  # its clock is behind
    assert calls[2:] == ["PERSON#7", "PERSON#7"]
    assert meter.last_seen(["7"]) == {"7": "2026-03-02"}


def test_process_remembers_a_bounded_number_of_people(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.authentication.rate_limits._REMEMBERED", 2)
    for user_id in ("1", "2", "3", "1"):
        meter.see(user_id, NOON)
    assert len(meter._seen) <= 2  # noqa: SLF001 - nothing else shows it
    assert set(meter.last_seen(["1", "2", "3"])) == {"1", "2", "3"}


def test_usage_of_keys(meter: Meter) -> None:
    meter.admit_key("shop", NOON - timedelta(days=1))
    meter.admit_key("till", NOON)
    meter.admit_key("till", NOON + timedelta(seconds=1))
    assert meter.usage(["shop", "till", "never"], NOON) == {
        "shop": Usage(0, "2026-02-28T12:00:20.000Z"),
        "till": Usage(2, "2026-03-01T12:00:21.000Z"),
        "never": Usage(0, None),
    }
    assert meter.usage([], NOON) == {}


def test_usage_reads_hundred_keys_at_once(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    meter.admit_key("key-149", NOON)
    read: Any = meter.client.batch_get_item
    sizes: list[int] = []

    def throttled_once(**request: Any) -> Any:
        keys = request["RequestItems"][COUNTERS]["Keys"]
        sizes.append(len(keys))
        if len(keys) < 100:
            return read(**request)
        answer = read(RequestItems={COUNTERS: {"Keys": keys[:60]}})
        return {**answer, "UnprocessedKeys": {COUNTERS: {"Keys": keys[60:]}}}

    monkeypatch.setattr(meter.client, "batch_get_item", throttled_once)
    usage = meter.usage([f"key-{number}" for number in range(150)], NOON)
    assert sorted(sizes) == [40, 50, 100]
    assert len(usage) == 150
    assert usage["key-149"].today == 1


def test_limits_match_contract() -> None:
    assert PER_DAY == 40_000


def test_mail_limit_per_hour(meter: Meter, table: Table) -> None:
    for _ in range(MAILS_PER_HOUR):
        meter.admit_mail("ada@quill.test", NOON)
    with pytest.raises(TooManyRequests) as refused:
        meter.admit_mail(" Ada@Quill.test", NOON)
    assert refused.value.reset == 3_580
    meter.admit_mail("ada@quill.test", NOON + timedelta(hours=1))
    meter.admit_mail("olivia@acme.test", NOON)
    assert "quill" not in str(table.client.scan(TableName=COUNTERS)["Items"])
