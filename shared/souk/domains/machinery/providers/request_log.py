"""Reads the requests of an API key from the log of the function that receives them.

Nothing is stored for a request besides this line, so listing them costs nothing until somebody asks. CloudWatch finds
lines oldest first, so the newest are searched in windows that reach back further and further.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from souk.domains.machinery.model import MAX_REQUESTS, LoggedRequest
from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import settings
from souk.values.errors import Unavailable

MAX_CALLS: Final = 10
"""Calls of the log for one question."""
WINDOWS: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 10, 60, 360, 1_440))
"""How far back the windows begin."""
_GROUP: Final = "/aws/lambda/{}"
_FUNCTION: Final = "graphql"


def requests_of(key_id: str, now: datetime) -> list[LoggedRequest]:
    """Return the requests of a key in the last 24 hours, newest first: at most `MAX_REQUESTS`. `now` is real time.

    Raises Unavailable if the log cannot be read.
    """
    found: dict[tuple[int, str], LoggedRequest] = {}
    calls = 0
    for later, earlier in pairwise(WINDOWS):
        for page in _pages(key_id, now - earlier, now - later):
            calls += 1
            found |= {(one.at, one.id): one for one in map(_request, page)}
            if calls >= MAX_CALLS:
                break
        if len(found) >= MAX_REQUESTS or calls >= MAX_CALLS:
            break
    return sorted(found.values(), key=lambda one: one.at, reverse=True)[:MAX_REQUESTS]


def _pages(key_id: str, since: datetime, until: datetime) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the lines of a window that name a key."""
    question: dict[str, Any] = {
        "logGroupName": _GROUP.format(settings().function_name(_FUNCTION)),
        "startTime": int(since.timestamp() * 1000),
        "endTime": int(until.timestamp() * 1000),
        "filterPattern": f'"{key_id}"',
    }
    while True:
        try:
            answer = aws.logs().filter_log_events(**question)
        except (ClientError, BotoCoreError) as error:
            logger.error("The log of requests cannot be read", reason=type(error).__name__)
            raise Unavailable("The log cannot be read just now. Requests are not affected.") from None
        yield [line for event in answer["events"] if (line := _line(event, key_id))]
        if not answer.get("nextToken"):
            return
        question["nextToken"] = answer["nextToken"]


def _line(event: Mapping[str, Any], key_id: str) -> Mapping[str, Any] | None:
    """Return a line of a request with a key; None for others that happen to name it."""
    try:
        line = orjson.loads(event["message"])
    except orjson.JSONDecodeError:
        return None
    is_request = isinstance(line, dict) and line.get("message") == "request" and line.get("key") == key_id
    return {**line, "at": event["timestamp"]} if is_request else None


def _request(line: Mapping[str, Any]) -> LoggedRequest:
    return LoggedRequest(
        id=line["request_id"],
        at=line["at"],
        user_id=line.get("user"),
        organization_id=line.get("organization"),
        operation=line.get("operation"),
        root_fields=tuple(line.get("root_fields") or ()),
        status=line["status"],
        error_codes=tuple(line.get("error_codes") or ()),
        milliseconds=line["milliseconds"],
    )
