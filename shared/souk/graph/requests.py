"""Reads GraphQL requests from the events of API Gateway: JSON bodies of POST, and the URL's parameters of GET."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from souk.values.errors import LimitExceeded, SoukError

MAX_BODY = 1_000_000
"""Bytes of a request's body."""
FORWARDED = "soukForwarded"
"""The key of the response keys in an event from another function. Events of API Gateway never have it."""
SHOW_COST = "souk-show-cost"
"""The header that asks for the cost of a request, with any value."""
_NO_VALUES: tuple[Any, ...] = (None, [], "")
"""How clients send no variables: PHP encodes an empty array as a list, and forms leave an empty text."""

Event = Mapping[str, Any]


class BadRequest(SoukError):
    """The body or the URL is not a GraphQL request."""

    code = "BAD_REQUEST"


class UnsupportedMediaType(SoukError):
    """The content type is not JSON."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class PersistedQueryNotSupported(SoukError):
    """The request has the hash of a document and not the document. Apollo's clients then send the document.

    They recognize this code and this message: https://www.apollographql.com/docs/apollo-server/performance/apq.
    """

    code = "PERSISTED_QUERY_NOT_SUPPORTED"

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotSupported")


class Request(NamedTuple):
    """A GraphQL request."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None = None
    only: Sequence[str] | None = None
    """The response keys of the root fields to run: the part of a mutation that was forwarded; None for all."""
    safe: bool = False
    """Whether the HTTP method is safe (RFC 9110, section 9.2.1), so that the request must not change anything."""
    shows_cost: bool = False
    """Whether the response tells the request's cost."""


def is_safe(event: Event) -> bool:
    """Return whether an event is a GET request."""
    return bool(event.get("httpMethod") == "GET")


def check_content_type(headers: Mapping[str, str]) -> None:
    """Raise UnsupportedMediaType if a body is not JSON. The names of the headers are lower case."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("Send the request as JSON: `Content-Type: application/json`.")


def body_of(event: Event) -> bytes:
    """Return an event's body. Raises LimitExceeded if it is too large, and BadRequest if it is not text."""
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


def read(event: Event, body: bytes, *, shows_cost: bool = False) -> Request:
    """Return the request of an event. Raises BadRequest, or PersistedQueryNotSupported.

    Source: https://graphql.github.io/graphql-over-http/draft/#sec-Request.
    """
    safe = is_safe(event)
    given = (event.get("queryStringParameters") or {}) if safe else _object_of(body)
    query, name = given.get("query"), given.get("operationName")
    variables = _values("variables", given.get("variables"))
    extensions = _values("extensions", given.get("extensions"))
    if not query and extensions.get("persistedQuery"):
        raise PersistedQueryNotSupported
    if not isinstance(query, str) or not query.strip():
        place = "The URL's parameter" if safe else "The body's"
        raise BadRequest(f"{place} `query` must be the GraphQL document, as a string.")
    if not isinstance(name, str | None):
        raise BadRequest("`operationName` must be a string.")
    return Request(query, variables, name, event.get(FORWARDED), safe, shows_cost)


def _object_of(body: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as invalid:
        raise BadRequest(f"The body is not JSON: {invalid.msg} at character {invalid.pos}.") from None
    if not isinstance(parsed, dict):
        message = 'The body must be a JSON object: {"query": "...", "variables": {...}, "operationName": "..."}.'
        raise BadRequest(message)
    return parsed


def _values(name: str, given: Any) -> dict[str, Any]:
    """Return the variables or extensions: an object, or an object as JSON text, as URLs have it."""
    if isinstance(given, str) and given.strip():
        try:
            given = orjson.loads(given)
        except ValueError:  # not JSON, or a lone surrogate
            raise BadRequest(f"`{name}` must be a JSON object.") from None
    elif isinstance(given, str):
        given = None
    if given in _NO_VALUES:
        return {}
    if not isinstance(given, dict):
        raise BadRequest(f"`{name}` must be an object of values by name.")
    return given
