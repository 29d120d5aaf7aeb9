"""Fixtures for the tests of offers."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.offers import OffersWorld
from tests.support.worlds.stored_offers import StoredOffersWorld


@pytest.fixture
def world(souk: Souk) -> OffersWorld:
    """Return the API with a client that hires and a freelancer."""
    return OffersWorld(souk)


@pytest.fixture
def stored_world(souk: Souk) -> StoredOffersWorld:
    """Return the API with a client, freelancers and an agency, and no offers yet."""
    return StoredOffersWorld(souk)
