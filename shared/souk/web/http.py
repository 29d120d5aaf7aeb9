"""Requests and responses."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from souk.values.errors import FileTooLarge, TooLarge, Unprocessable
from souk.web.cors import READABLE
from souk.web.multipart import Multipart, Upload, parse
from souk.web.translations import Text
from souk.web.urls import base_url

MAX_BODY = 100_000
"""Maximum size of a form in bytes."""
MAX_UPLOAD = 4_000_000
"""Maximum size of a file of a form in bytes. A function receives at most 6 MB, in Base64."""
REQUEST_TOO_LARGE = (
    f"A request can have at most 10 MB, and a file of a form {MAX_UPLOAD // 1_000_000} MB. "
    "Import a larger file with souk admin import KIND FILE."
)
"""What is said of a request that reaches no function. API Gateway refuses it, or Lambda."""
_MAX_WITH_FILES = MAX_UPLOAD + MAX_BODY
_MAX_FIELDS = 300  # the events of a webhook are more than a hundred boxes
_FORM = "application/x-www-form-urlencoded"
_FORM_WITH_FILES = "multipart/form-data"


@dataclass(frozen=True)
class Request:
    """A request, from an event of API Gateway (REST API, proxy integration)."""

    method: str
    path: str
    queries: tuple[tuple[str, str], ...]
    """The URL's parameters, decoded. Names can repeat."""
    headers: Mapping[str, str]
    """The names are lower case."""
    body: bytes
    source_ip: str
    received: datetime
    """When API Gateway received the request, in real time, UTC."""
    base_url: str
    """The deployment's base URL, without a trailing slash."""
    request_id: str = ""
    """Lambda's id of the request, under which the log has it."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What API Gateway tells about the request, for requests to other functions in its course."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The parts of the path that a route names, such as `id` of `/developer/keys/{id}`. Set by the router."""

    @classmethod
    def of(cls, event: Mapping[str, Any], now: datetime, *, behind_proxy: bool, request_id: str = "") -> "Request":
        """Return the request of an event that arrived by `now`, in real time. `behind_proxy` is as in `base_url`."""
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        text = event.get("body") or ""
        context = event["requestContext"]
        arrived = context.get("requestTimeEpoch")
        return cls(
            method=event["httpMethod"],
            path=event["path"],
            queries=_queries(event),
            headers=headers,
            body=base64.b64decode(text) if event.get("isBase64Encoded") else text.encode(errors="replace"),
            source_ip=context.get("identity", {}).get("sourceIp", ""),
            received=datetime.fromtimestamp(arrived / 1000, UTC) if arrived else now,
            base_url=base_url(event, headers, behind_proxy=behind_proxy),
            request_id=request_id,
            context=context,
        )

    @cached_property
    def query(self) -> dict[str, str]:
        """The URL's parameters; the last value of repeated names."""
        return dict(self.queries)

    @property
    def secure(self) -> bool:
        """Whether the request used HTTPS. The local run uses plain HTTP."""
        return self.base_url.startswith("https:")

    @property
    def media_type(self) -> str:
        """The body's media type, in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def check_size(self) -> None:
        """Raise TooLarge for a form that is not read because of its size: FileTooLarge if it can have a file."""
        if self.media_type == _FORM_WITH_FILES and len(self.body) > _MAX_WITH_FILES:
            raise FileTooLarge(
                Text("This file is too large. It can have at most %(most)s MB.", most=MAX_UPLOAD // 1_000_000)
            )
        if self.media_type == _FORM and len(self.body) > MAX_BODY:
            raise TooLarge(Text("This form is too large. It can have at most %(most)s kB.", most=MAX_BODY // 1000))

    @cached_property
    def form(self) -> tuple[tuple[str, str], ...]:
        """The form's fields, decoded; empty if the body is not a form or is too large."""
        if self.media_type == _FORM_WITH_FILES:
            return self._multipart.fields
        if self.media_type != _FORM or len(self.body) > MAX_BODY:
            return ()
        try:
            return tuple(parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS))
        except ValueError:  # not UTF-8, or too many fields
            return ()

    @cached_property
    def files(self) -> dict[str, Upload]:
        """The files of a form, by the names of its fields; those without a chosen file are left out."""
        return dict(self._multipart.files)

    @cached_property
    def _multipart(self) -> Multipart:
        """The parts of a form with files; empty for another body, and one that is malformed or too large."""
        if self.media_type != _FORM_WITH_FILES or len(self.body) > _MAX_WITH_FILES:
            return Multipart()
        try:
            return parse(self.headers["content-type"], self.body, _MAX_FIELDS)
        except Unprocessable:
            return Multipart()

    @cached_property
    def fields(self) -> dict[str, str]:
        """The form's fields; the last value of repeated names."""
        return dict(self.form)

    def values(self, name: str) -> tuple[str, ...]:
        """Return all values of a field of the form, such as the checked boxes of a group."""
        return tuple(value for field_name, value in self.form if field_name == name)

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The request's cookies."""
        # Python's parser drops all cookies if one is invalid, which may be another application's.
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}


@dataclass(frozen=True)
class Response:
    """A response. `security_headers` are added when it is sent."""

    status: int
    body: str | bytes = ""
    """Bytes are sent as they are, such as pictures and compressed files."""
    headers: tuple[tuple[str, str], ...] = ()

    def with_headers(self, *headers: tuple[str, str]) -> "Response":
        """Return a copy with more headers."""
        return Response(self.status, self.body, (*self.headers, *headers))


def page(
    html: str, status: int = 200, form_targets: Iterable[str] = (), *, policy: Mapping[str, str] | None = None
) -> Response:
    """Return an HTML page.

    `form_targets` are further origins that responses to its forms may redirect to. `policy` has further directives of
    the Content-Security-Policy, or other values of those that all pages have.
    """
    return Response(
        status,
        html,
        (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", _policy(form_targets, policy or {})),
            ("X-Frame-Options", "DENY"),
        ),
    )


def json(data: Mapping[str, Any], status: int = 200, *, cors: bool = False) -> Response:
    """Return a JSON response. `cors` lets web pages of any origin read it."""
    headers = [("Content-Type", "application/json; charset=utf-8")]
    if cors:
        headers.extend(READABLE.items())
    return Response(status, orjson.dumps(data).decode(), tuple(headers))


def redirect(url: str) -> Response:
    """Redirect a browser. It uses GET for the new URL, whatever the method of this request."""
    return Response(303, "", (("Location", url),))


def to_event_response(response: Response, request: Request) -> dict[str, Any]:
    """Return a response in the format of API Gateway."""
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name, []).append(value)
    for name, value in security_headers(request):
        headers.setdefault(name, [value])
    return {
        "statusCode": response.status,
        "multiValueHeaders": headers,
        "body": "" if request.method == "HEAD" else _text_of(response.body),
        "isBase64Encoded": isinstance(response.body, bytes),
    }


def _text_of(body: str | bytes) -> str:
    return base64.b64encode(body).decode() if isinstance(body, bytes) else body


def security_headers(request: Request) -> list[tuple[str, str]]:
    """Return the headers of every response: no caching, no content sniffing, no referrer, and HSTS over HTTPS."""
    headers = [
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
    if request.secure:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    return headers


def _policy(form_targets: Iterable[str], more: Mapping[str, str]) -> str:
    """Return a page's Content-Security-Policy: style sheets, images and script files of this site, nothing inline."""
    directives = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "form-action": " ".join(("'self'", *form_targets)),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in (directives | dict(more)).items())


def _queries(event: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    several = event.get("multiValueQueryStringParameters")
    if several:
        return tuple((name, value) for name, values in several.items() for value in values)
    return tuple((event.get("queryStringParameters") or {}).items())
