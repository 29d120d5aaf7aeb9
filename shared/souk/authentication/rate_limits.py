"""Rate limits and usage counters, in a table of their own.

They are separate from the entities' table, so that counting a request does not add to its stream, and read-only
functions need no permission to write to it.

ADDRESS#<ip>#<minute>  requests of an IP address in a minute; deleted a little later
QUESTION#<user>#<minute>  questions of a person to the log of requests in a minute
MAIL#<sha-256>#<hour>  mails to one recipient in an hour
KEY#<id>               requests of an API key on the day of its last use, and the time of that use
PERSON#<id>            the day of a person's last request
SESSION#<id>           the last use of a browser's session, to five minutes
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from souk.storage.batch import get_items
from souk.values.errors import SoukError, TooManyRequests
from souk.values.times import stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAILS_PER_HOUR = 5
"""Mails to one address: codes for sign-up and password reset."""
QUESTIONS_PER_MINUTE = 20
"""Questions of one person to the log of requests, which AWS limits for the whole account."""
PER_DAY = 40_000
"""Requests of one API key in a day, UTC (reference, "Preparation")."""

SESSION_SECONDS = 300
"""How exact the last use of a session is."""
_MOST_SESSIONS = 10_000

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_KEPT = 600  # seconds that a counter is kept after its window
_REMEMBERED = 10_000  # people whose day a process knows, about a megabyte


class Usage(NamedTuple):
    """The usage of an API key."""

    today: int
    """Requests since midnight, UTC."""
    last_used: str | None
    """ISO 8601, UTC; None if the key was never used."""


class Allowance(NamedTuple):
    """The state of a rate limit."""

    limit: int
    remaining: int
    reset: int
    """Seconds until the limit is reset."""


class _Recorded:
    """The sessions whose use this process has recorded within `SESSION_SECONDS`."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def due(self, session_id: str, now: datetime) -> bool:
        """Return whether a use has to be recorded at `now`, and remember that it is."""
        at = now.timestamp()
        if at - self._last.get(session_id, 0.0) < SESSION_SECONDS:
            return False
        if len(self._last) >= _MOST_SESSIONS:
            self._last.clear()
        self._last[session_id] = at
        return True


_RECORDED = _Recorded()


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts requests and mails, and enforces limits."""

    client: "DynamoDBClient"
    table: str
    per_minute: int | None = None
    """Requests of one IP address in a minute; None if a firewall limits them."""
    per_day: int = PER_DAY
    _seen: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The people whose day this process has recorded, with that day."""

    def admit_address(self, address: str, now: datetime) -> None:
        """Count a request of an IP address. Raises TooManyRequests if the limit of this minute is exceeded."""
        if self.per_minute is None:
            return
        message = f"More than {self.per_minute} requests in a minute from this address."
        self._admit(f"ADDRESS#{address}", self.per_minute, _MINUTE, now, message)

    def admit_mail(self, recipient: str, now: datetime) -> None:
        """Count a mail to a recipient. Raises TooManyRequests if the limit of this hour is exceeded."""
        hashed = hashlib.sha256(recipient.strip().lower().encode()).hexdigest()
        self._admit(
            f"MAIL#{hashed}",
            MAILS_PER_HOUR,
            _HOUR,
            now,
            "Too many mails were requested for this address. Try again later.",
        )

    def admit_question(self, user_id: str, now: datetime) -> None:
        """Count a question to the log. Raises TooManyRequests if a person's limit of this minute is exceeded."""
        message = f"The log of requests can be read {QUESTIONS_PER_MINUTE} times a minute."
        self._admit(f"QUESTION#{user_id}", QUESTIONS_PER_MINUTE, _MINUTE, now, message)

    def _admit(self, counter: str, limit: int, window: int, now: datetime, message: str) -> None:
        """Increment a counter. `window` is in seconds."""
        current, elapsed = divmod(int(now.timestamp()), window)
        if self._add(f"{counter}#{current}", expires=(current + 1) * window + _KEPT) > limit:
            raise TooManyRequests(message, limit=limit, reset=window - elapsed)

    def admit_key(self, key_id: str, now: datetime) -> Allowance:
        """Count a request of an API key and return the state of its daily limit.

        Raises TooManyRequests if the limit is exceeded.
        """
        used = self._use(key_id, now)
        reset = _DAY - int(now.timestamp()) % _DAY
        if used > self.per_day:
            raise TooManyRequests(
                f"More than {self.per_day} requests in a day through this API key.", limit=self.per_day, reset=reset
            )
        return Allowance(self.per_day, self.per_day - used, reset)

    def usage(self, key_ids: Iterable[str], now: datetime) -> dict[str, Usage]:
        """Return the usage of API keys by their ids, with one read per hundred keys."""
        ids = list(dict.fromkeys(key_ids))
        items = get_items(self.client, self.table, [_key(f"KEY#{key_id}") for key_id in ids])
        counted = {item["PK"]["S"]: item for item in items}
        return {key_id: _usage(counted.get(f"KEY#{key_id}"), now) for key_id in ids}

    def see(self, user_id: str, now: datetime) -> None:
        """Record that a person makes a request today, in UTC.

        A process asks for it once a day for each person, and only the first one of all processes writes.
        """
        day = _day(now)
        if self._seen.get(user_id) == day:
            return
        self._update(
            {
                "TableName": self.table,
                "Key": _key(f"PERSON#{user_id}"),
                "UpdateExpression": "SET #day = :day",
                "ConditionExpression": "attribute_not_exists(PK) OR #day < :day",
                "ExpressionAttributeNames": {"#day": "day"},
                "ExpressionAttributeValues": {":day": {"S": day}},
            }
        )
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[user_id] = day

    def last_seen(self, user_ids: Iterable[str]) -> dict[str, str]:
        """Return the days (ISO 8601, UTC) of people's last requests by their ids, with one read per hundred people.

        People who have made none are left out.
        """
        keys = [_key(f"PERSON#{user_id}") for user_id in dict.fromkeys(user_ids)]
        items = get_items(self.client, self.table, keys)
        return {item["PK"]["S"].removeprefix("PERSON#"): item["day"]["S"] for item in items}

    def record_session(self, session_id: str, now: datetime) -> None:
        """Record that a browser's session is used. It is written once in five minutes by each running function."""
        if not session_id or not _RECORDED.due(session_id, now):
            return
        self.client.update_item(
            TableName=self.table,
            Key=_key(f"SESSION#{session_id}"),
            UpdateExpression="SET seen = :now, #ttl = :ttl",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": {"S": stamp(now)}, ":ttl": {"N": str(int(now.timestamp()) + _DAY)}},
        )

    def sessions_used(self, session_ids: Iterable[str]) -> dict[str, str]:
        """Return when sessions were last used (ISO 8601, UTC), by their ids; those that have no record are left out."""
        keys = [_key(f"SESSION#{session_id}") for session_id in dict.fromkeys(session_ids) if session_id]
        items = get_items(self.client, self.table, keys) if keys else []
        return {item["PK"]["S"].removeprefix("SESSION#"): item["seen"]["S"] for item in items}

    def _use(self, key_id: str, now: datetime) -> int:
        """Count a request of an API key and return today's number."""
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
            "ConditionExpression": "#day >= :day",  # a clock that is behind does not restart the day before
        }
        new_day: dict[str, Any] = {
            "UpdateExpression": "SET #day = :day, counted = :one, seen = :now",
            "ConditionExpression": "attribute_not_exists(PK) OR #day < :day",
        }
        # The first request of a day resets the counter, unless a concurrent one was first.
        for attempt in (same_day, new_day, same_day):
            if answer := self._update({**request, **attempt}):
                return int(answer["Attributes"]["counted"]["N"])
        raise SoukError("The usage counter is busy. Please try again.")

    def _update(self, request: dict[str, Any]) -> Any:
        """Update an item; None if the condition fails."""
        try:
            return self.client.update_item(**request)
        except ClientError as error:  # the client's own exception classes are slow to create in a cold start
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
