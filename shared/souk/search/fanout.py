"""The fan-out: updating many documents because of one change, in pieces through a queue.

A client's facts are shown in the documents of all its postings. The indexer only queues that they have changed. Another
function takes piece after piece from the queue, so the stream's other records do not wait.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import orjson

from souk.search.query import AnyOf
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PIECE = 100
"""The number of documents in a piece. Updating them takes about a second."""
_PAUSE = 1
"""Seconds between two pieces of one change. Changes of the stream compete for the index, and take less than that."""
_MAX_ENTRIES = 10
"""SQS's limit for one SendMessageBatch."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The request to update the documents with a value in a keyword field, behind the document `after`."""

    index: str
    field: str
    value: str
    after: str | None = None

    @property
    def query(self) -> AnyOf:
        """The query for the documents."""
        return AnyOf(self.field, (self.value,))

    @classmethod
    def decode(cls, body: str) -> Self:
        """Return the piece in the body of an SQS message."""
        return cls(**orjson.loads(body))

    def encode(self) -> str:
        """Return the body of the SQS message."""
        return orjson.dumps(self).decode()


class Fanout(Protocol):
    """Where pieces are queued."""

    def send(self, pieces: Collection[Piece]) -> None:
        """Queue pieces. Raises SoukError if one is refused; others may have been accepted."""
        ...


class FanoutQueue:
    """The queue. Pieces are grouped by their value, so SQS's fair queues keep a large client from delaying others."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, pieces: Collection[Piece]) -> None:
        """See `Fanout.send`."""
        entries = [
            {
                "Id": str(number),
                "MessageBody": piece.encode(),
                "MessageGroupId": piece.value,
                "DelaySeconds": _PAUSE if piece.after else 0,
            }
            for number, piece in enumerate(pieces)
        ]
        for start in range(0, len(entries), _MAX_ENTRIES):
            batch: Any = entries[start : start + _MAX_ENTRIES]
            if refused := self._client.send_message_batch(QueueUrl=self._url, Entries=batch).get("Failed"):
                raise SoukError(f"Pieces of the fan-out cannot be queued: {[one['Code'] for one in refused]}")
