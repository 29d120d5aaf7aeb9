"""Fixtures for the tests of offers."""

import pytest

from tests.domains.offers.offering import Desk
from tests.support.api import Souk
from tests.support.hiring import Hiring


@pytest.fixture
def hiring(souk: Souk) -> Hiring:
    """Return the API with a client that hires and a freelancer."""
    return Hiring(souk)


@pytest.fixture
def desk(souk: Souk) -> Desk:
    """Return the API with a client, freelancers and an agency, and no offers yet."""
    return Desk(souk)
