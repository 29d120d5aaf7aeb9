"""How often somebody has called, and how often they may: counters in a table of their own.

They are kept apart from the entities, so that counting a request neither feeds the entities' stream nor asks the
functions that only read for a right to write there.

ADDRESS#<ip>#<minute>  a minute's requests of an address; it is gone a little later
MAIL#<sha-256>#<hour>  an hour's mails that somebody asked for to be sent to one address
KEY#<id>               a key's requests of the day that it was last used on, and when that was
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from souk.storage.batch import get_items
from souk.values.errors import SoukError, TooManyRequests
from souk.values.times import stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAILS_PER_HOUR = 5
"""Mails to one address that anybody may ask for: codes, for signing up and for a forgotten password."""
PER_DAY = 40_000
"""Requests of one key on one day, UTC (reference, "Preparation")."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_KEPT = 600  # seconds that a counter outlives its window


class Usage(NamedTuple):
    """How a key was used."""

    today: int
    """Requests since midnight, UTC."""
    last_used: str | None
    """ISO 8601, UTC; None for a key that never was."""


class Allowance(NamedTuple):
    """What is left of a limit."""

    limit: int
    remaining: int
    reset: int
    """Seconds until all of it is there again."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts requests."""

    client: "DynamoDBClient"
    table: str
    per_minute: int | None = None
    """Requests of one address in one minute; None where a firewall limits them."""
    per_day: int = PER_DAY

    def admit_address(self, address: str, now: datetime) -> None:
        """Count a request of an address. Raises TooManyRequests when it has sent more in this minute than it may."""
        if self.per_minute is None:
            return
        message = f"More than {self.per_minute} requests in a minute from this address."
        self._admit(f"ADDRESS#{address}", self.per_minute, _MINUTE, now, message)

    def admit_mail(self, recipient: str, now: datetime) -> None:
        """Count a mail that somebody asks for. Raises TooManyRequests when one recipient has got enough this hour."""
        hashed = hashlib.sha256(recipient.strip().lower().encode()).hexdigest()
        self._admit(f"MAIL#{hashed}", MAILS_PER_HOUR, _HOUR, now, "Enough mails were asked for; try again later.")

    def _admit(self, counter: str, limit: int, window: int, now: datetime, message: str) -> None:
        """Count in a window of so many seconds."""
        current, elapsed = divmod(int(now.timestamp()), window)
        if self._add(f"{counter}#{current}", expires=(current + 1) * window + _KEPT) > limit:
            raise TooManyRequests(message, limit=limit, reset=window - elapsed)

    def admit_key(self, key_id: str, now: datetime) -> Allowance:
        """Count a request through a key and return what is left of its day.

        Raises TooManyRequests when there is nothing left.
        """
        used = self._use(key_id, now)
        reset = _DAY - int(now.timestamp()) % _DAY
        if used > self.per_day:
            raise TooManyRequests(
                f"More than {self.per_day} requests in a day through this API key.", limit=self.per_day, reset=reset
            )
        return Allowance(self.per_day, self.per_day - used, reset)

    def usage(self, key_ids: Iterable[str], now: datetime) -> dict[str, Usage]:
        """Return how keys were used, by their ids: a read for each hundred of them."""
        ids = list(dict.fromkeys(key_ids))
        items = get_items(self.client, self.table, [_key(f"KEY#{key_id}") for key_id in ids])
        counted = {item["PK"]["S"]: item for item in items}
        return {key_id: _usage(counted.get(f"KEY#{key_id}"), now) for key_id in ids}

    def _use(self, key_id: str, now: datetime) -> int:
        """Count a use of a key and return how many there were today."""
        values = {":one": {"N": "1"}, ":day": {"S": _day(now)}, ":now": {"S": stamp(now)}}
        request: dict[str, Any] = {
            "TableName": self.table,
            "Key": _key(f"KEY#{key_id}"),
            "ExpressionAttributeNames": {"#day": "day"},
            "ExpressionAttributeValues": values,
            "ReturnValues": "UPDATED_NEW",
        }
        same_day: dict[str, Any] = {
            "UpdateExpression": "ADD counted :one SET seen = :now",
            "ConditionExpression": "#day >= :day",  # a clock that is a little behind does not begin the day before anew
        }
        new_day: dict[str, Any] = {
            "UpdateExpression": "SET #day = :day, counted = :one, seen = :now",
            "ConditionExpression": "attribute_not_exists(PK) OR #day < :day",
        }
        # The first of a day begins it, unless another was first.
        for attempt in (same_day, new_day, same_day):
            if answer := self._update({**request, **attempt}):
                return int(answer["Attributes"]["counted"]["N"])
        raise SoukError("Requests cannot be counted now; try again.")

    def _update(self, request: dict[str, Any]) -> Any:
        """Update a counter; None where the condition does not hold."""
        try:
            return self.client.update_item(**request)
        except ClientError as error:  # its own class takes a cold start longer to make than a request lasts
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None

    def _add(self, counter: str, expires: int) -> int:
        answer = self.client.update_item(
            TableName=self.table,
            Key=_key(counter),
            UpdateExpression="ADD counted :one SET #ttl = :ttl",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":ttl": {"N": str(expires)}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["counted"]["N"])


def _usage(item: Mapping[str, Any] | None, now: datetime) -> Usage:
    if item is None:
        return Usage(0, None)
    return Usage(int(item["counted"]["N"]) if item["day"]["S"] == _day(now) else 0, item["seen"]["S"])


def _key(counter: str) -> dict[str, Any]:
    return {"PK": {"S": counter}}


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
