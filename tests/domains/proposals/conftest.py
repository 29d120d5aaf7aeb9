"""Fixtures for the tests of proposals."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.proposals import ProposalsWorld


@pytest.fixture
def world(souk: Souk) -> ProposalsWorld:
    """Return the API with two clients, three freelancers and an agency."""
    return ProposalsWorld(souk)
