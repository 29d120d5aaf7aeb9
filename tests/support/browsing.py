"""Asking for pages without a server: with the events that API Gateway sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from souk.web import Router


@dataclass(frozen=True)
class Shown:
    """What came back."""

    status: int
    headers: Mapping[str, list[str]]
    body: str

    def header(self, name: str) -> str:
        """Return a header that came once."""
        (value,) = self.headers[name]
        return value


@dataclass(frozen=True)
class Browser:
    """Asks a router."""

    router: Router

    def get(self, url: str) -> Shown:
        """Open an address."""
        return self.send("GET", url)

    def post(self, url: str, **fields: str) -> Shown:
        """Send a form."""
        return self.send("POST", url, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def send(self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Shown:
        """Send anything."""
        parts = urlsplit(url)
        queries = parse_qsl(parts.query, keep_blank_values=True)
        event: dict[str, Any] = {
            "resource": parts.path,
            "path": parts.path,
            "httpMethod": method,
            "headers": dict(headers or {}),
            "queryStringParameters": dict(queries) or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in queries} or None,
            "requestContext": {
                "path": parts.path,
                "domainName": "souk.test",
                "identity": {"sourceIp": "127.0.0.1"},
            },
            "body": body.decode(),
            "isBase64Encoded": False,
        }
        answer = self.router(event, SimpleNamespace(aws_request_id="test-request"))
        return Shown(answer["statusCode"], answer["multiValueHeaders"], answer["body"])
