"""DynamoDB's answers without DynamoDB: what is measured is what this side spends on a call, not the wait."""

import io
from collections.abc import Callable, Iterator
from typing import Any, cast

import orjson
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

Respond = Callable[[str, dict[str, Any]], dict[str, Any]]
"""From an operation's name and its input, both as they are on the wire, to its output."""


class _Raw(io.BytesIO):
    """A response's body as urllib3 gives it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """Give the body in one piece."""
        yield self.read()


def answer_with(client: Any, respond: Respond) -> None:
    """Let a boto3 client of DynamoDB be answered by a function. Everything else happens as it would."""

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        operation = request.headers["X-Amz-Target"]
        name = (operation.decode() if isinstance(operation, bytes) else operation).rpartition(".")[2]
        body = orjson.dumps(respond(name, orjson.loads(cast("bytes", request.body))))
        headers = HTTPHeaders()
        headers["content-type"] = "application/x-amz-json-1.0"
        return AWSResponse(request.url, 200, headers, _Raw(body))

    client.meta.events.register("before-send.dynamodb", send)
