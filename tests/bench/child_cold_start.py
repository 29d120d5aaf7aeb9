"""A cold start of a function with its first answer. Prints its CPU seconds."""

import sys
import time
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import orjson

GIVEN = orjson.loads(sys.argv[1])
handler = import_module(f"functions.{GIVEN['function']}.handler").handler

from souk.runtime import aws  # noqa: E402 - the function is imported first, as Lambda does it
from tests.bench.canned import answer_with  # noqa: E402


def respond(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Answer the read for authentication, the request counter, and reads of an empty table."""
    match operation:
        case "UpdateItem":
            return {"Attributes": {"counted": {"N": "7"}}}
        case "BatchGetItem":
            return {"Responses": dict.fromkeys(request["RequestItems"], GIVEN["items"]), "UnprocessedKeys": {}}
        case "GetItem":
            return {}
    raise LookupError(operation)


aws.secret = lambda secret_id: secret_id.encode()
answer_with(aws.dynamodb(), respond)
answer = handler(GIVEN["event"], SimpleNamespace(aws_request_id="bench"))
if GIVEN["function"] == "graphql" and "errors" in orjson.loads(answer["body"]):
    raise SystemExit(answer["body"])
if GIVEN["function"] == "web" and "<main" not in answer["body"]:
    raise SystemExit(answer["body"])
sys.stdout.write(str(time.process_time()))
