"""The account pages in process, with a table and a user pool on moto."""

import pytest

from souk.accounts.application import application
from souk.authentication.issuance import RefreshTokens
from souk.authentication.rate_limits import Meter
from souk.authentication.records import API_KEYS, ApiKey, ClientSecret, GrantType
from souk.authentication.scopes import Scope
from souk.authentication.tokens import digest
from souk.oauth.server import OAuth
from souk.storage import Table
from souk.web import Router
from tests.accounts.actions import CALLBACK, KEY_ID, KEY_SECRET, log_in
from tests.accounts.browser import Browser
from tests.accounts.cognito import Cognito
from tests.domains.identity import people
from tests.support.table import COUNTERS

SECRET = b"a secret of tests, at least 32 bytes long"


@pytest.fixture
def cognito(aws: None) -> Cognito:  # noqa: ARG001 - the client needs the mocked AWS
    """Return an empty user pool."""
    return Cognito()


@pytest.fixture
def seeded_table(table: Table) -> Table:
    """Return a table with the users of the identity tests, and Rival's API key."""
    people.settle(table)
    tx = table.transaction()
    tx.create(API_KEYS, key())
    tx.commit()
    return table


def key(**facts: object) -> ApiKey:
    """Return an API key of a program."""
    defaults = {
        "id": KEY_ID,
        "name": "Invoice Robot",
        "description": "Sends your invoices.",
        "organization_id": people.RIVAL,
        "created_by": people.OMAR,
        "secrets": (ClientSecret(hash=digest(KEY_SECRET), expires=4_000_000_000),),
        "scopes": (Scope.COMMON_ENTITIES_READ.value, Scope.JOB_POSTINGS_READ.value),
        "grants": (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
        "redirect_uris": (CALLBACK,),
    }
    return ApiKey.model_validate(defaults | facts)


def web(table: Table, cognito: Cognito, **choices: object) -> Router:
    """Return the router of the account pages."""
    oauth = OAuth(table, RefreshTokens(SECRET))
    admit_mail = Meter(table.client, COUNTERS).admit_mail
    return application(table, cognito.directory, oauth, SECRET, admit_mail=admit_mail, **choices)  # type: ignore[arg-type]


@pytest.fixture
def router(table: Table, cognito: Cognito) -> Router:
    """Return the router with an empty table."""
    return web(table, cognito)


@pytest.fixture
def browser(router: Router) -> Browser:
    """Return a new browser."""
    return Browser(router)


@pytest.fixture
def olivia(seeded_table: Table, cognito: Cognito, router: Router) -> Browser:  # noqa: ARG001 - the user is in the table
    """Return a browser that Olivia is logged in with."""
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    log_in(browser, "olivia@example.test")
    return browser
