"""What the handler of the `auth` function serves: browsers, OAuth2 clients, and its own part of the graph."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from souk.accounts import application
from souk.accounts.directory import Directory
from souk.authentication.issuance import RefreshTokens
from souk.deadlines.runner import is_due
from souk.entry.deployment import meter, table
from souk.oauth import OAuth
from souk.runtime import aws
from souk.runtime.settings import auth_settings, settings
from souk.web import Request, Router


def answer(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request of API Gateway, or one that another function forwards, or do what the clock asks for."""
    if not is_due(event) and not event["path"].startswith("/graphql"):
        return web()(event, context)
    # The graph is the larger half of a cold start, and most of what comes here does not need it.
    from souk.entry.api import api  # noqa: PLC0415

    return api()(event, context)


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
        admit=_admit,
        admit_mail=meter().admit_mail,
    )


def _admit(request: Request) -> None:
    meter().admit_address(request.source_ip, datetime.now(UTC))
