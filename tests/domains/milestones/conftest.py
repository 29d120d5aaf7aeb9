"""Fixtures for the tests of milestones."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.milestones import Workshop, contract


@pytest.fixture
def shop(souk: Souk) -> Workshop:
    """Return the contract of an enterprise, which pays on account."""
    return Workshop(souk)


@pytest.fixture
def market_shop(souk: Souk) -> Workshop:
    """Return the contract of a client who pays by checkouts."""
    return Workshop(souk, contract(enterprise=False))
