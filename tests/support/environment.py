"""The environment of a deployed function, for tests of what reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Final

import pytest

from souk.domains.webhooks import deployment as webhooks
from souk.domains.webhooks.messages import DeliveryQueue
from souk.runtime import aws
from souk.runtime.settings import Settings, settings, webhook_settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MASTER: Final = b"the secret that only tests make others of"
_REMEMBERED = (webhook_settings, webhooks.delivery_queues, webhooks.master_secret)


@contextmanager
def deployed(patch: pytest.MonkeyPatch, **settled: str) -> Iterator[None]:
    """Set every variable that `souk.runtime.settings` reads; `settled` holds those that matter, by field name."""
    given = {one.name: "test" for one in fields(Settings)} | {"address_limit": ""} | settled
    for name, value in given.items():
        patch.setenv(f"SOUK_{name.upper()}", value)
    settings.cache_clear()
    yield
    settings.cache_clear()


@contextmanager
def with_webhooks(patch: pytest.MonkeyPatch) -> Iterator[tuple["SQSClient", dict[DeliveryQueue, str]]]:
    """Make what webhooks need besides, and yield the queues' client and their URLs.

    The client stays for all tests of a process: to make one takes longer than most of them.
    """
    sqs = aws.sqs()
    queues = {queue: sqs.create_queue(QueueName=f"souk-{queue}")["QueueUrl"] for queue in DeliveryQueue}
    patch.setattr(aws, "secret", lambda _: MASTER)
    patch.setenv("SOUK_WEBHOOK_SECRET", "webhooks")
    patch.setenv("SOUK_DELIVERIES", queues[DeliveryQueue.STANDARD])
    patch.setenv("SOUK_SLOW_DELIVERIES", queues[DeliveryQueue.SLOW])
    for one in _REMEMBERED:
        one.cache_clear()
    yield sqs, queues
    for one in _REMEMBERED:
        one.cache_clear()
