"""The queues of dead letters: what lies in them, and moving it back to be processed again.

What a letter holds depends on what failed (`LetterKind`). A letter is deleted only after it was handed over, so one
that is moved twice is processed twice, which all consumers bear.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import machinery_settings
from souk.values.errors import Unavailable

MAX_MOVED: Final = 1_000
"""Letters that are moved at a time."""
_BATCH: Final = 10
"""SQS's limit."""


class LetterKind(StrEnum):
    """What the letters of a queue hold."""

    MESSAGE = "message"
    """A message of a queue, as it was."""
    EVENT = "event"
    """An event for a function, or Lambda's record of an invocation that failed."""
    STREAM = "stream"
    """A place in the table's stream. The records themselves are gone after a day."""


@dataclass(frozen=True, slots=True)
class LetterQueue:
    """A queue of dead letters."""

    function: str
    """The short name of the function that failed."""
    kind: LetterKind
    url: str
    source: str
    """The URL of the queue that the letters came from; "" if they came from none."""


def letter_queues() -> dict[str, LetterQueue]:
    """Return this deployment's queues of dead letters, by the functions' names."""
    found = {}
    for entry in machinery_settings().dead_letters:
        function, kind, url, source = entry.split(",")
        found[function] = LetterQueue(function, LetterKind(kind), url, source)
    return found


def count(queue: LetterQueue) -> int:
    """Return the approximate number of letters. Raises Unavailable."""
    attributes = _call("get_queue_attributes", QueueUrl=queue.url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def letters(queue: LetterQueue) -> Iterator[tuple[Any, str]]:
    """Yield at most `MAX_MOVED` letters, decoded, with the handle that `delete` takes. Raises Unavailable."""
    for _ in range(MAX_MOVED // _BATCH):
        found = _call(
            "receive_message", QueueUrl=queue.url, MaxNumberOfMessages=_BATCH, VisibilityTimeout=60, WaitTimeSeconds=0
        ).get("Messages", [])
        if not found:
            return
        for message in found:
            yield message["Body"], message["ReceiptHandle"]


def delete(queue: LetterQueue, handle: str) -> None:
    """Delete a letter. Raises Unavailable."""
    _call("delete_message", QueueUrl=queue.url, ReceiptHandle=handle)


def send_back(queue: LetterQueue, body: str) -> None:
    """Hand a letter over again: to its queue, or to its function. Raises Unavailable."""
    if queue.kind is LetterKind.MESSAGE:
        _call("send_message", QueueUrl=queue.source, MessageBody=body)
    else:
        aws.invoke_later(queue.function, _event_of(orjson.loads(body)))


def _event_of(letter: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event of a letter. Lambda's own letters have it beside the error."""
    return dict(letter.get("requestPayload") or letter)


def _call(operation: str, **arguments: Any) -> Any:
    try:
        return getattr(aws.sqs(), operation)(**arguments)
    except (ClientError, BotoCoreError) as error:
        logger.error("A queue of dead letters cannot be used", operation=operation, reason=type(error).__name__)
        raise Unavailable("The queues cannot be read just now. Try again in a minute.") from None
