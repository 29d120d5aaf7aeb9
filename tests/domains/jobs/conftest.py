"""Fixtures for the tests of job postings."""

import pytest

from souk.domains.jobs.search import index
from tests.support.api import Souk
from tests.support.worlds.jobs import JobsWorld


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> JobsWorld:
    """Return the API with two clients and their people, and a search index in memory."""
    world = JobsWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: world.index)
    return world
