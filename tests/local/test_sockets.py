"""The local server passes sockets on, in front of an upstream that tells what it received."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlsplit

import orjson
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from souk.local import frontdoor, run
from souk.local.emulator import Cloud
from souk.local.guard import SECRET_HEADER

STAGE = "/restapis/id/live/_user_request_"


async def upstream(socket: WebSocket) -> None:
    if status := socket.query_params.get("refuse"):
        await socket.send_denial_response(Response(status_code=int(status)))
        return
    await socket.accept()
    await socket.send_json({"headers": dict(socket.headers), "query": socket.scope["query_string"].decode()})
    async for text in socket.iter_text():
        if text.startswith("close "):
            await socket.close(int(text.partition(" ")[2]))
            return
        await socket.send_text(f"You said {text}")


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    with run.listening(0) as listener, run.serving(app, listener):
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with served(Starlette(routes=[WebSocketRoute(STAGE, upstream)])) as address:
        yield f"{address}{STAGE}"


@pytest.fixture(scope="module")
def front(gateway: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(frontdoor.build(_api(gateway), tmp_path_factory.mktemp("graphiql"))) as address:
        yield address


def _api(live: str) -> frontdoor.Api:
    return frontdoor.Api("http://127.0.0.1:1", None, lambda _: "", "secret", "emulators-secret", frozenset(), live)


def opened(address: str, **headers: str) -> ClientConnection:
    return connect(address, additional_headers=headers, proxy=None, compression=None)


def refused(address: str, **headers: str) -> int:
    with pytest.raises(InvalidStatus) as refusal:
        opened(address, **headers)
    return refusal.value.response.status_code


def test_socket_is_passed_on_with_its_credentials(front: str) -> None:
    given = {
        "Authorization": "Bearer t",
        "Origin": "https://shop.test",
        "X-Forwarded-For": "1.2.3.4",
        SECRET_HEADER: "x",
    }
    with opened(f"{front}/live?access_token=a%20b&x=1", **given) as socket:
        received = orjson.loads(socket.recv())
        assert received["query"] == "access_token=a%20b&x=1"
        assert received["headers"]["authorization"] == "Bearer t"
        assert received["headers"][SECRET_HEADER] == "emulators-secret"
        assert not received["headers"].keys() & {"origin", "x-forwarded-for"}
        socket.send("hello")
        assert socket.recv() == "You said hello"
        socket.send("close 4000")
        with pytest.raises(ConnectionClosed):
            socket.recv()
        assert socket.close_code == 4000


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_refusal_is_passed_on(front: str, status: int) -> None:
    assert refused(f"{front}/live?refuse={status}") == status


def test_sockets_elsewhere_are_not_found(front: str) -> None:
    for path in ("/", "/live/", "/graphql", "/live/x"):
        assert refused(f"{front}{path}") == 404
    for path in ("/live/..%2f..", "/../live"):
        assert refused(f"{front}{path}") in (400, 404)


def test_foreign_names_are_refused(front: str) -> None:
    """Against DNS rebinding, as for every other request."""
    port = urlsplit(front).port
    with pytest.raises(InvalidStatus) as refusal:
        connect(f"ws://evil.test:{port}/live", sock=create_connection(("127.0.0.1", port)))
    assert refusal.value.response.status_code == 421


def test_run_without_sockets_has_none(tmp_path: Path) -> None:
    with served(frontdoor.build(_api(""), tmp_path)) as address:
        assert refused(f"{address}/live") == 404
    with served(frontdoor.build(_api("ws://127.0.0.1:1/"), tmp_path)) as address:
        assert refused(f"{address}/live") == 502


def test_address_of_the_websocket_api() -> None:
    cloud = cast("Cloud", SimpleNamespace(endpoint="http://127.0.0.1:4566"))
    outputs = {"LiveApiId": "ab12", "LiveUrl": "ws://ab12.execute-api.localhost:4566/live"}
    assert run.live_address(cloud, outputs) == "ws://127.0.0.1:4566/restapis/ab12/live/_user_request_"
    assert run.live_address(cloud, {}) == ""
