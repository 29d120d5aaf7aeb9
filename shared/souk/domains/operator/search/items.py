"""What both indexes of operators read of the table's items."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def item_key(record: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the kind and the id in the partition key of a record of the stream, and the sort key."""
    keys = record["dynamodb"]["Keys"]
    kind, _, id_ = keys["PK"]["S"].partition("#")
    return kind, id_, keys["SK"]["S"]


def milliseconds(time: str) -> int:
    """Return a stored time in milliseconds since 1970."""
    return int(datetime.fromisoformat(time).timestamp() * 1000)
