"""Fixtures for the tests of contracts."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.contracts import ContractsWorld, hourly_contract


@pytest.fixture
def hourly(souk: Souk) -> ContractsWorld:
    """Return a contract by the hour."""
    return ContractsWorld(souk, hourly_contract())


@pytest.fixture
def fixed(souk: Souk) -> ContractsWorld:
    """Return a contract at a fixed price."""
    return ContractsWorld(souk)
