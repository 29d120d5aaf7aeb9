"""The relay turns the outbox records and due deadlines of a stream batch into events, and ignores the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson
import pytest

from souk.deadlines.model import DEADLINES, schedule
from souk.events.relay import relay
from souk.storage import Collection, Entity, Key, Table
from souk.values.times import stamp

NOW = datetime(2126, 7, 1, 9, 30, tzinfo=UTC)
THING: Collection[Entity] = Collection(
    "Thing", Entity, key=lambda: Key("THING#1", "T"), key_of=lambda _: Key("THING#1", "T")
)


class Bus:
    """A fake EventBridge bus. It refuses entries with the given ids."""

    def __init__(self, *refuse: str) -> None:
        self.refuse = refuse
        self.accepted: list[dict[str, Any]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        assert len(Entries) <= 10
        results = []
        for entry in Entries:
            detail = orjson.loads(entry["Detail"])
            if self.refuse and detail["payload"]["id"] in self.refuse:
                results.append({"ErrorCode": "ThrottlingException"})
            else:
                self.accepted.append({**entry, "Detail": detail})
                results.append({"EventId": "1"})
        return {"Entries": results}


@pytest.fixture
def records(table: Table) -> list[dict[str, Any]]:
    """Return stream records of 12 events, another record, and the removal of an old event."""
    for number in range(12):
        transaction = table.transaction()
        transaction.emit("JP", "NEW", str(number), to=(f"1{number}", "7", "7"))
        transaction.commit()
    items: list[dict[str, Any]] = table.client.scan(TableName=table.name)["Items"]
    inserts: list[dict[str, Any]] = [
        {
            "eventName": "INSERT",
            "dynamodb": {"Keys": {"PK": i["PK"], "SK": i["SK"]}, "NewImage": i, "SequenceNumber": str(n)},
        }
        for n, i in enumerate(sorted(items, key=lambda item: item["PK"]["S"]))
    ]
    other = {"Keys": {"PK": {"S": "JOB#1"}, "SK": {"S": "JOB"}}, "NewImage": {}, "SequenceNumber": "100"}
    removal = {"Keys": inserts[0]["dynamodb"]["Keys"], "OldImage": items[0], "SequenceNumber": "101"}
    return [*inserts, {"eventName": "MODIFY", "dynamodb": other}, {"eventName": "REMOVE", "dynamodb": removal}]


def test_events_are_put_on_the_bus(records: list[dict[str, Any]]) -> None:
    bus = Bus()
    assert relay(records, cast("Any", bus), "the-bus", NOW) == []
    assert [entry["Detail"]["payload"] for entry in bus.accepted] == [
        {"entity": "JP", "action": "NEW", "id": str(number)} for number in range(12)
    ]
    assert {(entry["Source"], entry["DetailType"], entry["EventBusName"]) for entry in bus.accepted} == {
        ("souk", "JP.NEW", "the-bus")
    }
    assert len({entry["Detail"]["id"] for entry in bus.accepted}) == 12
    assert [entry["Detail"]["audience"] for entry in bus.accepted] == [
        [f"1{entry['Detail']['payload']['id']}", "7"] for entry in bus.accepted
    ]


def test_refused_events_are_reported_and_logged(
    records: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    bus = Bus("3", "11")
    assert relay(records, cast("Any", bus), "the-bus", NOW) == ["3", "11"]
    assert [vars(record)["reason"] for record in caplog.records if "refused" in record.message] == (
        ["ThrottlingException"] * 2
    )
    assert len(bus.accepted) == 10


def test_only_due_deadlines_are_relayed(table: Table) -> None:
    transaction = table.transaction()
    for number, at in enumerate((NOW, NOW + timedelta(milliseconds=1), NOW + timedelta(days=1))):
        schedule(transaction, "offers.expiry", str(number), at)
    transaction.commit()
    items: list[dict[str, Any]] = table.client.scan(TableName=table.name)["Items"]
    cursor = {"PK": {"S": "DUE#CLOCK"}, "SK": {"S": "CURSOR"}, "type": {"S": "Cursor"}}
    records = [
        {
            "eventName": "INSERT",
            "dynamodb": {"Keys": {"PK": i["PK"], "SK": i["SK"]}, "NewImage": i, "SequenceNumber": str(n)},
        }
        for n, i in enumerate([*items, cursor])
    ]
    bus = Bus()
    assert relay(records, cast("Any", bus), "the-bus", NOW) == []
    (entry,) = bus.accepted
    assert (entry["Source"], entry["EventBusName"]) == ("souk.deadlines", "the-bus")
    key = entry["Detail"]["deadline"]
    assert key == {"hour": "2126-07-01T09", "at": stamp(NOW), "kind": "offers.expiry", "id": "0"}
    assert table.get(DEADLINES, key["hour"], key["at"], key["kind"], key["id"])
