"""The local server's part of sockets: it passes a client's on to the WebSocket API in the local AWS."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

PATH = "/live"
_OWN = ("host", "origin", "connection", "upgrade")
"""Headers of the client's own connection, and of its web page, for which the token is enough."""
_OWN_PREFIX = "sec-websocket-"
_NORMAL, _FAILED = 1000, 1011
"""Close codes (RFC 6455, section 7.4.1)."""
_NOT_SENT = (1005, 1006)
"""Close codes that stand for none."""

Headers = list[tuple[str, str]]


async def pass_on(client: WebSocket, address: str, added: Headers, dropped: frozenset[str]) -> None:
    """Open a socket to `address` with the client's headers, and pass messages on until one of the two closes.

    The client gets the status of a refusal.
    """
    query = client.scope["query_string"].decode("latin-1")
    headers = [(name, value) for name, value in client.headers.items() if _is_passed(name, dropped)] + added
    opening = connect(
        f"{address}?{query}" if query else address,
        additional_headers=headers,
        user_agent_header=None,
        compression=None,
        proxy=None,
    )
    try:
        server = await opening
    except InvalidStatus as refused:
        await client.send_denial_response(Response(status_code=refused.response.status_code))
        return
    except (OSError, InvalidHandshake):
        await client.send_denial_response(Response(status_code=HTTPStatus.BAD_GATEWAY))
        return
    async with server:
        await client.accept()
        ways = [asyncio.create_task(_to_server(client, server)), asyncio.create_task(_to_client(client, server))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


def _is_passed(name: str, dropped: frozenset[str]) -> bool:
    return name not in dropped and name not in _OWN and not name.startswith(_OWN_PREFIX)


async def _to_server(client: WebSocket, server: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            message = await client.receive()
            if message["type"] == "websocket.disconnect":
                code = message.get("code") or _NORMAL
                await server.close(_NORMAL if code in _NOT_SENT else code)
                return
            await server.send(message["text"] if message.get("text") is not None else message["bytes"])


async def _to_client(client: WebSocket, server: ClientConnection) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # the client was faster
        with suppress(ConnectionClosed):
            async for message in server:
                await client.send_text(message if isinstance(message, str) else message.decode())
        code = server.close_code
        await client.close(_FAILED if code is None or code in _NOT_SENT else code)
