"""From the table's stream to the event bus: outbox records become events (source `souk`).

Delivery is at least once. EventBridge may take some entries of a batch and refuse others; what it refused is given
back to the stream, which sends it again.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from souk.log import logger
from souk.storage.transaction import OUTBOX, OUTBOX_PREFIX, Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "souk"
_ENTRIES = 10  # in one PutEvents, a limit of EventBridge


def relay(records: Iterable[Mapping[str, Any]], client: "EventBridgeClient", bus: str) -> list[str]:
    """Put the outbox records of a stream batch on the bus; returns the sequence numbers of those it did not take."""
    pending = [(record["dynamodb"]["SequenceNumber"], event) for record in records if (event := _event(record))]
    failed: list[str] = []
    for start in range(0, len(pending), _ENTRIES):
        batch = pending[start : start + _ENTRIES]
        answer = client.put_events(Entries=[_entry(event, bus) for _, event in batch])
        for (sequence, event), result in zip(batch, answer["Entries"], strict=True):
            if "ErrorCode" in result:
                logger.warning("The bus refused an event", event_id=event.event_id, reason=result["ErrorCode"])
                failed.append(sequence)
    return failed


def _event(record: Mapping[str, Any]) -> Event | None:
    """Return the event of a stream record, or None when it is not the birth of an outbox record."""
    if record["eventName"] != "INSERT" or not record["dynamodb"]["Keys"]["PK"]["S"].startswith(OUTBOX_PREFIX):
        return None
    return OUTBOX.decode(record["dynamodb"]["NewImage"])


def _entry(event: Event, bus: str) -> "PutEventsRequestEntryTypeDef":
    detail = {
        "id": event.event_id,
        "occurredAt": event.occurred_at,
        "payload": {"entity": event.entity, "action": event.action, "id": event.id},
    }
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": f"{event.entity}.{event.action}",
        "Detail": orjson.dumps(detail).decode(),
        "Resources": [],
    }
