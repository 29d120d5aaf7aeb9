"""Errors of limits and validation over HTTP: JSON with the status 200."""

from typing import Any

import pytest

from tests.support.api import Person


@pytest.mark.parametrize(
    ("query", "variables", "code", "classification"),
    [
        ("{ book(id: 1) {", {}, "GRAPHQL_PARSE_FAILED", "InvalidSyntax"),
        ("{ book(id: 1) { id\0 } }", {}, "GRAPHQL_PARSE_FAILED", "InvalidSyntax"),
        ("{ book { id } }", {}, "GRAPHQL_VALIDATION_FAILED", "ValidationError"),
        ("query ($id: ID!) { book(id: $id) { id } }", {"id": [1]}, "GRAPHQL_VALIDATION_FAILED", "ValidationError"),
        ("{" + "a " * 9_000 + "}", {}, "LIMIT_EXCEEDED", "ExecutionAborted"),
        ("{" * 90_000, {}, "LIMIT_EXCEEDED", "ExecutionAborted"),
        ("{ book(id: 1) {" + "id " * 100 + "} }", {}, "LIMIT_EXCEEDED", "ExecutionAborted"),
        ("{ book(id: 1) { id } }", {"x": list(range(20_000))}, "LIMIT_EXCEEDED", "ExecutionAborted"),
    ],
)
def test_invalid_request_returns_200_with_error(
    reader: Person, query: str, variables: dict[str, Any], code: str, classification: str
) -> None:
    answer = reader.call(query, variables)
    assert answer.status == 200
    assert answer.error["extensions"]["code"] == code
    assert answer.error["extensions"]["classification"] == classification
    assert "data" not in answer.json


def test_mutation_with_invalid_variable_runs_nothing(reader: Person) -> None:
    query = "mutation ($id: ID!, $title: String!) { rename(bookId: $id, input: {newTitle: $title}) { id } }"
    answer = reader.call(query, {"id": 1, "title": 5})
    assert answer.error["message"] == (
        "Variable 'title' has an invalid value: String cannot represent a non string value: 5"
    )
    assert answer.error["locations"] == [{"line": 1, "column": 21}]
    assert reader.call("{ book(id: 1) { title } }").data == {"book": {"title": "Book 1"}}
