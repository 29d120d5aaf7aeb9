"""The `auth` function: serves the account pages, OAuth 2.0, and its part of the graph."""

from functools import cache

from souk.accounts import application
from souk.accounts.directory import Directory
from souk.authentication.issuance import RefreshTokens
from souk.entry.deployment import meter, table
from souk.entry.web import Handler, admit, combined_handler
from souk.oauth import OAuth
from souk.runtime import aws
from souk.runtime.settings import auth_settings, settings
from souk.web import Router


def make_handler() -> Handler:
    """Return the handler of web requests, API requests and deadlines."""
    return combined_handler(web)


@cache
def web() -> Router:
    """Return the routes of the account pages and OAuth 2.0."""
    own, identity = settings(), auth_settings()
    secret = aws.secret(identity.token_secret)
    return application(
        table(),
        Directory(aws.cognito(), identity.user_pool_client),
        OAuth(table(), RefreshTokens(secret), implicit=identity.implicit),
        secret,
        auto_consent=identity.auto_consent,
        behind_proxy=own.behind_proxy,
        admit=admit,
        admit_mail=meter().admit_mail,
    )
