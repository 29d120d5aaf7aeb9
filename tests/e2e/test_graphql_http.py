"""GraphQL over HTTP on the deployed stack: the audit suite of the specification, and clients with their defaults."""

from typing import Any

import httpx
import pytest

from tests.support.node_clients import NodeClients
from tests.support.running import Run

EMAIL = "olivia@acme.test"
JSON, GRAPHQL = "application/json", "application/graphql-response+json"


@pytest.fixture(scope="module")
def token(souk: Run) -> str:
    return souk.token(EMAIL)


def test_audit_suite_passes(souk: Run, node: NodeClients, token: str) -> None:
    results: list[dict[str, Any]] = node.run("audit.mjs", SOUK_URL=souk.url, TOKEN=token)
    assert len(results) == 61
    assert [result for result in results if result["status"] != "ok"] == []


def test_urql_with_its_defaults(souk: Run, node: NodeClients, token: str) -> None:
    came = node.run("urql.mjs", SOUK_URL=souk.url, TOKEN=token)
    assert came["query"]["user"]["id"]
    assert came["mutation"] == {"confirmFiles": False}
    assert came["invalid"] == ["GRAPHQL_VALIDATION_FAILED"]
    assert came["requests"] == [["GET", 200, GRAPHQL], ["GET", 400, GRAPHQL], ["POST", 200, GRAPHQL]]


def test_apollo_with_get_and_persisted_queries(souk: Run, node: NodeClients, token: str) -> None:
    came = node.run("apollo.mjs", SOUK_URL=souk.url, TOKEN=token)
    assert came["plain"]["data"]["user"]["id"]
    assert came["plain"]["requests"] == [["GET", 200, GRAPHQL]]
    assert came["persisted"]["data"] == came["plain"]["data"]
    assert came["persisted"]["requests"] == [["GET", 200, GRAPHQL], ["GET", 200, GRAPHQL]]


def test_get_decodes_parameters_as_clients_encode_them(souk: Run, token: str) -> None:
    query = "query ($name: String!) { __type(name: $name) { name } a: user { id } }"
    parameters = {"query": query, "variables": '{"name": "Run+%41 &=ü🏃"}', "access_token": token}
    answer = httpx.get(f"{souk.url}/graphql", params=parameters, timeout=40)
    assert answer.json()["data"]["__type"] is None, answer.text
    assert answer.json()["data"]["a"]["id"]


def test_mutation_by_get_is_refused_with_allow(souk: Run, token: str) -> None:
    parameters = {"query": 'mutation { confirmFiles(fileIds: ["1"]) }'}
    answer = httpx.get(
        f"{souk.url}/graphql", params=parameters, headers={"authorization": f"Bearer {token}"}, timeout=40
    )
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_pages_may_send_get_and_post(souk: Run) -> None:
    asked = {"origin": "https://page.test", "access-control-request-method": "GET"}
    answer = httpx.options(f"{souk.url}/graphql", headers=asked, timeout=40)
    assert {"GET", "POST"} <= set(answer.headers["access-control-allow-methods"].replace(" ", "").split(","))
