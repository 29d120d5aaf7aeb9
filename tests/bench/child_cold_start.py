"""A cold start of the `graphql` function with its first answer. Prints its CPU seconds."""

import sys
import time
from types import SimpleNamespace
from typing import Any

import orjson

from functions.graphql.handler import handler
from souk.runtime import aws
from tests.bench.canned import answer_with

CALLER = orjson.loads(sys.argv[1])


def respond(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Answer the read for authentication and the request counter."""
    if operation == "UpdateItem":
        return {"Attributes": {"counted": {"N": "7"}}}
    if operation != "BatchGetItem":
        raise LookupError(operation)
    return {"Responses": dict.fromkeys(request["RequestItems"], CALLER["items"]), "UnprocessedKeys": {}}


answer_with(aws.dynamodb(), respond)
event = {
    "headers": {"Authorization": f"Bearer {CALLER['token']}", "Content-Type": "application/json"},
    "path": "/graphql",
    "requestContext": {"identity": {"sourceIp": "127.0.0.1"}, "path": "/graphql", "domainName": "bench.test"},
    "body": orjson.dumps({"query": CALLER["query"]}).decode(),
    "isBase64Encoded": False,
}
answer = handler(event, SimpleNamespace(aws_request_id="bench"))
if "errors" in orjson.loads(answer["body"]):
    raise SystemExit(answer["body"])
sys.stdout.write(str(time.process_time()))
