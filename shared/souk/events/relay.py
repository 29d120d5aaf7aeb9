"""The relay from the table's stream to the event bus. Outbox records become events (source `souk`).

Deadlines that are already due when they are stored also go to the bus (source `souk.deadlines`), and from there to the
clock. So the clock does not have to read the stream. It finds future deadlines by itself.

Delivery is at least once. EventBridge may accept some entries of a batch and refuse others. The relay reports the
refused ones to the stream, which sends them again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from souk.deadlines.model import DEADLINES, DUE_PREFIX
from souk.runtime.log import logger
from souk.storage.transaction import OUTBOX, OUTBOX_PREFIX, Event
from souk.values.times import stamp

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "souk"
DEADLINES_SOURCE = "souk.deadlines"
_MAX_ENTRIES = 10
"""EventBridge's limit for one PutEvents."""


def relay(records: Iterable[Mapping[str, Any]], client: "EventBridgeClient", bus: str, now: datetime) -> list[str]:
    """Put the events of a stream batch on the bus. Returns the sequence numbers of the records that the bus refused."""
    pending = [(record["dynamodb"]["SequenceNumber"], entry) for record in records if (entry := _entry(record, now))]
    return _put(pending, client, bus)


def publish(events: Iterable[Event], client: "EventBridgeClient", bus: str) -> list[str]:
    """Put events on the bus again, for their receivers too. Returns the ids of those that the bus refused."""
    return _put([(event.event_id, _event(event, again=True)) for event in events], client, bus)


def _put(
    pending: "Sequence[tuple[str, PutEventsRequestEntryTypeDef]]", client: "EventBridgeClient", bus: str
) -> list[str]:
    failed: list[str] = []
    for start in range(0, len(pending), _MAX_ENTRIES):
        batch = pending[start : start + _MAX_ENTRIES]
        response = client.put_events(Entries=[{"EventBusName": bus, **entry} for _, entry in batch])
        for (name, entry), result in zip(batch, response["Entries"], strict=True):
            if "ErrorCode" in result:
                logger.warning("The bus refused an event", detail=entry.get("Detail"), reason=result["ErrorCode"])
                failed.append(name)
    return failed


def _entry(record: Mapping[str, Any], now: datetime) -> "PutEventsRequestEntryTypeDef | None":
    """Return the bus entry for a stream record, or None unless it is a new event or a new deadline that is due."""
    if record["eventName"] != "INSERT":
        return None
    pk, image = record["dynamodb"]["Keys"]["PK"]["S"], record["dynamodb"]["NewImage"]
    if pk.startswith(OUTBOX_PREFIX):
        return _event(OUTBOX.decode(image))
    if pk.startswith(DUE_PREFIX) and image["type"]["S"] == DEADLINES.name:
        return _deadline(image, now)
    return None


def _event(event: Event, *, again: bool = False) -> "PutEventsRequestEntryTypeDef":
    """Return the bus entry of an event. `again` has those receive it who have received it already."""
    detail = {
        "id": event.event_id,
        "occurredAt": event.occurred_at,
        "audience": event.audience,
        "opens": event.opens,
        "payload": {"entity": event.entity, "action": event.action, "id": event.id},
    }
    if again:
        detail["again"] = True
    return {
        "Source": SOURCE,
        "DetailType": f"{event.entity}.{event.action}",
        "Detail": orjson.dumps(detail).decode(),
        "Resources": [],
    }


def _deadline(image: Mapping[str, Any], now: datetime) -> "PutEventsRequestEntryTypeDef | None":
    deadline = DEADLINES.decode(image)
    if deadline.at > stamp(now):
        return None
    key = {"hour": deadline.hour, "at": deadline.at, "kind": deadline.kind, "id": deadline.id}
    return {
        "Source": DEADLINES_SOURCE,
        "DetailType": deadline.kind,
        "Detail": orjson.dumps({"deadline": key}).decode(),
        "Resources": [],
    }
