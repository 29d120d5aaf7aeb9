"""Fixtures for the tests of identity."""

import pytest

from tests.domains.identity.callers import Callers
from tests.support.api import Souk


@pytest.fixture
def callers(souk: Souk) -> Callers:
    """Return the API with people of a company, a rival and a freelancer."""
    return Callers(souk)
