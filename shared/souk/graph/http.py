"""GraphQL over HTTP, with the events of API Gateway.

Responses are always JSON. An operation's errors have the status 200; other failures have 400, 401, 403, 413, 415, 429
or 503.
"""

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from souk.authentication.bearer import authenticate
from souk.authentication.principal import Principal
from souk.authentication.rate_limits import Allowance, Meter
from souk.graph.context import Context
from souk.graph.errors import failure
from souk.graph.execution import Engine, Request
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import Forbidden, LimitExceeded, SoukError, TooManyRequests, Unauthorized
from souk.web.rate_limits import limit_headers, refusal_headers
from souk.web.signing import Signer
from souk.web.urls import base_url

MAX_BODY = 1_000_000
"""Bytes of a request's body."""
MAX_ANSWER = 6_000_000
"""Bytes of a response with its body as a JSON string. Lambda's own limit is slightly larger (6 MiB)."""
_FORWARDED = "soukForwarded"
"""The key of the response keys in an event from another function. Events of API Gateway never have it."""

Event = Mapping[str, Any]
Answer = dict[str, Any]
Invoke = Callable[[str, dict[str, Any]], Answer]
"""Invokes another function of this deployment, by its short name, and returns its answer."""


class BadRequest(SoukError):
    """The body is not a GraphQL request."""

    code = "BAD_REQUEST"


class UnsupportedMediaType(SoukError):
    """The content type is not JSON."""

    code = "UNSUPPORTED_MEDIA_TYPE"


_STATUS: dict[type[SoukError], int] = {
    BadRequest: 400,
    Unauthorized: 401,
    Forbidden: 403,
    LimitExceeded: 413,
    UnsupportedMediaType: 415,
    TooManyRequests: 429,
}
_UNAVAILABLE = 503


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
    ) -> None:
        """`behind_proxy` is as in `souk.web.urls.base_url`."""
        self._engine = engine
        self._table = table
        self._signer = signer
        self._invoke = invoke
        self._meter = meter
        self._behind_proxy = behind_proxy

    def __call__(self, event: Event, context: Any) -> Answer:
        """Answer one request. `context` is Lambda's."""
        started, trips = time.perf_counter(), self._table.trips
        answer = self._answer(event, context.aws_request_id)
        logger.info(
            "request",
            request_id=context.aws_request_id,
            status=answer["statusCode"],
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            storage_trips=self._table.trips - trips,
        )
        return answer

    def _answer(self, event: Event, request_id: str) -> Answer:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        now = self._table.clock.real()
        forwarded = _FORWARDED in event  # then the forwarding function has counted it
        try:
            if not forwarded:
                self._meter.admit_address(event["requestContext"]["identity"]["sourceIp"], now)
            _check_content_type(headers)
            body = _body(event)
            principal = authenticate(self._table, headers, now, _parameter(event))
            allowance = None if forwarded else self._meter.admit_key(principal.key_id, now)
        except SoukError as refused:
            return _refusal(refused, request_id)
        limits = _allowed(allowance)
        try:
            ctx = self._context(event, headers, principal, request_id)
            result = self._run(event, _request(body, event), ctx)
        except BadRequest as refused:
            return _answer(400, failure(refused), request_id, limits)
        except SoukError as refused:
            return _answer(200, failure(refused), request_id, limits)
        answer = _answer(200, result, request_id, limits)
        if len(orjson.dumps(answer)) > MAX_ANSWER:
            too_long = LimitExceeded(
                f"The response is larger than {MAX_ANSWER} bytes; request fewer records or fields. "
                "If this was a mutation, it has run."
            )
            return _answer(200, failure(too_long), request_id, limits)
        return answer

    def _context(self, event: Event, headers: Mapping[str, str], principal: Principal, request_id: str) -> Context:
        return Context(
            principal=principal,
            table=self._table,
            signer=self._signer,
            now=self._table.clock.market(),
            request_id=request_id,
            base_url=base_url(event, headers, behind_proxy=self._behind_proxy),
            meter=self._meter,
            ip_address=event["requestContext"].get("identity", {}).get("sourceIp"),
        )

    def _run(self, event: Event, request: Request, ctx: Context) -> dict[str, Any]:
        def forward(function: str, only: Sequence[str]) -> dict[str, Any]:
            answer = self._invoke(function, {**event, _FORWARDED: list(only)})
            forwarded: dict[str, Any] = orjson.loads(answer["body"])
            return forwarded

        return self._engine.run(request, ctx, forward)


def _check_content_type(headers: Mapping[str, str]) -> None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("Send the request as JSON: `Content-Type: application/json`.")


def _body(event: Event) -> bytes:
    text = event.get("body") or ""
    if len(text) > MAX_BODY * 4 // 3 + 4:
        raise LimitExceeded(f"A request's body holds {MAX_BODY} bytes at the most.")
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except ValueError:  # invalid base64, or a lone surrogate
        raise BadRequest("The body is not UTF-8 text.") from None
    if len(body) > MAX_BODY:
        raise LimitExceeded(f"A request's body holds {MAX_BODY} bytes at the most.")
    return body


def _request(body: bytes, event: Event) -> Request:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as invalid:
        raise BadRequest(f"The body is not JSON: {invalid.msg} at character {invalid.pos}.") from None
    if not isinstance(parsed, dict):
        message = 'The body must be a JSON object: {"query": "...", "variables": {...}, "operationName": "..."}.'
        raise BadRequest(message)
    query, variables, name = parsed.get("query"), parsed.get("variables"), parsed.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest("The body's `query` must be the GraphQL document, as a string.")
    if not isinstance(variables, dict | None):
        raise BadRequest("The body's `variables` must be an object of values by variable name.")
    if not isinstance(name, str | None):
        raise BadRequest("The body's `operationName` must be a string.")
    return Request(query, variables or {}, name, event.get(_FORWARDED))


def _parameter(event: Event) -> str | None:
    """Return the access token from the URL, if there is one (RFC 6750, section 2.3)."""
    return (event.get("queryStringParameters") or {}).get("access_token")


def _allowed(allowance: Allowance | None) -> dict[str, str]:
    return dict(limit_headers(*allowance)) if allowance else {}


def _refusal(error: SoukError, request_id: str) -> Answer:
    """Return the response to a request that is refused before it is read."""
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), _UNAVAILABLE)
    headers: dict[str, str] = {}
    if isinstance(error, TooManyRequests):
        headers = dict(refusal_headers(error))
    elif isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = error.challenge
    return _answer(status, failure(error), request_id, headers)


def _answer(status: int, result: dict[str, Any], request_id: str, headers: Mapping[str, str] | None = None) -> Answer:
    always = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Request-Id": request_id,
        "Cache-Control": "no-store",
        "Access-Control-Allow-Origin": "*",  # safe without cookies: a page needs a token
    }
    return {
        "statusCode": status,
        "headers": {**always, **(headers or {})},
        "body": orjson.dumps(result).decode(),
        "isBase64Encoded": False,
    }
