"""Fixtures for the tests of live."""

import pytest

from souk.runtime import mail
from tests.domains.live.world import LiveWorld
from tests.support.api import Souk


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> LiveWorld:
    """Return the API and the functions of sockets, in a deployment that sends no mail."""
    monkeypatch.setattr(mail, "is_enabled", lambda: False)
    return LiveWorld(souk)
