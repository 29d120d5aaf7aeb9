"""The guard of the embedded AWS, in front of an application that records what reaches it."""

import asyncio

import pytest

from souk.local.guard import READY, SECRET_HEADER, Guard, Message, Receive, Scope, Send

SECRET = "the-secret-of-the-embedded-aws"
HERE = "127.0.0.1:4566"
BUCKET = "/attachments-bucket/attachments/1/2"
EVIL = {"origin": "https://evil.example"}
TRUSTED = {SECRET_HEADER: SECRET}
FORM = {"content-type": "multipart/form-data; boundary=x"}


class Server:
    """A guarded application."""

    def __init__(self) -> None:
        self.reached: list[Scope] = []
        self._guard = Guard(self._app, SECRET, lambda _host, path: path.startswith("/attachments-bucket"))

    async def _app(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.reached.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, kind: str = "http") -> int:
        """Return the status of the answer. An empty header is left out."""
        return self.ask_raw(method, path, _encoded({"host": HERE} | (headers or {})), kind)

    def ask_raw(self, method: str, path: str, headers: list[tuple[bytes, bytes]], kind: str = "http") -> int:
        """Return the status of the answer."""
        (start, *_) = self._sent({"type": kind, "method": method, "path": path, "headers": headers})
        return int(start["status"])

    def connect(self, headers: dict[str, str]) -> list[Message]:
        """Return what a WebSocket handshake is answered with."""
        return self._sent({"type": "websocket", "path": "/_aws/execute-api/a/b", "headers": _encoded(headers)})

    def _sent(self, scope: Scope) -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(self._guard(scope, receive, send))
        return sent


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items() if value]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.parametrize(
    "host", [HERE, "localhost:1", "LOCALHOST", "[::1]:80", "bucket.localhost:4566", "a.s3.localhost"]
)
def test_names_of_this_machine_are_answered(server: Server, host: str) -> None:
    assert server.ask("GET", "/", {"host": host}) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil-localhost"),
        *("localhost@evil.example", "evil.example:80#localhost", "127.0.0.1:x", "localhost:80, evil.example"),
    ],
)
def test_other_hosts_are_misdirected(server: Server, host: str) -> None:
    assert server.ask("GET", READY, {"host": host}) == 421
    assert server.ask("GET", READY, {"host": host} | TRUSTED) == 421
    assert server.reached == []


def test_two_hosts_are_misdirected(server: Server) -> None:
    pairs = [(b"host", HERE.encode()), (b"Host", b"evil.example")]
    assert server.ask_raw("GET", READY, pairs) == 421


def test_target_that_is_no_path_is_refused(server: Server) -> None:
    assert server.ask("GET", "http://evil.example/_ministack/health") == 400


@pytest.mark.parametrize(
    "path", ["/_ministack/health", "/_ministack/reset", "/_localstack/health", "/health", "/_aws/x"]
)
def test_addresses_of_emulator_need_secret(server: Server, path: str) -> None:
    assert server.ask("GET", path) == 403
    for wrong in ("x", SECRET[:-1], f"{SECRET}x", "\u00e4"):
        assert server.ask("GET", path, {SECRET_HEADER: wrong}) == 403
    assert server.ask("GET", path, TRUSTED) == 200


def test_ready_needs_no_secret(server: Server) -> None:
    assert server.ask("GET", READY) == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", ["/", READY, "/restapis/a/b/_user_request_/graphql", "/other-bucket/key"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000"])
def test_web_pages_are_refused(server: Server, method: str, path: str, origin: str) -> None:
    assert server.ask(method, path, FORM | {"origin": origin}) == 403
    assert server.reached == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_web_pages_reach_bucket_for_browsers(server: Server, method: str) -> None:
    assert server.ask(method, BUCKET, EVIL | FORM) == 200


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("DELETE", {}),
        ("HEAD", {}),
        ("POST", {"content-type": "application/x-www-form-urlencoded"}),
        ("POST", {"content-type": "text/plain"}),
        ("POST", FORM | {"x-amz-target": "DynamoDB_20120810.ListTables"}),
        ("GET", {"x-amz-target": "AWSCognitoIdentityProviderService.SignUp"}),
    ],
)
def test_web_pages_reach_no_other_service_by_bucket(server: Server, method: str, headers: dict[str, str]) -> None:
    assert server.ask(method, BUCKET, EVIL | headers) == 403


def test_run_passes_on_origins_of_its_callers(server: Server) -> None:
    assert server.ask("POST", "/restapis/a/b/_user_request_/graphql", EVIL | TRUSTED) == 200


def test_secret_ends_at_guard(server: Server) -> None:
    server.ask("GET", "/", TRUSTED | {"x-other": "1"})
    (scope,) = server.reached
    assert dict(scope["headers"]) == {b"host": HERE.encode(), b"x-other": b"1"}


@pytest.mark.parametrize("headers", [{"host": HERE} | EVIL, {"host": "evil.example"}, {"host": HERE}])
def test_refused_socket_is_closed(server: Server, headers: dict[str, str]) -> None:
    assert server.connect(headers) == [{"type": "websocket.close", "code": 1008}]
    assert server.reached == []


def test_lifespan_passes(server: Server) -> None:
    assert server.ask("", "", kind="lifespan") == 200
