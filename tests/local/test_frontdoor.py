"""The local server in front of an upstream that returns the request it received."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from souk.local import frontdoor, run
from souk.local.guard import SECRET_HEADER
from souk.local.home import TOKEN_PATH
from souk.operations.problem import Problem
from souk.web import http
from tests.support.clock import CLOCK

SECRET = "the-secret-of-the-run"
EMULATOR_SECRET = "the-secret-of-the-embedded-aws"
TUNNEL = "abc.tunnel.example"
BASE = "/restapis/id/local/_user_request_"


async def echo(request: Request) -> Response:
    body = await request.body()
    if b"__typename" in body:
        token = request.headers.get("authorization")
        if token is None:
            return JSONResponse({"errors": [{"extensions": {"code": "UNAUTHORIZED"}}]}, 401)
        return JSONResponse({"data": {"__typename": "Query"}} if token == "Bearer good" else {"errors": []})
    received = {
        "method": request.method,
        "path": request.scope["raw_path"].decode(),
        "query": request.scope["query_string"].decode(),
        "headers": dict(request.headers),
        "length": len(body),
    }
    answer = JSONResponse(received, 418, {"x-amzn-requestid": "r1"})
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    return answer


def issued(email: str) -> str:
    if email != "olivia@acme.test":
        raise Problem("There is no such user.")
    return "olivias-token"


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    app = Starlette(routes=[Route("/{path:path}", echo, methods=frontdoor.ALL_METHODS)])
    with run.listening(0) as proxy, run.serving(app, proxy):
        yield f"http://127.0.0.1:{proxy.getsockname()[1]}{BASE}"


def _api(base: str, token: str | None) -> frontdoor.Api:
    issue = (lambda: token) if token else None
    return frontdoor.Api(base, issue, issued, SECRET, EMULATOR_SECRET, frozenset({TUNNEL, "souk.internal"}))


def proxy_client(base: str, token: str | None, graphiql: Path) -> Iterator[httpx.Client]:
    app = frontdoor.build(_api(base, token), graphiql)
    with run.listening(0) as proxy, run.serving(app, proxy):
        url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        with httpx.Client(base_url=url, timeout=10) as client:
            yield client


@pytest.fixture
def proxy(upstream: str, tmp_path: Path) -> Iterator[httpx.Client]:
    yield from proxy_client(upstream, "good", tmp_path)


@pytest.fixture
def unauthorized_proxy(upstream: str, tmp_path: Path) -> Iterator[httpx.Client]:
    yield from proxy_client(upstream, "bad", tmp_path)


@pytest.fixture
def empty_proxy(upstream: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """A run without the demo data, which has no token of its own."""
    yield from proxy_client(upstream, None, tmp_path)


@pytest.fixture
def unreachable_proxy(tmp_path: Path) -> Iterator[httpx.Client]:
    yield from proxy_client(f"http://127.0.0.1:9{BASE}", "good", tmp_path)


def test_request_is_forwarded_unchanged(proxy: httpx.Client) -> None:
    sent = {"authorization": "Bearer x", "x-upwork-api-tenantid": "7", "content-type": "application/json"}
    answer = proxy.post("/graphql/jobs%2Fx?a=%20b&a=c", content=b'{"q": 1}', headers=sent)
    received = answer.json()
    assert (received["method"], received["path"]) == ("POST", f"{BASE}/graphql/jobs%2Fx")
    assert received["query"] == "a=%20b&a=c"
    assert received["length"] == 8
    assert sent.items() <= received["headers"].items()


def test_response_is_returned_unchanged(proxy: httpx.Client) -> None:
    answer = proxy.get("/anything")
    assert answer.status_code == 418
    assert answer.headers["x-amzn-requestid"] == "r1"
    assert answer.headers["content-type"] == "application/json"


def test_every_cookie_is_returned(proxy: httpx.Client) -> None:
    set_ = proxy.get("/anything").headers.get_list("set-cookie")
    assert [cookie.partition(";")[0] for cookie in set_] == ["a=1", "b=2"]


def test_forwarded_headers_come_only_from_proxy(proxy: httpx.Client) -> None:
    forged = dict.fromkeys(frontdoor.FORWARDED, "evil.example")
    headers = proxy.get("/anything", headers=forged).json()["headers"]
    own = f"127.0.0.1:{proxy.base_url.port}"
    assert {name: value for name, value in headers.items() if name in frontdoor.FORWARDED} == {
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-host": own,
        "x-forwarded-proto": "http",
    }


def test_links_lead_to_called_host(proxy: httpx.Client) -> None:
    for host in ("localhost:8000", "LocalHost", "127.0.0.1", "[::1]:9", "souk.internal:80", TUNNEL):
        received = proxy.get("/anything", headers={"host": host}).json()["headers"]
        assert received["x-forwarded-host"] == host


@pytest.mark.parametrize(("host", "proto"), [(TUNNEL, "https"), ("localhost", "http")])
def test_only_tunnels_are_believed_to_be_secure(proxy: httpx.Client, host: str, proto: str) -> None:
    answer = proxy.get("/anything", headers={"host": host, "x-forwarded-proto": "https"})
    assert answer.json()["headers"]["x-forwarded-proto"] == proto


@pytest.mark.parametrize("path", ["/", "/healthz", "/graphiql/x.js", "/graphql", TOKEN_PATH, "/oauth2/token"])
def test_other_hosts_are_misdirected_on_every_route(proxy: httpx.Client, path: str) -> None:
    names = ["evil.example", "127.0.0.1.evil.example:1", "localhost@evil.example", "[", "localhost:x", "other.internal"]
    for host in (*names, "souk.internal.evil.example", "xsouk.internal"):
        answer = proxy.request("POST" if path == TOKEN_PATH else "GET", path, headers={"host": host})
        assert answer.status_code == 421
        assert "SOUK_HOSTS" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("hosts", [b"", b"Host: localhost\r\nHost: evil.example\r\n"])
def test_no_host_and_two_hosts_are_refused(proxy: httpx.Client, hosts: bytes) -> None:
    status = _sent_raw(proxy, b"GET / HTTP/1.0\r\n" + hosts + b"\r\n").split()[1]
    assert status in (b"400", b"421")


def test_dot_segments_are_refused(proxy: httpx.Client) -> None:
    plain = [b"/../../../../_ministack/ses/messages", b"/graphql/../../x", b"/a/./b", b"/..", b"/graphiql/../x"]
    for path in (*plain, b"/%2e%2e/x", b"/%2E./x", b"/..%2fx", b"/..\\x", b"/..%5Cx", b"http://evil.example/"):
        answer = _sent_raw(proxy, b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 "), path


def test_dots_in_names_are_no_dot_segments(proxy: httpx.Client) -> None:
    assert proxy.get("/.well-known/a..b/...").json()["path"] == f"{BASE}/.well-known/a..b/..."


def test_proxy_sends_its_secret_for_embedded_aws(proxy: httpx.Client) -> None:
    headers = proxy.get("/anything", headers={SECRET_HEADER: "forged"}).json()["headers"]
    assert headers[SECRET_HEADER] == EMULATOR_SECRET


def test_chunked_body_is_forwarded(proxy: httpx.Client) -> None:
    answer = proxy.post("/graphql", content=iter([b"a" * 1000, b"b" * 500]))
    assert answer.json()["length"] == 1500


def _sent_raw(proxy: httpx.Client, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", proxy.base_url.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_non_ascii_header_is_forwarded(proxy: httpx.Client) -> None:
    head = b"GET /anything HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \xe4\xff\r\n\r\n"
    answer = _sent_raw(proxy, head)
    assert answer.startswith(b"HTTP/1.1 418 ")
    assert '"authorization":"Bearer äÿ"'.encode() in answer


def test_content_length_of_chunked_body_is_dropped(proxy: httpx.Client) -> None:
    head = b"POST /anything HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = _sent_raw(proxy, head + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5\r\nabcde\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 418 ")
    assert b'"length":5' in answer


def test_body_limit_is_ten_megabytes(proxy: httpx.Client) -> None:
    assert proxy.post("/graphql", content=b" " * frontdoor.MAX_BODY).json()["length"] == frontdoor.MAX_BODY
    answer = proxy.post("/graphql", content=b" " * (frontdoor.MAX_BODY + 1))
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "LIMIT_EXCEEDED")


def test_limit_applies_to_chunked_body(proxy: httpx.Client) -> None:
    half = b" " * (frontdoor.MAX_BODY // 2)
    assert proxy.post("/graphql", content=iter([half, half, b" "])).status_code == 413


def test_health_reflects_api(
    proxy: httpx.Client, unauthorized_proxy: httpx.Client, unreachable_proxy: httpx.Client
) -> None:
    assert proxy.get("/healthz").status_code == 200
    for client in (unauthorized_proxy, unreachable_proxy):
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def test_unreachable_api_returns_json_error(unreachable_proxy: httpx.Client) -> None:
    answer = unreachable_proxy.post("/graphql", json={})
    assert answer.status_code == 502
    assert "cannot be reached" in answer.json()["errors"][0]["message"]


def test_graphiql_page_contains_token(proxy: httpx.Client) -> None:
    page = proxy.get("/graphiql")
    assert page.headers["content-type"].startswith("text/html")
    assert r"Bearer good" in page.text
    assert "{{" not in page.text


def test_graphiql_page_has_security_headers_of_other_pages(proxy: httpx.Client) -> None:
    event = {"httpMethod": "GET", "path": "/", "requestContext": {}, "headers": {"X-Forwarded-Host": "localhost"}}
    request = http.Request.of(event, CLOCK.real(), behind_proxy=True)
    other = http.to_event_response(http.page(""), request)["multiValueHeaders"]
    page = proxy.get("/graphiql")
    for name, values in other.items():
        if name != "Content-Security-Policy":
            assert page.headers.get_list(name) == values, name
    policy = page.headers["content-security-policy"]
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self' 'nonce-"):
        assert directive in policy
    (nonce,) = re.findall(r"'nonce-([^']+)'", policy)
    assert f'<script nonce="{nonce}">' in page.text
    assert nonce not in proxy.get("/graphiql").text


def test_token_is_issued_for_the_secret(proxy: httpx.Client) -> None:
    headers = {"authorization": f"Bearer {SECRET}"}
    answer = proxy.post(TOKEN_PATH, content="olivia@acme.test", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"token": "olivias-token"})
    assert answer.headers["cache-control"] == "no-store"
    unknown = proxy.post(TOKEN_PATH, content="nobody@acme.test", headers=headers)
    assert (unknown.status_code, unknown.json()) == (404, {"message": "There is no such user."})


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "the-secret-of-the-run"])
def test_token_is_refused_without_the_secret(proxy: httpx.Client, authorization: str) -> None:
    answer = proxy.post(TOKEN_PATH, content="olivia@acme.test", headers={"authorization": authorization})
    assert answer.status_code == 403
    assert "token" not in answer.json()


def test_run_without_demo_data_is_healthy_and_shows_no_token(empty_proxy: httpx.Client) -> None:
    assert empty_proxy.get("/healthz").json() == {"status": "ok"}
    page = empty_proxy.get("/graphiql")
    assert page.status_code == 200
    assert "Bearer" not in page.text
