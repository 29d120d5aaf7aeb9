"""The door at http://127.0.0.1:8000: passes every request on to the API's stage, and serves GraphiQL at `/`.

It adds nothing to the API. What API Gateway does, the embedded API Gateway does; only the limit of 10 MB on a request
is kept here, for the embedded one has none, and who called where is said in `X-Forwarded-...`.
"""

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
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

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
"""Headers by which a door says who called where (RFC 7239). This one is the first, so a client has none to send."""

OWN_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
"""What this machine calls itself, with or without a port."""

HEALTH_SECONDS = 30.0
"""A little longer than API Gateway waits for a function."""

PAGE = Path(__file__).with_name("graphiql.html")


@dataclass(frozen=True, slots=True)
class Api:
    """The API's stage in the local AWS."""

    base: str
    """The URL that paths of the API are added to."""
    token: Callable[[], str]
    """Returns a valid access token of a demo user: GraphiQL starts with it, the health check calls with it."""


class _TooLarge(Exception):
    """The body went past the limit while it was passed on."""


def build(api: Api, graphiql: Path) -> Starlette:
    """Return the application; `graphiql` is the folder of GraphiQL's files."""
    # One client: its connections are reused. It must not take a proxy from the environment to reach this machine.
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

    async def pass_on(request: Request) -> Response:
        return await _pass_on(client, api, request)

    routes = [
        Route("/", explore, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
        Mount("/graphiql", StaticFiles(directory=graphiql)),
        Route("/{path:path}", pass_on, methods=ALL_METHODS),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _health(client: httpx.AsyncClient, api: Api) -> Response:
    """Answer 200 when a query, sent the whole way, is answered."""
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
        return _unavailable(f"the API answers {answer.status_code}: {answer.text[:200]}")
    return JSONResponse({"status": "ok"})


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
        dropped |= {"content-length"}  # it says nothing then (RFC 9112, section 6.3)
    # As bytes: a client may send what is no ASCII, and then it is for the API to say so.
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
    """Return the host and port under which this door was called, so that answers lead back to it.

    A name that is not this machine's own is not repeated: a page elsewhere may have been given it.
    """
    host = request.headers.get("host", "")
    if OWN_HOST.fullmatch(host):
        return host
    address, port = request.scope["server"]
    return f"{address}:{port}"


async def _limited(request: Request) -> AsyncIterator[bytes]:
    passed = 0
    try:
        async for chunk in request.stream():
            passed += len(chunk)
            if passed > MAX_BODY:
                raise _TooLarge
            yield chunk
    except ClientDisconnect:
        return


def _too_large() -> Response:
    return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A request may have 10 MB.", code="LIMIT_EXCEEDED")


def _unavailable(reason: str) -> Response:
    return JSONResponse({"status": "unavailable", "reason": reason}, HTTPStatus.SERVICE_UNAVAILABLE)


def _error(status: HTTPStatus, message: str, code: str = "INTERNAL_SERVER_ERROR") -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
