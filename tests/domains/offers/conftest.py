"""Fixtures for the tests of offers."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.offers import Hiring
from tests.support.worlds.stored_offers import Desk


@pytest.fixture
def hiring(souk: Souk) -> Hiring:
    """Return the API with a client that hires and a freelancer."""
    return Hiring(souk)


@pytest.fixture
def desk(souk: Souk) -> Desk:
    """Return the API with a client, freelancers and an agency, and no offers yet."""
    return Desk(souk)
