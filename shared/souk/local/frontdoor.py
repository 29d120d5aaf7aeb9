"""The local server at http://127.0.0.1:8000: a proxy to the API's stage, with GraphiQL at `/graphiql`.

The embedded AWS does the work of API Gateway, except its limit of 10 MB for a request, which is enforced here. The
proxy passes the client's address and the called host in `X-Forwarded-...` headers. Sockets at `/live` are passed on to
the WebSocket API (`sockets.py`).

Every route answers to known host names only. Otherwise a foreign web page could give its own name this machine's
address (DNS rebinding) and read the answers, such as GraphiQL's token.
"""

import hmac
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from souk.local import sockets
from souk.local.guard import SECRET_HEADER
from souk.local.home import TOKEN_PATH
from souk.operations.problem import Problem
from souk.web.http import REQUEST_TOO_LARGE

MAX_BODY = 10 * 1024 * 1024
"""Bytes of a request: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html."""

ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that concern one connection only (RFC 9110, section 7.6.1)."""

FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"})
"""Proxy headers (RFC 7239). This is the first proxy, so those of clients are dropped."""

HOST = re.compile(r"([A-Za-z0-9._-]+|\[::1\])(:\d{1,5})?")
"""A Host header. Any port is right, because ports get forwarded."""
OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""The names of this machine."""

HEALTH_SECONDS = 30.0
"""A little longer than API Gateway's timeout for a function."""

PAGE = Path(__file__).with_name("graphiql.html")


@dataclass(frozen=True, slots=True)
class Api:
    """The API's stage in the local AWS."""

    base: str
    """The base URL of the API's paths."""
    token: Callable[[], str] | None
    """Returns a valid access token of a demo person, for GraphiQL and the health check. None without the demo data."""
    issue_token: Callable[[str], str]
    """Issues an access token for the person with an e-mail address. Raises Problem if there is none."""
    secret: str
    """Authenticates token requests from processes that can read the run's file."""
    emulator_secret: str = ""
    """Lets requests pass the embedded AWS's guard."""
    hosts: frozenset[str] = frozenset()
    """Further host names of this server, besides those of the machine."""
    live: str = ""
    """The address of the stage of the WebSocket API; empty if the deployment has none."""

    def is_named(self, host: str) -> bool:
        """Return whether a Host header names this server."""
        named = HOST.fullmatch(host)
        return named is not None and named[1].lower() in OWN_NAMES | self.hosts

    def is_tunneled(self, host: str) -> bool:
        """Return whether a Host header is one of the further names."""
        return self.is_named(host) and host.partition(":")[0].lower() in self.hosts


class _TooLarge(Exception):
    """The body exceeded the limit while it was streamed."""


def build(api: Api, graphiql: Path) -> Starlette:
    """Return the application. `graphiql` is the folder of GraphiQL's files."""
    # A shared client reuses connections. It must not use a proxy from the environment for this machine.
    client = httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(60.0, connect=5.0), limits=httpx.Limits())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    async def health(_request: Request) -> Response:
        return await _health(client, api)

    async def explore(_request: Request) -> Response:
        return _graphiql(_authorization(api))

    async def issue_token(request: Request) -> Response:
        return await _issue_token(api, request)

    async def pass_on(request: Request) -> Response:
        return await _pass_on(client, api, request)

    async def pass_on_socket(client: WebSocket) -> None:
        if api.live and client.url.path == sockets.PATH:
            added = [(SECRET_HEADER, api.emulator_secret)] if api.emulator_secret else []
            await sockets.pass_on(client, api.live, added, FORWARDED | {SECRET_HEADER})
        else:
            await client.send_denial_response(_error(HTTPStatus.NOT_FOUND, "There is no socket.", code="NOT_FOUND"))

    routes = [
        WebSocketRoute("/{path:path}", pass_on_socket),
        Route("/graphiql", explore, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
        Route(TOKEN_PATH, issue_token, methods=["POST"]),
        Mount("/graphiql", StaticFiles(directory=graphiql)),
        Route("/{path:path}", pass_on, methods=ALL_METHODS),
    ]
    return Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(_KnownHosts, api)])


class _KnownHosts:
    """Refuses requests to other host names, and paths with dot segments, on all routes."""

    def __init__(self, app: ASGIApp, api: Api) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = self._app
        if scope["type"] in ("http", "websocket"):
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) != 1 or not self._api.is_named(hosts[0]):
                app = _error(
                    HTTPStatus.MISDIRECTED_REQUEST,
                    "The local run does not answer to this host name. To add one, set SOUK_HOSTS.",
                    code="BAD_REQUEST",
                )
            elif _leaves_base(scope["raw_path"]):
                app = _error(HTTPStatus.BAD_REQUEST, "A path cannot have dot segments.", code="BAD_REQUEST")
        await app(scope, receive, send)


def _leaves_base(raw_path: bytes) -> bool:
    """Return whether a path is absolute-form or has dot segments (RFC 3986, section 5.2.4), also percent-encoded.

    HTTP clients resolve them: with enough of them, a request reaches the embedded AWS instead of the API.
    """
    path = unquote(raw_path.decode("latin-1")).replace("\\", "/")
    return not path.startswith("/") or not {".", ".."}.isdisjoint(path.split("/"))


def _graphiql(authorization: dict[str, str]) -> Response:
    """Return the page of GraphiQL, with the security headers of Souk's other pages."""
    nonce = secrets.token_urlsafe()
    headers = json.dumps(json.dumps(authorization, indent=2))
    page = PAGE.read_text().replace('"{{headers}}"', headers).replace("{{nonce}}", nonce)
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )
    return HTMLResponse(
        page,
        headers={
            "cache-control": "no-store",
            "content-security-policy": policy,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
        },
    )


def _authorization(api: Api) -> dict[str, str]:
    return {"Authorization": f"Bearer {api.token()}"} if api.token else {}


async def _health(client: httpx.AsyncClient, api: Api) -> Response:
    """Return 200 if the API answers a query; without a token, if it asks for one."""
    try:
        answer = await client.post(
            f"{api.base}/graphql",
            json={"query": "{ __typename }"},
            headers={**_authorization(api), SECRET_HEADER: api.emulator_secret},
            timeout=HEALTH_SECONDS,
        )
    except httpx.HTTPError as error:
        return _unavailable(f"the API cannot be reached: {type(error).__name__}")
    expected = (HTTPStatus.OK, '"__typename"') if api.token else (HTTPStatus.UNAUTHORIZED, '"UNAUTHORIZED"')
    if answer.status_code != expected[0] or expected[1] not in answer.text:
        return _unavailable(f"the API answered {answer.status_code}: {answer.text[:200]}")
    return JSONResponse({"status": "ok"})


async def _issue_token(api: Api, request: Request) -> Response:
    """Return a token for `souk token`, which would need seconds to import the modules that issue tokens."""
    if not hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {api.secret}".encode()):
        return JSONResponse({"message": "The secret is wrong."}, HTTPStatus.FORBIDDEN)
    try:
        token = await run_in_threadpool(api.issue_token, (await request.body()).decode())
    except Problem as problem:
        return JSONResponse({"message": str(problem)}, HTTPStatus.NOT_FOUND)
    return JSONResponse({"token": token}, headers={"cache-control": "no-store"})


async def _pass_on(client: httpx.AsyncClient, api: Api, request: Request) -> Response:
    if int(request.headers.get("content-length", "0")) > MAX_BODY:
        return _too_large()
    path, query = request.scope["raw_path"], request.scope["query_string"]
    base = httpx.URL(api.base)
    url = base.copy_with(raw_path=base.raw_path + path + (b"?" + query if query else b""))
    chunked = "transfer-encoding" in request.headers
    has_body = chunked or "content-length" in request.headers
    dropped = HOP_BY_HOP | FORWARDED | {"host", SECRET_HEADER}
    if chunked:
        dropped |= {"content-length"}  # has no meaning then (RFC 9112, section 6.3)
    # Keep values as bytes: the API, not the proxy, reports values that are not ASCII.
    headers = [(name, value) for name, value in request.headers.raw if name.decode("latin-1") not in dropped]
    headers += _forwarding(api, request)
    outgoing = httpx.Request(request.method, url, headers=headers, content=_limited(request) if has_body else None)
    try:
        answer = await client.send(outgoing, stream=True)
    except _TooLarge:
        return _too_large()
    except httpx.HTTPError as error:
        return _error(HTTPStatus.BAD_GATEWAY, f"The local API cannot be reached: {type(error).__name__}.")
    response = StreamingResponse(answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose))
    response.raw_headers = [
        (name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in HOP_BY_HOP
    ]
    return response


def _forwarding(api: Api, request: Request) -> list[tuple[bytes, bytes]]:
    """Return the headers that this proxy adds. Links in answers lead to the host and port that the client called."""
    host = request.headers["host"]
    # A tunnel ends HTTPS, and says so. Nobody else is believed.
    secure = api.is_tunneled(host) and request.headers.get("x-forwarded-proto") == "https"
    headers = [(b"x-forwarded-host", host.encode()), (b"x-forwarded-proto", b"https" if secure else b"http")]
    if request.client:
        headers.append((b"x-forwarded-for", request.client.host.encode()))
    if api.emulator_secret:
        headers.append((SECRET_HEADER.encode(), api.emulator_secret.encode()))
    return headers


async def _limited(request: Request) -> AsyncIterator[bytes]:
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_BODY:
                raise _TooLarge
            yield chunk
    except ClientDisconnect:
        return


def _too_large() -> Response:
    return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, REQUEST_TOO_LARGE, code="LIMIT_EXCEEDED")


def _unavailable(reason: str) -> Response:
    return JSONResponse({"status": "unavailable", "reason": reason}, HTTPStatus.SERVICE_UNAVAILABLE)


def _error(status: HTTPStatus, message: str, code: str = "INTERNAL_SERVER_ERROR") -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
