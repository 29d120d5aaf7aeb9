"""Fixtures for the tests of payments."""

import pytest

from souk.domains.payments.deployment import provider
from souk.domains.payments.web import application
from souk.web.signing import Signer
from tests.accounts.browser import Browser
from tests.support.api import Souk
from tests.support.worlds.milestones import MilestonesWorld, contract


@pytest.fixture
def world(souk: Souk) -> MilestonesWorld:
    """Return the contract of an enterprise, which pays on account."""
    return MilestonesWorld(souk)


@pytest.fixture
def market_world(souk: Souk) -> MilestonesWorld:
    """Return the contract of a client who pays by checkouts."""
    return MilestonesWorld(souk, contract(enterprise=False))


@pytest.fixture
def browser(souk: Souk) -> Browser:
    """Return a browser for the pages of checkouts."""
    signer = Signer(lambda: b"a key that only tests use")
    return Browser(application(souk.tables["contracts"], signer, provider), base="https://localhost")
