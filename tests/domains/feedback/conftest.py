"""Fixtures for the tests of feedback."""

import pytest

from tests.support.api import Souk
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.feedback import FeedbackWorld


@pytest.fixture
def world(souk: Souk) -> FeedbackWorld:
    """Return a contract whose sides have something to say."""
    return FeedbackWorld(souk, hourly_contract())
