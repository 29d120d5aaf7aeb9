"""The queues of dead letters: what lies in them, and moving it back to be processed again.

What a letter holds depends on what failed (`LetterKind`). A letter is deleted only after it was handed over, so one
that is moved twice is processed twice, which all consumers bear.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import machinery_settings
from souk.values.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

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


class Access(NamedTuple):
    """Access to the queues and to the functions whose letters they hold."""

    sqs: "SQSClient"
    invoke: Callable[[str, dict[str, Any]], None]
    """Invokes a function later, by its short name, with an event. Raises SoukError if it cannot."""


def own_access() -> Access:
    """Return the access of this function."""
    return Access(aws.sqs(), aws.invoke_later)


def letter_queues() -> dict[str, LetterQueue]:
    """Return this deployment's queues of dead letters, by the functions' names."""
    return parse_queues(machinery_settings().dead_letters)


def parse_queues(entries: Iterable[str]) -> dict[str, LetterQueue]:
    """Return the queues of `MachinerySettings.dead_letters`, by the functions' names."""
    found = {}
    for entry in entries:
        function, kind, url, source = entry.split(",")
        found[function] = LetterQueue(function, LetterKind(kind), url, source)
    return found


def count(queue: LetterQueue, access: Access) -> int:
    """Return the approximate number of letters. Raises Unavailable."""
    attributes = _call(
        access, "get_queue_attributes", QueueUrl=queue.url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def move_back(queue: LetterQueue, access: Access, most: int = MAX_MOVED) -> int:
    """Hand letters over again, to their queue or their function, and return how many.

    About `most` letters are moved: whole batches of ten. Raises Unavailable, or SoukError if the function refuses; a
    letter that was not handed over stays.
    """
    moved = 0
    for body, handle in _letters(queue, access, most):
        if queue.kind is LetterKind.MESSAGE:
            _call(access, "send_message", QueueUrl=queue.source, MessageBody=body)
        else:
            access.invoke(queue.function, _event_of(orjson.loads(body)))
        _call(access, "delete_message", QueueUrl=queue.url, ReceiptHandle=handle)
        moved += 1
    return moved


def _letters(queue: LetterQueue, access: Access, most: int) -> Iterator[tuple[str, str]]:
    """Yield letters with the handles that delete them. To wait a second asks all servers of SQS, not only some."""
    for _ in range(-(-most // _BATCH)):
        found = _call(
            access,
            "receive_message",
            QueueUrl=queue.url,
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=60,
            WaitTimeSeconds=1,
        ).get("Messages", [])
        if not found:
            return
        for message in found:
            yield message["Body"], message["ReceiptHandle"]


def _event_of(letter: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event of a letter. Lambda's own letters have it beside the error."""
    return dict(letter.get("requestPayload") or letter)


def _call(access: Access, operation: str, **arguments: Any) -> Any:
    try:
        return getattr(access.sqs, operation)(**arguments)
    except (ClientError, BotoCoreError) as error:
        logger.error("A queue of dead letters cannot be used", operation=operation, reason=type(error).__name__)
        raise Unavailable("The queues cannot be read just now. Try again in a minute.") from None
