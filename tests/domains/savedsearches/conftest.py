"""Fixtures for the tests of saved searches."""

import pytest

from souk.domains.jobs.search import index
from tests.support.api import Souk
from tests.support.racing import one_request_at_a_time
from tests.support.worlds.savedsearches import SavedSearchesWorld


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> SavedSearchesWorld:
    """Return the API with clients, freelancers, a search index in memory and the matcher."""
    world = SavedSearchesWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: world.index)
    one_request_at_a_time(monkeypatch)  # the matcher records matches concurrently
    return world
