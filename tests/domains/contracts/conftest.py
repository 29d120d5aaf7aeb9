"""Fixtures for the tests of contracts."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.contracts import ContractsWorld, hourly_contract


@pytest.fixture
def hourly(souk: Souk) -> ContractsWorld:
    """Return a world with an hourly contract."""
    return ContractsWorld(souk, hourly_contract())


@pytest.fixture
def fixed(souk: Souk) -> ContractsWorld:
    """Return a world with a fixed-price contract."""
    return ContractsWorld(souk)
