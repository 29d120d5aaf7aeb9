"""The pages of the console, with the people of the identity tests."""

import pytest

from souk.accounts import application
from souk.authentication.issuance import RefreshTokens
from souk.authentication.rate_limits import Meter
from souk.oauth import OAuth
from souk.storage import Table
from tests.accounts.cognito import Cognito
from tests.console.world import SECRET, Pages
from tests.domains.identity import people
from tests.domains.machinery.log import Log, install
from tests.support.table import COUNTERS


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Return the log of requests with API keys."""
    return install(monkeypatch)


@pytest.fixture
def pages(table: Table, aws: None, log: Log) -> Pages:  # noqa: ARG001 - pages read the log and the user pool
    """Return the pages of a marketplace with the people of the identity tests."""
    return make_pages(table)


def make_pages(table: Table, *, local: bool = False) -> Pages:
    """Return the pages. `local` is as in `Pages`."""
    people.settle(table)
    oauth = OAuth(table, RefreshTokens(SECRET))
    admit_mail = Meter(table.client, COUNTERS).admit_mail
    accounts = application(table, Cognito().directory, oauth, SECRET, admit_mail=admit_mail, behind_proxy=local)
    return Pages(table, accounts, local=local)
