"""Fixtures for webhook tests."""

from collections.abc import Iterator

import pytest

from tests.support.api import Souk
from tests.support.environment import deployed, with_webhooks
from tests.support.worlds.webhooks import WebhookWorld


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookWorld]:
    """Return the world of webhooks."""
    with deployed(monkeypatch, target="aws"), with_webhooks(monkeypatch) as (sqs, queues):
        yield WebhookWorld(souk, sqs, queues)
