"""A repeated small query in the engine and in graphql-js, on the same schema.

Both get the document as text and return JSON. graphql-js is measured as its users run it (parse, validate and execute
each time), and with execution alone. Ours finds the document in its cache, checks the scopes of every field, follows
links and executes.
"""

import json
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import orjson
from graphql import print_ast

from souk.app import graph
from souk.authentication.principal import Principal, Role
from souk.authentication.rate_limits import Meter
from souk.authentication.scopes import Scope
from souk.graph.assembly import assemble
from souk.graph.context import Context
from souk.graph.execution import Engine
from souk.graph.requests import Request
from souk.storage import Table
from souk.values.clock import Clock
from souk.web.signing import Signer
from tests.bench.measure import call_seconds

QUERIES = {
    "one object": "{ requestMetadata { sudo internal } }",
    "a list of 12 objects": "{ ontologyCategories { id preferredLabel slug } }",
}
HERE = Path(__file__).parent


def ratios() -> dict[str, float]:
    """Return the ratio of our CPU time to that of graphql-js, by query and by the work of graphql-js."""
    engine = Engine(graph(), "graphql")
    ours, answers = {}, {}
    for name, query in QUERIES.items():
        answers[name] = _answer(engine, query)["data"]
        [ours[name]] = call_seconds(lambda query=query: orjson.dumps(_answer(engine, query)), times=500)  # type: ignore[misc]
    sdl = print_ast(assemble().document)
    theirs = graphql_js(sdl, {name: {"query": QUERIES[name], "data": answers[name]} for name in QUERIES}, times=1000)
    return {f"{name} / graphql-js {how}": ours[name] / spent for name in QUERIES for how, spent in theirs[name].items()}


def _answer(engine: Engine, query: str) -> dict[str, Any]:
    scopes = frozenset(scope.value for scope in Scope)
    ctx = Context(
        principal=Principal("1", "key", "2", "2", Role.OWNER, scopes),
        table=_TABLE,
        signer=Signer(lambda: b"bench"),
        now=datetime.now(UTC),
        request_id="bench",
        base_url="https://bench.test",
        meter=Meter(_TABLE.client, "bench"),
    )
    return engine.run(Request(query, {}), ctx, _nowhere)


def _nowhere(function: str, only: object) -> dict[str, Any]:
    raise LookupError(function, only)


_TABLE = Table(boto3.client("dynamodb", region_name="us-east-1"), "bench", Clock())


def graphql_js(sdl: str, queries: dict[str, Any], times: int) -> dict[str, dict[str, float]]:
    """Execute queries in Node on a schema, with their data, and return the CPU seconds of each by the work done."""
    with tempfile.TemporaryDirectory() as directory:
        for name in ("graphql_js.mjs", "package.json", "package-lock.json"):
            shutil.copy(HERE / name, directory)
        subprocess.run(["npm", "ci", "--silent"], cwd=directory, check=True)
        asked = json.dumps({"sdl": sdl, "queries": queries, "times": times})
        done = subprocess.run(
            ["node", "graphql_js.mjs"],
            cwd=directory,
            check=True,
            input=asked,
            text=True,
            capture_output=True,
        )
    seconds: dict[str, dict[str, float]] = json.loads(done.stdout)
    return seconds
