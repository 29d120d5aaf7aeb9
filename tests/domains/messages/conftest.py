"""Fixtures for the tests of messages."""

import pytest

from souk.runtime import mail
from tests.domains.messages.world import MessagesWorld
from tests.support.api import Souk


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> MessagesWorld:
    """Return the API with two clients, three freelancers and an agency, in a deployment that sends no mail."""
    monkeypatch.setattr(mail, "is_enabled", lambda: False)
    made = MessagesWorld(souk)
    for one in (made.olivia, made.liam, made.max, made.omar, made.sofia, made.noah, made.ada, made.ivy):
        assert one.user_id
    return made
