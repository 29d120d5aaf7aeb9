"""The local server at http://127.0.0.1:8000: a proxy to the API's stage, with GraphiQL at `/`.

The embedded AWS does the work of API Gateway, except its limit of 10 MB for a request, which is enforced here. The
proxy passes the client's address and the called host in `X-Forwarded-...` headers.
"""

import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from souk.local.home import TOKEN_PATH
from souk.operations.problem import Problem

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

OWN_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
"""The names of this machine, with or without a port."""

HEALTH_SECONDS = 30.0
"""A little longer than API Gateway's timeout for a function."""

PAGE = Path(__file__).with_name("graphiql.html")


@dataclass(frozen=True, slots=True)
class Api:
    """The API's stage in the local AWS."""

    base: str
    """The base URL of the API's paths."""
    token: Callable[[], str]
    """Returns a valid access token of a demo person, for GraphiQL and the health check."""
    issue_token: Callable[[str], str]
    """Issues an access token for the person with an e-mail address. Raises Problem if there is none."""
    secret: str
    """Authenticates token requests from processes that can read the run's file."""


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
        headers = json.dumps(json.dumps({"Authorization": f"Bearer {api.token()}"}, indent=2))
        return HTMLResponse(PAGE.read_text().replace('"{{headers}}"', headers), headers={"cache-control": "no-store"})

    async def issue_token(request: Request) -> Response:
        return await _issue_token(api, request)

    async def pass_on(request: Request) -> Response:
        return await _pass_on(client, api, request)

    routes = [
        Route("/", explore, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
        Route(TOKEN_PATH, issue_token, methods=["POST"]),
        Mount("/graphiql", StaticFiles(directory=graphiql)),
        Route("/{path:path}", pass_on, methods=ALL_METHODS),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _health(client: httpx.AsyncClient, api: Api) -> Response:
    """Return 200 if the API answers a query."""
    try:
        answer = await client.post(
            f"{api.base}/graphql",
            json={"query": "{ __typename }"},
            headers={"authorization": f"Bearer {api.token()}"},
            timeout=HEALTH_SECONDS,
        )
    except httpx.HTTPError as error:
        return _unavailable(f"the API cannot be reached: {type(error).__name__}")
    if answer.status_code != HTTPStatus.OK or '"__typename"' not in answer.text:
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
    dropped = HOP_BY_HOP | FORWARDED | {"host"}
    if chunked:
        dropped |= {"content-length"}  # has no meaning then (RFC 9112, section 6.3)
    # Keep values as bytes: the API, not the proxy, reports values that are not ASCII.
    headers = [(name, value) for name, value in request.headers.raw if name.decode("latin-1") not in dropped]
    headers += [(b"x-forwarded-host", _called_at(request).encode()), (b"x-forwarded-proto", b"http")]
    if request.client:
        headers.append((b"x-forwarded-for", request.client.host.encode()))
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


def _called_at(request: Request) -> str:
    """Return the host and port that the client called, so that links in answers lead back here.

    Only names of this machine are repeated, because a foreign page can choose the host name (DNS rebinding).
    """
    host = request.headers.get("host", "")
    if OWN_HOST.fullmatch(host):
        return host
    address, port = request.scope["server"]
    return f"{address}:{port}"


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
    message = "A request can have at most 10 MB."
    return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message, code="LIMIT_EXCEEDED")


def _unavailable(reason: str) -> Response:
    return JSONResponse({"status": "unavailable", "reason": reason}, HTTPStatus.SERVICE_UNAVAILABLE)


def _error(status: HTTPStatus, message: str, code: str = "INTERNAL_SERVER_ERROR") -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
