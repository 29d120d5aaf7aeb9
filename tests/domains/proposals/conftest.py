"""Fixtures for the tests of proposals."""

import pytest

from souk.runtime import mail
from tests.support.api import Souk
from tests.support.worlds.proposals import ProposalsWorld


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> ProposalsWorld:
    """Return the API with two clients, three freelancers and an agency, in a deployment that sends no mail."""
    monkeypatch.setattr(mail, "is_enabled", lambda: False)
    return ProposalsWorld(souk)
