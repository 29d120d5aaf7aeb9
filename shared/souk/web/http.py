"""Requests and answers."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from souk.web.address import base_url

MAX_BODY = 100_000
"""Bytes of a form."""
_MAX_FIELDS = 100
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """One request, as API Gateway hands it over (REST API, proxy integration)."""

    method: str
    path: str
    queries: tuple[tuple[str, str], ...]
    """The parameters of the URL, decoded; one name may come several times."""
    headers: Mapping[str, str]
    """By lower-case names."""
    body: bytes
    source_ip: str
    received: datetime
    """When API Gateway took it, in real time, UTC."""
    base_url: str
    """Where this deployment is, without a slash at the end."""

    @classmethod
    def of(cls, event: Mapping[str, Any], now: datetime, *, behind_door: bool) -> "Request":
        """Read an event that came by now, in real time; `behind_door` is as in `base_url`."""
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
            base_url=base_url(event, headers, behind_door=behind_door),
        )

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the URL; of a name that comes several times, the last."""
        return dict(self.queries)

    @property
    def secure(self) -> bool:
        """Whether it came over TLS. Plain HTTP is the local run's."""
        return self.base_url.startswith("https:")

    @property
    def media_type(self) -> str:
        """The type of its body, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def form(self) -> tuple[tuple[str, str], ...]:
        """The fields of its form, decoded; none where the body is no form, or a larger one than any of ours."""
        if self.media_type != _FORM or len(self.body) > MAX_BODY:
            return ()
        try:
            return tuple(parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS))
        except ValueError:  # it is no UTF-8, or has too many fields
            return ()

    @cached_property
    def fields(self) -> dict[str, str]:
        """The fields of its form; of a name that comes several times, the last."""
        return dict(self.form)

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies that the browser sent along."""
        # Python's own parser drops all of them where it does not like one, which may be another program's.
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}


@dataclass(frozen=True)
class Response:
    """An answer. What every answer carries besides, `safe_headers` adds when it is sent."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def adding(self, *headers: tuple[str, str]) -> "Response":
        """Return the same with more headers."""
        return Response(self.status, self.body, (*self.headers, *headers))


def page(html: str, status: int = 200, form_targets: Iterable[str] = ()) -> Response:
    """Answer with a page. `form_targets` are the origins that answers to its forms may redirect to, beside ours."""
    return Response(
        status,
        html,
        (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", _policy(form_targets)),
            ("X-Frame-Options", "DENY"),
        ),
    )


def json(data: Mapping[str, Any], status: int = 200, *, cors: bool = False) -> Response:
    """Answer with JSON; `cors` lets programs in any page read it."""
    headers = [("Content-Type", "application/json; charset=utf-8")]
    if cors:
        headers.append(("Access-Control-Allow-Origin", "*"))
    return Response(status, orjson.dumps(data).decode(), tuple(headers))


def redirect(url: str) -> Response:
    """Send a browser on, to be asked for with GET whatever it asked for here."""
    return Response(303, "", (("Location", url),))


def sent(response: Response, request: Request) -> dict[str, Any]:
    """Return an answer as API Gateway takes it."""
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name, []).append(value)
    for name, value in safe_headers(request):
        headers.setdefault(name, [value])
    return {
        "statusCode": response.status,
        "multiValueHeaders": headers,
        "body": "" if request.method == "HEAD" else response.body,
        "isBase64Encoded": False,
    }


def safe_headers(request: Request) -> list[tuple[str, str]]:
    """Return what every answer carries: it is not kept, nor guessed at, and its address is told to nobody."""
    headers = [
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
    if request.secure:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    return headers


def _policy(form_targets: Iterable[str]) -> str:
    """Return a page's Content-Security-Policy: it loads a style sheet of ours and nothing else, and runs nothing."""
    targets = " ".join(("'self'", *form_targets))
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {targets}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def _queries(event: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    several = event.get("multiValueQueryStringParameters")
    if several:
        return tuple((name, value) for name, values in several.items() for value in values)
    return tuple((event.get("queryStringParameters") or {}).items())
