"""Answers refused WebSocket handshakes as API Gateway does. Runs in the emulator's process.

ministack answers each with 403, and API Gateway with the status that the function for `$connect` has returned.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
"""

# ruff: noqa: SLF001 - the changed parts of ministack have no public names

from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from ministack.services import apigateway

from souk.local.guard import Receive, Scope, Send

_answer: ContextVar[dict[str, Any] | None] = ContextVar("the answer of the function for $connect")


def refuse_with_status() -> None:
    """Pass the status of a refusal on to the client, without a body, on which nobody can rely."""
    invoke, handle = apigateway._invoke_ws_lambda, apigateway.handle_websocket

    async def invoke_and_remember(*arguments: Any, **options: Any) -> Any:
        answer = await invoke(*arguments, **options)
        _answer.set(answer)
        return answer

    async def handle_and_pass_on(scope: Scope, receive: Receive, send: Send, *arguments: Any, **options: Any) -> None:
        accepted = False
        _answer.set(None)

        async def send_status(message: Any) -> None:
            nonlocal accepted
            accepted |= message["type"] == "websocket.accept"
            answer = _answer.get()
            if message["type"] != "websocket.close" or accepted or answer is None:
                await send(message)
                return
            status = answer.get("statusCode", HTTPStatus.INTERNAL_SERVER_ERROR)
            await send({"type": "websocket.http.response.start", "status": int(status), "headers": []})
            await send({"type": "websocket.http.response.body", "body": b""})

        await handle(scope, receive, send_status, *arguments, **options)

    apigateway._invoke_ws_lambda, apigateway.handle_websocket = invoke_and_remember, handle_and_pass_on
