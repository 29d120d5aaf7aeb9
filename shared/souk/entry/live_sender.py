"""The `live_sender` function: sends events over sockets, and a ping twice a minute."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from souk.domains.live.commands.telling import Teller
from souk.domains.live.sender import GatewaySender
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.queues import Message, process_batch
from souk.runtime.settings import live_settings

PING_SECONDS: Final = 30
"""Between two pings. EventBridge calls once a minute at most."""


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any] | None]:
    """Return the handler of the queue's batches, whose failed messages Lambda sends again, and of every minute."""
    teller = Teller(table(), GatewaySender(aws.sockets(live_settings().endpoint)))

    def take(message: Message) -> None:
        teller.tell(orjson.loads(message["body"])["detail"])

    def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any] | None:
        if "Records" in event:
            return process_batch(event["Records"], take)
        ping_twice(teller.ping, time.sleep)
        return None

    return handle


def ping_twice(ping: Callable[[], int], sleep: Callable[[float], None]) -> None:
    """Ping, and again after `PING_SECONDS`, unless nobody is connected."""
    started = time.monotonic()
    if number := ping():
        logger.info("pinged", sockets=number)
        sleep(max(0.0, PING_SECONDS - (time.monotonic() - started)))
        ping()
