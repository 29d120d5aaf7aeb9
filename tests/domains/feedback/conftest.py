"""Fixtures for the tests of feedback."""

import pytest

from tests.domains.contracts.deal import hourly_contract
from tests.domains.feedback.reviewing import Reviewing
from tests.support.api import Souk


@pytest.fixture
def deal(souk: Souk) -> Reviewing:
    """Return a contract whose sides have something to say."""
    return Reviewing(souk, hourly_contract())
