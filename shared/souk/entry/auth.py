"""The `auth` function: serves the account pages, OAuth 2.0, and its part of the graph."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from souk.accounts import code_mails
from souk.accounts.application import application
from souk.accounts.directory import Directory
from souk.authentication.issuance import RefreshTokens
from souk.entry.deployment import meter, table
from souk.entry.web import Handler, admit, combined_handler
from souk.oauth.server import OAuth
from souk.runtime import aws
from souk.runtime.settings import auth_settings, settings
from souk.web import Router


def make_handler() -> Handler:
    """Return the handler of web requests, API requests and deadlines, and of the mails that Cognito sends."""
    serve = combined_handler(web)

    def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return code_mails.answer(table(), dict(event)) if code_mails.is_code_mail(event) else serve(event, context)

    return handle


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
