"""Fixtures for the tests of feedback."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.feedback import Reviewing


@pytest.fixture
def deal(souk: Souk) -> Reviewing:
    """Return a contract whose sides have something to say."""
    return Reviewing(souk, hourly_contract())
