"""Queue -> HTTP POST to a subscriber's address."""

from typing import Any

from souk.domains.webhooks.commands.delivery import Carrier, utc_now
from souk.domains.webhooks.deployment import anywhere, lane_of, master_secret, parcels
from souk.domains.webhooks.messages import Parcel
from souk.domains.webhooks.sender import Postman
from souk.entry.deployment import table
from souk.runtime.queues import Message, work_through

_AT_ONCE = 10  # as many as a batch holds: no delivery waits for another's address

_carrier = Carrier(table(), parcels(), Postman(anywhere=anywhere()), master_secret, utc_now)


def _carry(message: Message) -> None:
    _carrier.carry(Parcel.read(message["body"]), lane_of(message["eventSourceARN"]))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch of a queue; what fails comes again."""
    return work_through(event["Records"], _carry, _AT_ONCE)
