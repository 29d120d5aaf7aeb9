"""Fixtures for the tests of reputations."""

import pytest

from tests.domains.talent.world import TalentWorld
from tests.support.api import Souk


@pytest.fixture
def world(souk: Souk) -> TalentWorld:
    """Return a marketplace with a freelancer who has a profile."""
    world = TalentWorld(souk)
    world.complete()
    return world
