"""The environment variables and queues of a deployed function."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from souk.domains.webhooks import deployment as webhooks
from souk.domains.webhooks.messages import DeliveryQueue
from souk.runtime import aws
from souk.runtime.settings import Settings, settings, webhook_settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MASTER: Final = b"the secret that only tests make others of"
_CACHED = (webhook_settings, webhooks.delivery_queues, webhooks.master_secret)


@contextmanager
def deployed(patch: pytest.MonkeyPatch, **settled: str) -> Iterator[None]:
    """Set every variable that `souk.runtime.settings` reads, to the given values or defaults, by field name."""
    variables = (
        dict.fromkeys(Settings._fields, "test")
        | {"address_limit": "", "max_cost": "10000", "test_clock": "off", "search": "tantivy", "search_endpoint": ""}
        | settled
    )
    for name, value in variables.items():
        patch.setenv(f"SOUK_{name.upper()}", value)
    settings.cache_clear()
    yield
    settings.cache_clear()


@contextmanager
def with_webhooks(patch: pytest.MonkeyPatch) -> Iterator[tuple["SQSClient", dict[DeliveryQueue, str]]]:
    """Create the queues and variables of webhooks, and yield the queues' client and their URLs.

    The tests of a process share the client, because creating one takes longer than most of them.
    """
    sqs = aws.sqs()
    queues = {queue: sqs.create_queue(QueueName=f"souk-{queue}")["QueueUrl"] for queue in DeliveryQueue}
    patch.setattr(aws, "secret", lambda _: MASTER)
    patch.setenv("SOUK_WEBHOOK_SECRET", "webhooks")
    patch.setenv("SOUK_DELIVERIES", queues[DeliveryQueue.STANDARD])
    patch.setenv("SOUK_SLOW_DELIVERIES", queues[DeliveryQueue.SLOW])
    for function in _CACHED:
        function.cache_clear()
    yield sqs, queues
    for function in _CACHED:
        function.cache_clear()
