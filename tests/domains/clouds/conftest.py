"""Fixtures for the tests of talent clouds."""

import pytest

from souk.domains.jobs.search import index
from tests.support import racing
from tests.support.api import Souk
from tests.support.worlds.clouds import CloudsWorld


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> CloudsWorld:
    """Return a world with clients and freelancers, and a search index of postings in memory."""
    world = CloudsWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: world.index)
    return world


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let few callers race, and return their number."""
    monkeypatch.setattr(racing, "CALLERS", 8)
    return 8
