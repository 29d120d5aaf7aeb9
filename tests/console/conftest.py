"""The pages of the console, with the people of the identity tests."""

import pytest

from souk.accounts import application
from souk.authentication.issuance import RefreshTokens
from souk.authentication.rate_limits import Meter
from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from souk.oauth import OAuth
from souk.storage import Table
from tests.accounts.browser import Browser
from tests.accounts.cognito import Cognito
from tests.console.world import SECRET, Pages
from tests.domains.conftest import bucket
from tests.domains.identity import people
from tests.domains.machinery.log import Log, install
from tests.domains.operator.conftest import ADA, HOUSE
from tests.support.clock import CLOCK
from tests.support.table import COUNTERS

__all__ = ["bucket", "pages"]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Return the log of requests with API keys."""
    return install(monkeypatch)


@pytest.fixture
def pages(table: Table, aws: None, log: Log) -> Pages:  # noqa: ARG001 - pages read the log and the user pool
    """Return the pages of a marketplace with the people of the identity tests."""
    return make_pages(table)


@pytest.fixture
def local_pages(table: Table, aws: None) -> Pages:  # noqa: ARG001 - as above
    """Return the same pages for a real browser, as the local run serves them."""
    return make_pages(table, behind_proxy=True)


def make_pages(table: Table, *, behind_proxy: bool = False) -> Pages:
    """Return the pages of a marketplace with the people of the identity tests. `behind_proxy` is as in `Router`."""
    people.settle(table)
    oauth, cognito = OAuth(table, RefreshTokens(SECRET)), Cognito()
    admit_mail = Meter(table.client, COUNTERS).admit_mail
    accounts = application(table, cognito.directory, oauth, SECRET, admit_mail=admit_mail, behind_proxy=behind_proxy)
    return Pages(table, accounts, cognito, behind_proxy=behind_proxy)


@pytest.fixture
def operator(pages: Pages) -> Browser:
    """Return the browser of Ada, who is an operator."""
    founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
    bootstrap(pages.table, founder, "A test", CLOCK.market())
    return pages.browser(ADA)
