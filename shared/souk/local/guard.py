"""Refuses requests to the embedded AWS that another web site can make a developer's browser send.

The embedded AWS itself answers every origin and every host name. Its permissions do not depend on this guard: those
are checked by signatures (`identities.py`). The launcher wraps the whole ASGI application in it, sockets included.

This module runs in the emulator's environment and imports the standard library only.
"""

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
"""https://asgi.readthedocs.io/en/latest/specs/www.html"""

SECRET_HEADER = "x-souk-secret"  # noqa: S105 - a name
"""The header of requests from the run itself: the front door and `souk mail`."""

READY = "/_ministack/ready"
LOOPBACK = re.compile(r"(127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)*localhost)(:[0-9]{1,5})?", re.IGNORECASE)
"""Host headers of this machine. Names below `localhost` always mean it (RFC 6761, section 6.3)."""


class Guard:
    """An ASGI application that passes allowed requests on to another."""

    def __init__(self, app: Application, secret: str, is_for_browsers: Callable[[str, str], bool]) -> None:
        """`is_for_browsers` returns whether a host and path name a bucket that web pages may use."""
        self._app = app
        self._secret = secret.encode()
        self._is_for_browsers = is_for_browsers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            # Nothing behind the guard sees the secret.
            headers = [(name, value) for name, value in scope["headers"] if name.lower() != SECRET_HEADER.encode()]
            await self._app({**scope, "headers": headers}, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _answer(send, *refusal)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        headers, path = scope["headers"], scope["path"]
        hosts = _values(headers, "host")
        if len(hosts) != 1 or not LOOPBACK.fullmatch(hosts[0]):
            return HTTPStatus.MISDIRECTED_REQUEST, "The embedded AWS answers to names of this machine only."
        if not path.startswith("/"):
            return HTTPStatus.BAD_REQUEST, "The request's target must be a path."
        secrets = _values(headers, SECRET_HEADER)
        if len(secrets) == 1 and hmac.compare_digest(secrets[0].encode("latin-1"), self._secret):
            return None
        if path == "/health" or (path.startswith("/_") and path != READY):
            return HTTPStatus.FORBIDDEN, "The emulator's own addresses are for the run that started it."
        if _values(headers, "origin") and not (_is_for_objects(scope) and self._is_for_browsers(hosts[0], path)):
            return HTTPStatus.FORBIDDEN, "Web pages may only upload and download objects here."
        return None


def _is_for_objects(scope: Scope) -> bool:
    """Return whether a request can be a preflight, an upload or a download.

    Any POST to a bucket's address reaches another service if it has that service's header or body.
    """
    method, headers = scope.get("method"), scope["headers"]
    if _values(headers, "x-amz-target"):
        return False
    if method == "POST":
        return all(value.lower().startswith("multipart/form-data") for value in _values(headers, "content-type"))
    return method in ("GET", "OPTIONS", "PUT")


def _values(headers: Iterable[tuple[bytes, bytes]], wanted: str) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name.decode("latin-1").lower() == wanted]


async def _answer(send: Send, status: HTTPStatus, message: str) -> None:
    body = json.dumps({"message": message}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
