"""A marketplace with an operator, whose queues, log and metrics are recorded answers."""

from collections.abc import Iterator

import pytest

from souk.runtime import aws
from souk.runtime.settings import machinery_settings
from tests.domains.operator.conftest import Market
from tests.support.api import Souk


class Queues:
    """SQS with the queues of dead letters, by their URLs."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[str]] = {"dead-delivery": [], "dead-clock": [], "dead-relay": []}
        self.sent: list[tuple[str, str]] = []
        self._handed: dict[str, tuple[str, str]] = {}

    def get_queue_attributes(self, QueueUrl: str, **_: object) -> dict[str, object]:  # noqa: N803
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self.waiting[QueueUrl]))}}

    def receive_message(self, QueueUrl: str, **_: object) -> dict[str, object]:  # noqa: N803
        taken, self.waiting[QueueUrl] = self.waiting[QueueUrl][:10], self.waiting[QueueUrl][10:]
        handles = {f"{QueueUrl}-{len(self._handed) + at}": (QueueUrl, body) for at, body in enumerate(taken)}
        self._handed |= handles
        return {"Messages": [{"Body": body, "ReceiptHandle": handle} for handle, (_, body) in handles.items()]}

    def delete_message(self, ReceiptHandle: str, **_: object) -> None:  # noqa: N803
        self._handed[ReceiptHandle] = ("", "")

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.sent.append((QueueUrl, MessageBody))

    @property
    def undeleted(self) -> list[str]:
        return [body for url, body in self._handed.values() if url]


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    """Return three queues of dead letters, one of each kind."""
    entries = (
        "webhook_delivery,message,dead-delivery,deliveries",
        "clock,event,dead-clock,",
        "relay,stream,dead-relay,",
    )
    monkeypatch.setenv("SOUK_DEAD_LETTERS", " ".join(entries))
    made = Queues()
    monkeypatch.setattr(aws, "sqs", lambda: made)
    machinery_settings.cache_clear()
    yield made
    machinery_settings.cache_clear()


@pytest.fixture
def market(souk: Souk) -> Market:
    """Return a marketplace with an operator."""
    return Market(souk)
