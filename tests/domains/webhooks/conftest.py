"""Fixtures for the tests of webhooks."""

from collections.abc import Iterator

import pytest

from tests.support.api import Souk
from tests.support.environment import deployed, with_webhooks
from tests.support.worlds.webhooks import PostOffice


@pytest.fixture
def post(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """Return the API with a market, and the way to the addresses of those who subscribed."""
    with deployed(monkeypatch, target="aws"), with_webhooks(monkeypatch) as (sqs, queues):
        yield PostOffice(souk, sqs, queues)
