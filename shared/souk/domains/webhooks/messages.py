"""The delivery queues and their messages: a standard queue, and a slow one for addresses that respond slowly.

A message names a delivery and its turn. A duplicate message finds that the turn has passed, and does nothing. Messages
are grouped by subscription, so SQS's fair queues keep one busy subscription from delaying the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

import orjson

from souk.domains.webhooks.model import Delivery
from souk.runtime.log import logger
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_MAX_ENTRIES = 10
"""SQS's limit for one SendMessageBatch."""


class DeliveryQueue(StrEnum):
    """The queues. Log lines contain their values."""

    STANDARD = "common"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class DeliveryMessage:
    """The request for one delivery attempt."""

    organization_id: str
    delivery_id: str
    turn: int

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Return the message for the next attempt of a delivery."""
        return cls(delivery.organization_id, delivery.id, delivery.turn)

    @classmethod
    def decode(cls, body: str) -> Self:
        """Return the message in the body of an SQS message."""
        return cls(**orjson.loads(body))

    def encode(self) -> str:
        """Return the body of the SQS message."""
        return orjson.dumps(self).decode()

    @property
    def subscription_id(self) -> str:
        """The id of the delivery's subscription."""
        return self.delivery_id.partition("-")[0]


class DeliveryQueues:
    """Sends messages to the queues."""

    def __init__(self, client: "SQSClient", urls: Mapping[DeliveryQueue, str]) -> None:
        self._client = client
        self._urls = urls

    def send(self, messages: Sequence[DeliveryMessage], queue: DeliveryQueue = DeliveryQueue.STANDARD) -> None:
        """Send messages. Raises SoukError if the queue refuses any of them; others may have been accepted."""
        for start in range(0, len(messages), _MAX_ENTRIES):
            entries = [self._entry(number, one) for number, one in enumerate(messages[start : start + _MAX_ENTRIES])]
            response: Any = self._client.send_message_batch(QueueUrl=self._urls[queue], Entries=entries)
            if refused := response.get("Failed"):
                logger.warning("A queue refused deliveries", lane=queue, reasons=[one["Code"] for one in refused])
                raise SoukError("Webhook deliveries cannot be queued now. Try again later.")

    @staticmethod
    def _entry(number: int, message: DeliveryMessage) -> "SendMessageBatchRequestEntryTypeDef":
        return {"Id": str(number), "MessageBody": message.encode(), "MessageGroupId": message.subscription_id}
