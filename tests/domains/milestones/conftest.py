"""Fixtures for the tests of milestones."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.milestones import MilestonesWorld, contract


@pytest.fixture
def world(souk: Souk) -> MilestonesWorld:
    """Return the contract of an enterprise, which pays on account."""
    return MilestonesWorld(souk)


@pytest.fixture
def market_world(souk: Souk) -> MilestonesWorld:
    """Return the contract of a client who pays by checkouts."""
    return MilestonesWorld(souk, contract(enterprise=False))
