"""The `auth` function: serves browsers, OAuth2 clients, and its own part of the graph."""

from functools import cache

from souk.accounts import application
from souk.accounts.directory import Directory
from souk.authentication.issuance import RefreshTokens
from souk.entry.deployment import meter, table
from souk.entry.web import Handler, admit, beside_graph
from souk.oauth import OAuth
from souk.runtime import aws
from souk.runtime.settings import auth_settings, settings
from souk.web import Router


def make_handler() -> Handler:
    """Return the handler of the web side, of API requests, and of the work that is due."""
    return beside_graph(web)


@cache
def web() -> Router:
    """Return the pages of accounts and the endpoints of OAuth2."""
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
