"""Processes a batch of SQS messages. Only the messages that fail are delivered again.

Powertools' batch utility processes messages one at a time, or concurrently with asyncio, which our code does not use.
Importing it loads asyncio and the data classes of every event source, and makes the cold start a fifth longer.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from souk.runtime.log import logger

Message = dict[str, Any]
"""A record of Lambda's SQS event."""


def process_batch(
    messages: Sequence[Message], process: Callable[[Message], None], concurrency: int = 1
) -> dict[str, Any]:
    """Process each message, `concurrency` of them at a time. Returns Lambda's partial batch response."""
    with ThreadPoolExecutor(max_workers=concurrency) as pool:
        successes = list(pool.map(lambda message: _succeeds(message, process), messages))
    failed = [message["messageId"] for message, success in zip(messages, successes, strict=True) if not success]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _succeeds(message: Message, process: Callable[[Message], None]) -> bool:
    try:
        process(message)
    except Exception as error:  # noqa: BLE001 - one failure must not stop the other messages
        logger.error("A message failed and will be retried", message_id=message["messageId"], exc_info=error)
        return False
    return True
