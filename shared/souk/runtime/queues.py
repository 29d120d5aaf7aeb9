"""Working through a batch of a queue's messages: those that fail come again, and no other.

Powertools' batch utility would do the same one message at a time, or several with asyncio, which our work does not use.
Importing it loads asyncio and the data classes of every event source: the cold start of the functions that read queues
takes a fifth longer.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from souk.runtime.log import logger

Message = dict[str, Any]
"""A record of the event that Lambda makes of a queue's messages."""


def work_through(messages: Sequence[Message], work: Callable[[Message], None], at_once: int = 1) -> dict[str, Any]:
    """Do the work on each message, several at once if told so; return Lambda's partial batch response."""
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        done = list(pool.map(lambda message: _done(message, work), messages))
    failed = [message["messageId"] for message, well in zip(messages, done, strict=True) if not well]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _done(message: Message, work: Callable[[Message], None]) -> bool:
    try:
        work(message)
    except Exception as failure:  # noqa: BLE001 - whatever is wrong with one must not stop the others
        logger.error("A message failed; it comes again", message_id=message["messageId"], exc_info=failure)
        return False
    return True
