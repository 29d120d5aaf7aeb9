"""Fixtures for the tests of profiles."""

from collections.abc import Iterator

import pytest

from souk.domains.talent.search import index
from souk.runtime.settings import talent_settings
from tests.domains.talent.search_world import SearchWorld
from tests.domains.talent.world import TalentWorld
from tests.support.api import Souk


@pytest.fixture
def world(souk: Souk) -> TalentWorld:
    """Return a marketplace with a freelancer."""
    return TalentWorld(souk)


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the marketplace review profiles."""
    monkeypatch.setenv("SOUK_PROFILE_REVIEW", "on")
    talent_settings.cache_clear()
    yield
    talent_settings.cache_clear()


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Name the pages of people."""
    monkeypatch.setenv("SOUK_PROFILE_PAGES", "https://example.test/people/")
    talent_settings.cache_clear()
    yield
    talent_settings.cache_clear()


@pytest.fixture
def searched(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> SearchWorld:
    """Return a marketplace with freelancers who can be found, with an empty index in memory."""
    world = SearchWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: world.index)
    return world
