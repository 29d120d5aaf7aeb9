"""A repeated small query through the engine, beside graphql-js executing the same one on the same schema.

graphql-js is given its best case: the document is parsed and validated once, and nothing but execution is timed.
Ours is the whole way: the HTTP event, authentication (answered at once), scopes, execution and the answer's JSON.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
from graphql import print_ast

from souk.graph.assembly import assembled
from tests.bench.caller import environment, token_and_items
from tests.bench.canned import answer_with
from tests.bench.measure import call_seconds

QUERIES = {
    "one object": "{ requestMetadata { sudo internal } }",
    "a list of 12 objects": "{ ontologyCategories { id preferredLabel slug } }",
}
HERE = Path(__file__).parent


def ratios() -> dict[str, float]:
    """Return our CPU time over that of graphql-js, by query."""
    os.environ |= environment()
    from souk import aws  # noqa: PLC0415 - after the environment is a function's
    from souk.app import api  # noqa: PLC0415

    token, items = token_and_items()

    def respond(_operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return {"Responses": dict.fromkeys(request["RequestItems"], items), "UnprocessedKeys": {}}

    answer_with(aws.dynamodb(), respond)
    call, context = api(), SimpleNamespace(aws_request_id="bench")
    ours, answers = {}, {}
    for name, query in QUERIES.items():
        event = {
            "headers": {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            "body": orjson.dumps({"query": query}).decode(),
        }
        answers[name] = orjson.loads(call(event, context)["body"])["data"]
        [ours[name]] = call_seconds(lambda event=event: call(event, context), times=200)  # type: ignore[misc]
    theirs = _graphql_js({name: {"query": QUERIES[name], "data": answers[name]} for name in QUERIES})
    return {name: ours[name] / theirs[name] for name in QUERIES}


def _graphql_js(queries: dict[str, Any]) -> dict[str, float]:
    """Let Node execute the queries on the same schema, with the same data, and tell the CPU seconds of each."""
    with tempfile.TemporaryDirectory() as directory:
        for name in ("graphql_js.mjs", "package.json", "package-lock.json"):
            shutil.copy(HERE / name, directory)
        subprocess.run(["npm", "ci", "--silent"], cwd=directory, check=True)
        asked = json.dumps({"sdl": print_ast(assembled().document), "queries": queries})
        done = subprocess.run(
            ["node", "graphql_js.mjs"],
            cwd=directory,
            check=True,
            input=asked,
            text=True,
            capture_output=True,
        )
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds
