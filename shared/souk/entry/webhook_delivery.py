"""The `webhook_delivery` function: sends deliveries to the subscribers' addresses."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains.webhooks.delivery import Carrier
from souk.domains.webhooks.deployed import anywhere, lane_of, master_secret, parcels
from souk.domains.webhooks.messages import Parcel
from souk.domains.webhooks.sender import Postman
from souk.entry.deployment import table
from souk.runtime.queues import Message, work_through

_AT_ONCE = 10  # as many as a batch holds: no delivery waits for another's address


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the queues' batches. It reports the messages that failed; Lambda sends them again."""
    carrier = Carrier(table(), parcels(), Postman(anywhere=anywhere()), master_secret)

    def take(message: Message) -> None:
        carrier.carry(Parcel.read(message["body"]), lane_of(message["eventSourceARN"]))

    return lambda event, _context: work_through(event["Records"], take, _AT_ONCE)
