"""Fixtures for the tests of proposals."""

import pytest

from tests.domains.jobs.conftest import bucket
from tests.support.api import Souk
from tests.support.worlds.proposals import Board

__all__ = ["board", "bucket"]


@pytest.fixture
def board(souk: Souk) -> Board:
    """Return the API with two clients, three freelancers and an agency."""
    return Board(souk)
