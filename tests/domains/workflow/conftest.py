"""Fixtures for the tests of workflows."""

import pytest

from tests.support import racing
from tests.support.api import Souk
from tests.support.worlds.workflow import WorkflowWorld


@pytest.fixture
def world(souk: Souk) -> WorkflowWorld:
    """Return a world with a client and a freelancer."""
    return WorkflowWorld(souk)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let few callers race, and return their number."""
    monkeypatch.setattr(racing, "CALLERS", 8)
    return 8
