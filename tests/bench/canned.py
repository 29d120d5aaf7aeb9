"""Canned DynamoDB responses, to measure the client's CPU time without waiting."""

import io
from collections.abc import Callable, Iterator
from typing import Any, cast

import orjson
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

Respond = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Returns the output of an operation from its name and input, both in wire format."""


class _Raw(io.BytesIO):
    """A response body with the interface of urllib3."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield the body in one chunk."""
        yield self.read()


def answer_with(client: Any, respond: Respond) -> None:
    """Answer the requests of a boto3 client with a function. The rest of the client is unchanged."""

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        operation = request.headers["X-Amz-Target"]
        name = (operation.decode() if isinstance(operation, bytes) else operation).rpartition(".")[2]
        body = orjson.dumps(respond(name, orjson.loads(cast("bytes", request.body))))
        headers = HTTPHeaders()
        headers["content-type"] = "application/x-amz-json-1.0"
        return AWSResponse(request.url, 200, headers, _Raw(body))

    client.meta.events.register("before-send.dynamodb", send)
