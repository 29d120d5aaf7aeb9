"""Fixtures for the tests of worked time."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.diaries import DiariesWorld


@pytest.fixture
def diaries(souk: Souk) -> DiariesWorld:
    """Return a world with an hourly contract, in which time is stored directly."""
    return DiariesWorld(souk)
