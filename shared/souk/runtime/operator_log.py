"""The log of what operators read, which is kept as long as the audit trail. It has ids only.

A query writes nothing to the table, so it cannot write to the trail itself.
"""

from collections.abc import Iterable
from functools import cache
from uuid import uuid4

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import operator_log_settings
from souk.values.clock import Clock
from souk.values.errors import Unavailable
from souk.values.times import stamp

_clock = Clock()


def record_reads(operator_id: str, subjects: Iterable[str], request_id: str) -> None:
    """Record that an operator reads private words: a line for each subject, which is named by its id.

    Called before they are shown. Raises Unavailable if it cannot be recorded: nothing is shown then.
    """
    now = _clock.real()
    lines = [
        {"message": "operator.read", "time": stamp(now), "operator": operator_id, "subject": one, "request": request_id}
        for one in subjects
    ]
    if not lines:
        return
    milliseconds = int(now.timestamp() * 1000)
    events = [{"timestamp": milliseconds, "message": orjson.dumps(line).decode()} for line in lines]
    try:
        aws.logs().put_log_events(logGroupName=operator_log_settings().group, logStreamName=stream(), logEvents=events)
    except (ClientError, BotoCoreError) as error:
        logger.error("Recording what an operator reads failed", reason=type(error).__name__)
        stream.cache_clear()
        raise Unavailable("What operators read is recorded, and that is not possible now. Try again later.") from None


@cache
def stream() -> str:
    """Return the name of this process's stream in the log group, and make the stream."""
    name = uuid4().hex
    aws.logs().create_log_stream(logGroupName=operator_log_settings().group, logStreamName=name)
    return name
