"""Fixtures for the tests of activities."""

import pytest

from tests.domains.activities.world import ActivitiesWorld
from tests.support.api import Souk
from tests.support.worlds.contracts import hourly_contract


@pytest.fixture
def world(souk: Souk) -> ActivitiesWorld:
    """Return the API with a client that has two teams, and contracts of each."""
    return ActivitiesWorld(souk, hourly_contract())
