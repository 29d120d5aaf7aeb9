"""The cost of a request over HTTP: refused before execution, and shown to those who ask."""

from typing import Any

import orjson
import pytest

from souk.graph import Graph
from souk.graph.execution import Engine
from souk.graph.http import Api
from souk.graph.requests import SHOW_COST
from souk.web.signing import Signer
from tests.support.api import Answer, Person, Souk, Unmetered
from tests.support.table import COUNTERS

DEAR = "query Dear { books(first: 100) { author { books(first: 100) { author { name } } } } }"
CHEAP = "query ($n: Int!) { books(first: $n) { id author { name } } }"
RENAME = 'mutation { rename(bookId: 1, input: {newTitle: "New"}) { title author { %s } } }'


def ask(
    reader: Person, query: str, variables: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> Answer:
    sent = {"Authorization": f"Bearer {reader.token}", "Content-Type": "application/json", **(headers or {})}
    return reader.souk.post(orjson.dumps({"query": query, "variables": variables}).decode(), sent)


def test_dear_query_is_refused_before_execution(reader: Person) -> None:
    answer = ask(reader, DEAR)
    assert answer.trips == 1, "only the authentication"
    assert answer.json == {
        "errors": [
            {
                "message": "Operation 'Dear' costs 10201; the limit is 10000. Ask for smaller pages, or for fewer "
                "objects. The dearest are at books.author.books.author.",
                "extensions": {
                    "classification": "ExecutionAborted",
                    "code": "LIMIT_EXCEEDED",
                    "limit": "cost",
                    "maximum": 10_000,
                    "actual": 10_201,
                    "dearest": "books.author.books.author",
                },
            }
        ]
    }


def test_dear_query_is_a_bad_request_for_graphql_clients(reader: Person) -> None:
    assert ask(reader, DEAR, headers={"Accept": "application/graphql-response+json"}).status == 400


def test_dear_mutation_changes_nothing(reader: Person) -> None:
    dear = RENAME % "books(first: 100) { author { books(first: 100) { author { name } } } }"
    assert ask(reader, dear).code == "LIMIT_EXCEEDED"
    assert reader.call("{ book(id: 1) { title } }").data == {"book": {"title": "Book 1"}}


@pytest.mark.parametrize("name", ["Souk-Show-Cost", SHOW_COST])
def test_header_shows_cost(reader: Person, name: str) -> None:
    answer = ask(reader, CHEAP, {"n": 3}, {name: "1"})
    assert answer.json["extensions"] == {"cost": {"actual": 4, "maximum": 10_000, "dearest": "books.author"}}
    assert list(answer.json) == ["data", "extensions"]
    assert ask(reader, CHEAP, {"n": 5}, {name: "1"}).json["extensions"]["cost"]["actual"] == 6


def test_header_shows_cost_of_mutation_and_introspection(reader: Person) -> None:
    assert ask(reader, RENAME % "name", headers={SHOW_COST: "1"}).json["extensions"]["cost"]["actual"] == 2
    for _ in range(2):  # the second answer comes from the cache
        answer = ask(reader, "{ __schema { queryType { name } } }", headers={SHOW_COST: "1"})
        assert answer.json["extensions"]["cost"] == {"actual": 0, "maximum": 10_000, "dearest": ""}
    assert "extensions" not in ask(reader, "{ __schema { queryType { name } } }").json


def test_cost_is_not_shown_unasked(reader: Person) -> None:
    assert "extensions" not in ask(reader, CHEAP, {"n": 3}).json


def test_deployment_shows_costs_and_sets_the_maximum(library: Souk, reader: Person, graph: Graph) -> None:
    signer = Signer(lambda: b"a key that only tests use")
    library.apis["graphql"] = Api(
        Engine(graph, "graphql", max_cost=5),
        library.tables["graphql"],
        signer,
        library.invoke,
        Unmetered(library.table.client, COUNTERS),
        shows_costs=True,
    )
    assert ask(reader, CHEAP, {"n": 4}).json["extensions"]["cost"]["maximum"] == 5
    assert ask(reader, CHEAP, {"n": 5}).error["extensions"]["maximum"] == 5
