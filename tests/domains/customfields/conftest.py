"""Fixtures for the tests of custom fields."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.offers import OffersWorld


@pytest.fixture
def world(souk: Souk) -> OffersWorld:
    """Return a world with a client that posts and hires, its teams, and a freelancer."""
    return OffersWorld(souk)
