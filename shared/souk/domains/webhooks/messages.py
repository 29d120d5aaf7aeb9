"""The queues that deliveries wait in: one for all, and a slow one for addresses that take long to answer.

A message says which delivery, and which turn of its: one that is there twice finds that the first has taken the turn.
Messages are grouped by subscription, so that SQS's fair queues let nobody wait for whoever has a great many.
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

_ENTRIES = 10  # in one SendMessageBatch, a limit of SQS


class Lane(StrEnum):
    """How a delivery travels."""

    COMMON = "common"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One try that is to be made."""

    organization_id: str
    delivery_id: str
    turn: int

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Return the next try of a delivery."""
        return cls(delivery.organization_id, delivery.id, delivery.turn)

    @classmethod
    def read(cls, body: str) -> Self:
        """Return what a message says."""
        return cls(**orjson.loads(body))

    def write(self) -> str:
        """Return the message."""
        return orjson.dumps(self).decode()

    @property
    def subscription_id(self) -> str:
        """Whose it is."""
        return self.delivery_id.partition("-")[0]


class Parcels:
    """Sends messages to the queues."""

    def __init__(self, client: "SQSClient", queues: Mapping[Lane, str]) -> None:
        """`queues` are the queues' URLs."""
        self._client = client
        self._queues = queues

    def send(self, parcels: Sequence[Parcel], lane: Lane = Lane.COMMON) -> None:
        """Have tries made. Raises SoukError where a queue does not take all of them; some may have been taken."""
        for start in range(0, len(parcels), _ENTRIES):
            entries = [self._entry(number, one) for number, one in enumerate(parcels[start : start + _ENTRIES])]
            answer: Any = self._client.send_message_batch(QueueUrl=self._queues[lane], Entries=entries)
            if refused := answer.get("Failed"):
                logger.warning("A queue refused deliveries", lane=lane, reasons=[one["Code"] for one in refused])
                raise SoukError("Webhook deliveries cannot be queued now.")

    @staticmethod
    def _entry(number: int, parcel: Parcel) -> "SendMessageBatchRequestEntryTypeDef":
        return {"Id": str(number), "MessageBody": parcel.write(), "MessageGroupId": parcel.subscription_id}
