"""Fixtures for the tests of contracts."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.contracts import Deal, hourly_contract


@pytest.fixture
def hourly(souk: Souk) -> Deal:
    """Return a contract by the hour."""
    return Deal(souk, hourly_contract())


@pytest.fixture
def fixed(souk: Souk) -> Deal:
    """Return a contract at a fixed price."""
    return Deal(souk)
