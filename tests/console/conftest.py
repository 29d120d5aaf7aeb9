"""The pages of the console, with the people of the identity tests."""

import pytest

from souk.accounts import application
from souk.authentication.issuance import RefreshTokens
from souk.authentication.rate_limits import Meter
from souk.oauth import OAuth
from souk.storage import Table
from tests.accounts.cognito import Cognito
from tests.console.world import SECRET, Pages
from tests.domains.conftest import bucket
from tests.domains.identity import people
from tests.support.table import COUNTERS

__all__ = ["bucket", "pages"]


@pytest.fixture
def pages(table: Table, aws: None) -> Pages:  # noqa: ARG001 - the user pool needs the mocked AWS
    """Return the pages of a marketplace with the people of the identity tests."""
    people.settle(table)
    oauth = OAuth(table, RefreshTokens(SECRET))
    admit_mail = Meter(table.client, COUNTERS).admit_mail
    cognito = Cognito()
    return Pages(table, application(table, cognito.directory, oauth, SECRET, admit_mail=admit_mail), cognito)
