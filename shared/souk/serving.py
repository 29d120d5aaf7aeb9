"""What the handlers of the API functions serve: domains are imported when a request first needs them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from souk import aws, manifest
from souk.graph.binder import Graph, Later
from souk.graph.cursors import Cursors
from souk.graph.domain import Domain
from souk.graph.execution import Engine
from souk.graph.http import Api
from souk.identity.metering import Meter
from souk.settings import auth_settings, settings
from souk.storage import Table

if TYPE_CHECKING:
    from souk.web import Request, Router

Answer = Callable[[Mapping[str, Any], Any], dict[str, Any]]
"""What Lambda calls, with its event and its context."""


@cache
def api() -> Api:
    """Return the API as the function that this process is: what its handler calls."""
    own = settings()
    known = manifest.load()
    return Api(
        engine=Engine(Graph((), known.contract, Later(known.declared_in, _domain)), own.function),
        table=table(),
        cursors=Cursors(lambda: aws.secret(own.cursor_secret)),
        invoke=aws.invoke,
        meter=meter(),
        behind_door=own.behind_door,
    )


def auth() -> Answer:
    """Return what the function that knows people answers with: its part of the graph, or the web side.

    Most of what the web side needs is imported when the first browser or client comes.
    """
    graphql = api()

    def answer(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return graphql(event, context) if event["path"].startswith("/graphql") else web()(event, context)

    return answer


@cache
def web() -> "Router":
    """Return the pages of accounts and the endpoints of OAuth2."""
    from souk.accounts import application  # noqa: PLC0415
    from souk.accounts.directory import Directory  # noqa: PLC0415
    from souk.identity.issuing import RefreshTokens  # noqa: PLC0415
    from souk.oauth import OAuth  # noqa: PLC0415

    own, identity = settings(), auth_settings()
    secret = aws.secret(identity.token_secret)

    def admit(request: "Request") -> None:
        meter().admit_address(request.source_ip, datetime.now(UTC))

    return application(
        table(),
        Directory(aws.cognito(), identity.user_pool_client),
        OAuth(table(), RefreshTokens(secret), implicit=identity.implicit),
        secret,
        auto_consent=identity.auto_consent,
        behind_door=own.behind_door,
        admit=admit,
    )


@cache
def table() -> Table:
    """Return the table, of which this function may write what it owns."""
    own = settings()
    return Table(aws.dynamodb(), own.table, manifest.load().writes[own.function])


@cache
def meter() -> Meter:
    """Return the counter of requests."""
    own = settings()
    return Meter(aws.dynamodb(), own.counters, own.address_limit)


def _domain(name: str) -> Domain:
    domain: Domain = import_module(f"souk.domains.{name}.resolvers").domain
    return domain
