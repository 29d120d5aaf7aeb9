"""GraphQL over HTTP, with the events of API Gateway.

Responses are always JSON. Refusals of the HTTP request have 400, 401, 403, 405, 413, 415, 429 or 503. The errors of an
operation have the status 200; for clients that prefer `application/graphql-response+json`, an operation that was not
executed because it is invalid has 400. Source: https://graphql.github.io/graphql-over-http/draft/#sec-Response.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from souk.authentication import bearer, sessions
from souk.authentication.principal import Principal
from souk.authentication.rate_limits import Allowance, Meter
from souk.graph.context import Context
from souk.graph.errors import failure, report_failures
from souk.graph.execution import Engine, MethodNotAllowed
from souk.graph.media_types import GRAPHQL, JSON, negotiate
from souk.graph.requests import (
    FORWARDED,
    SHOW_COST,
    BadRequest,
    Event,
    PersistedQueryNotSupported,
    Request,
    UnsupportedMediaType,
    body_of,
    check_content_type,
    is_safe,
    read,
)
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import Forbidden, LimitExceeded, SoukError, TooManyRequests, Unauthorized
from souk.web.cors import READABLE
from souk.web.rate_limits import limit_headers, refusal_headers
from souk.web.signing import Signer
from souk.web.urls import base_url

MAX_ANSWER = 6_000_000
"""Bytes of a response with its body as a JSON string. Lambda's own limit is slightly larger (6 MiB)."""

Answer = dict[str, Any]
Invoke = Callable[[str, dict[str, Any]], Answer]
"""Invokes another function of this deployment, by its short name, and returns its answer."""

_STATUS: dict[type[SoukError], int] = {
    BadRequest: 400,
    Unauthorized: 401,
    Forbidden: 403,
    MethodNotAllowed: 405,
    LimitExceeded: 413,
    UnsupportedMediaType: 415,
    TooManyRequests: 429,
}
_UNAVAILABLE = 503
_MAX_LOGGED = 10
"""Error codes in a line of the log."""


class _TooLong(LimitExceeded):
    """The response of an executed operation is too large."""


_EXECUTED = (Forbidden, PersistedQueryNotSupported, _TooLong)
"""Errors of valid operations, so that the status is 200 whatever the client accepts."""


@dataclass(slots=True)
class _Responder:
    """Makes the responses to one request."""

    request_id: str
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every response to this request."""
    logged: dict[str, Any] = field(default_factory=dict)
    """What the log's line of this request tells about the caller and the operation, and the codes of its errors."""

    def result(self, result: dict[str, Any]) -> Answer:
        """Return the response to an operation. Without `data` it was not executed, because it is invalid."""
        report_failures(result, self.request_id)
        if "data" in result or self.media_type == JSON:
            return self._answer(200, result)
        return self._answer(400, result)

    def error(self, error: SoukError) -> Answer:
        """Return the response to an operation that failed as a whole."""
        if isinstance(error, BadRequest | MethodNotAllowed):
            return self.refusal(error)
        result = failure(error)
        if isinstance(error, _EXECUTED) and self.media_type == GRAPHQL:
            result["data"] = None
        return self.result(result)

    def refusal(self, error: SoukError) -> Answer:
        """Return the response to an HTTP request that is refused."""
        status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), _UNAVAILABLE)
        headers: dict[str, str] = {}
        if isinstance(error, TooManyRequests):
            headers = dict(refusal_headers(error))
        elif isinstance(error, Unauthorized):
            headers["WWW-Authenticate"] = error.challenge
        elif isinstance(error, MethodNotAllowed):
            headers["Allow"] = error.allowed
        return self._answer(status, failure(error), headers)

    def _answer(self, status: int, result: dict[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        if errors := result.get("errors"):
            codes = dict.fromkeys((error.get("extensions") or {}).get("code", "") for error in errors)
            self.logged["error_codes"] = [*codes][:_MAX_LOGGED]
        always = {
            "Content-Type": f"{self.media_type}; charset=utf-8",
            "X-Request-Id": self.request_id,
            "Cache-Control": "no-store",
            **READABLE,
        }
        return {
            "statusCode": status,
            "headers": {**always, **self.headers, **(headers or {})},
            "body": orjson.dumps(result).decode(),
            "isBase64Encoded": False,
        }


class Api:
    """Handles the proxy events of API Gateway (REST API, payload 1.0) in one of Souk's API functions."""

    def __init__(
        self,
        engine: Engine,
        table: Table,
        signer: Signer,
        invoke: Invoke,
        meter: Meter,
        *,
        behind_proxy: bool = False,
        shows_costs: bool = False,
    ) -> None:
        """`behind_proxy` is as in `souk.web.urls.base_url`. `shows_costs` shows the cost of every request."""
        self._engine = engine
        self._table = table
        self._signer = signer
        self._invoke = invoke
        self._meter = meter
        self._behind_proxy = behind_proxy
        self._shows_costs = shows_costs

    def __call__(self, event: Event, context: Any) -> Answer:
        """Answer one request. `context` is Lambda's."""
        started, trips = time.perf_counter(), self._table.trips
        respond = _Responder(context.aws_request_id, JSON)
        answer = self._answer(event, respond)
        logger.info(
            "request",
            request_id=context.aws_request_id,
            status=answer["statusCode"],
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            storage_trips=self._table.trips - trips,
            **respond.logged,
        )
        return answer

    def _answer(self, event: Event, respond: _Responder) -> Answer:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        now = self._table.clock.real()
        forwarded = FORWARDED in event  # then the forwarding function has counted it, and reads the answer
        if not forwarded:
            respond.media_type = negotiate(headers.get("accept", ""))
        try:
            if not forwarded:
                self._meter.admit_address(event["requestContext"]["identity"]["sourceIp"], now)
            if not is_safe(event):
                check_content_type(headers)
            body = body_of(event)
            principal = self._authenticate(event, headers, now)
            allowance = None if forwarded else self._admit(principal, now)
        except SoukError as refused:
            return respond.refusal(refused)
        respond.headers = _allowed(allowance)
        respond.logged |= {
            "key": principal.key_id,
            "user": principal.user_id,
            "organization": principal.organization_id,
        }
        try:
            ctx = self._context(event, headers, principal, respond.request_id)
            request = read(event, body, shows_cost=self._shows_costs or SHOW_COST in headers)
            respond.logged |= self._engine.describe(request)
            answer = respond.result(self._run(event, request, ctx))
        except SoukError as failed:
            return respond.error(failed)
        if len(orjson.dumps(answer)) > MAX_ANSWER:
            message = f"The response is larger than {MAX_ANSWER} bytes; request fewer records or fields. "
            return respond.error(_TooLong(message + "If this was a mutation, it has run."))
        return answer

    def _authenticate(self, event: Event, headers: Mapping[str, str], now: datetime) -> Principal:
        """Return the caller. Only functions of this deployment may call with the session of a browser."""
        if FORWARDED in event and sessions.is_session(headers):
            return sessions.authenticate(self._table, headers, now)
        return bearer.authenticate(self._table, headers, now, _parameter(event))

    def _admit(self, principal: Principal, now: datetime) -> Allowance:
        """Count a request for its API key, and for the day of its person. Raises TooManyRequests."""
        allowance = self._meter.admit_key(principal.key_id, now)
        self._meter.see(principal.user_id, now)
        return allowance

    def _context(self, event: Event, headers: Mapping[str, str], principal: Principal, request_id: str) -> Context:
        return Context(
            principal=principal,
            table=self._table,
            signer=self._signer,
            now=self._table.clock.market(),
            request_id=request_id,
            base_url=base_url(event, headers, behind_proxy=self._behind_proxy),
            meter=self._meter,
            invoke=self._invoke,
            ip_address=event["requestContext"].get("identity", {}).get("sourceIp"),
        )

    def _run(self, event: Event, request: Request, ctx: Context) -> dict[str, Any]:
        def forward(function: str, only: Sequence[str]) -> dict[str, Any]:
            answer = self._invoke(function, {**event, FORWARDED: list(only)})
            forwarded: dict[str, Any] = orjson.loads(answer["body"])
            return forwarded

        return self._engine.run(request, ctx, forward)


def _parameter(event: Event) -> str | None:
    """Return the access token from the URL, if there is one (RFC 6750, section 2.3)."""
    return (event.get("queryStringParameters") or {}).get("access_token")


def _allowed(allowance: Allowance | None) -> dict[str, str]:
    return dict(limit_headers(*allowance)) if allowance else {}
