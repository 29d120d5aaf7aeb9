"""GraphQL over HTTP: methods, parameters, media types and statuses."""

from typing import Any

import orjson
import pytest

from souk.graph import Scope
from souk.graph.media_types import GRAPHQL, JSON, negotiate
from tests.support.api import EVERY_SCOPE, Answer, Person, Souk, person

QUERY = "query Shown($id: ID = 3) { book(id: $id) { title } }"
MUTATION = 'mutation { rename(bookId: 1, input: {newTitle: "x"}) { id } }'
EMPTY: list[Any] = [None, [], {}, "", " ", "{}", "[]", "null", " {} "]
NOT_VALUES: list[Any] = [0, 1, False, True, [1], [[]], "text", "{", "1", '"{}"', "[1]"]


def sent(reader: Person, accept: str | None = None, /, **body: Any) -> Answer:
    headers = {"Authorization": f"Bearer {reader.token}", "Content-Type": "application/json"}
    if accept is not None:
        headers["Accept"] = accept
    return reader.souk.post(orjson.dumps(body).decode(), headers)


def got(reader: Person, accept: str | None = None, /, **parameters: str) -> Answer:
    headers = {"Authorization": f"Bearer {reader.token}"}
    if accept is not None:
        headers["Accept"] = accept
    return reader.souk.get(parameters, headers)


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("empty", EMPTY)
def test_empty_values_are_accepted_in_every_form(reader: Person, name: str, empty: Any) -> None:
    assert sent(reader, query=QUERY, **{name: empty}).data == {"book": {"title": "Book 3"}}
    if isinstance(empty, str):
        assert got(reader, query=QUERY, **{name: empty}).data == {"book": {"title": "Book 3"}}


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("given", NOT_VALUES)
def test_values_that_are_no_object_are_bad_request(reader: Person, name: str, given: Any) -> None:
    answer = sent(reader, query=QUERY, **{name: given})
    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert name in answer.error["message"]
    if isinstance(given, str):
        assert got(reader, query=QUERY, **{name: given}).code == "BAD_REQUEST"


def test_variables_may_be_json_text(reader: Person) -> None:
    assert sent(reader, query=QUERY, variables='{"id": "4"}').data == {"book": {"title": "Book 4"}}


@pytest.mark.parametrize("name", [None, ""])
def test_empty_operation_name_is_ignored(reader: Person, name: str | None) -> None:
    assert sent(reader, query=QUERY, operationName=name).data == {"book": {"title": "Book 3"}}


def test_get_runs_query_with_its_parameters(reader: Person) -> None:
    document = f"{QUERY} query Other {{ __typename }}"
    parameters = {"query": document, "variables": '{"id": "5"}', "operationName": "Shown", "extensions": '{"a": 1}'}
    assert got(reader, **parameters).data == {"book": {"title": "Book 5"}}


def test_get_with_token_in_url_runs_query(reader: Person) -> None:
    assert reader.souk.get({"query": "{ __typename }", "access_token": reader.token}).data == {"__typename": "Query"}


def test_get_without_token_is_unauthorized(reader: Person) -> None:
    answer = reader.souk.get({"query": "{ __typename }"})
    assert (answer.status, answer.code) == (401, "UNAUTHORIZED")


def test_get_without_query_is_bad_request(reader: Person) -> None:
    for parameters in ({}, {"query": ""}, {"query": " "}):
        answer = got(reader, **parameters)
        assert (answer.status, answer.code) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("accept", [None, JSON, GRAPHQL])
def test_get_refuses_mutation_and_names_post(reader: Person, accept: str | None) -> None:
    answer = got(reader, accept, query=f"query Q {{ __typename }} {MUTATION.replace('{', 'M {', 1)}", operationName="M")
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", "POST")
    assert sent(reader, query="{ book(id: 1) { title } }").data == {"book": {"title": "Book 1"}}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html", JSON),
        ("application/json", JSON),
        ("application/json, text/plain, */*", JSON),
        (GRAPHQL, GRAPHQL),
        ("Application/GraphQL-Response+JSON; charset=utf-8", GRAPHQL),
        # urql 6, Apollo Client 4 and Relay
        (f"{GRAPHQL}, application/graphql+json, application/json, text/event-stream, multipart/mixed", GRAPHQL),
        (f"{GRAPHQL},application/json;q=0.9", GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, application/json; charset=utf-8", GRAPHQL),
        (f"application/json, {GRAPHQL}", JSON),
        (f"application/json;q=0.9, {GRAPHQL}", GRAPHQL),
        (f"application/json, {GRAPHQL};q=0.9", JSON),
        (f"*/*, {GRAPHQL};q=0.5", JSON),
        (f"*/*, {GRAPHQL}", GRAPHQL),
        (f"*/*;q=0.1, {GRAPHQL};q=0.5", GRAPHQL),
        (f"{GRAPHQL};q=0", JSON),
        (f"{GRAPHQL};q=nan, , ;;=", GRAPHQL),
    ],
)
def test_media_type_follows_accept(accept: str, expected: str) -> None:
    assert negotiate(accept) == expected


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ unknown }"}, "GRAPHQL_VALIDATION_FAILED"),
        (
            {"query": "query ($id: ID!) { book(id: $id) { id } }", "variables": {"id": None}},
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ({"query": "mutation ($id: ID!) { publish(id: $id) }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { __typename } query B { __typename }"}, "UNPROCESSABLE_CONTENT"),
        ({"query": QUERY, "operationName": "Missing"}, "UNPROCESSABLE_CONTENT"),
        ({"query": "{" + "a " * 9_000 + "}"}, "LIMIT_EXCEEDED"),
        ({"query": "{ __typename }", "variables": {"x": list(range(20_000))}}, "LIMIT_EXCEEDED"),
    ],
)
def test_invalid_operation_has_400_only_if_preferred(reader: Person, body: dict[str, Any], code: str) -> None:
    preferred = sent(reader, GRAPHQL, **body)
    assert (preferred.status, preferred.code) == (400, code)
    assert preferred.headers["Content-Type"] == f"{GRAPHQL}; charset=utf-8"
    for accept in (None, "*/*", JSON):
        answer = sent(reader, accept, **body)
        assert (answer.status, answer.code) == (200, code)
        assert answer.headers["Content-Type"] == f"{JSON}; charset=utf-8"
        assert answer.json == preferred.json


def test_failed_field_has_200_and_data(reader: Person) -> None:
    answer = sent(reader, GRAPHQL, query="{ unbuilt { id } }")
    assert (answer.status, answer.code, answer.json["data"]) == (200, "NOT_BUILT", {"unbuilt": None})


def test_refusal_by_scope_has_200_and_null_data(library: Souk) -> None:
    poor = person(library, "8", "80", scopes=tuple(one for one in EVERY_SCOPE if one != Scope.ORGANIZATIONS))
    answer = sent(poor, GRAPHQL, query=MUTATION)
    assert (answer.status, answer.code, answer.json["data"]) == (200, "FORBIDDEN", None)
    assert "data" not in sent(poor, JSON, query=MUTATION).json


def test_forwarded_mutation_answers_in_negotiated_type(reader: Person) -> None:
    answer = sent(reader, GRAPHQL, query=MUTATION)
    assert answer.data == {"rename": {"id": "1"}}
    assert answer.headers["Content-Type"] == f"{GRAPHQL}; charset=utf-8"


def test_mutation_refused_by_owner_keeps_field_path(reader: Person) -> None:
    answer = sent(reader, GRAPHQL, query='mutation { rename(bookId: 99, input: {newTitle: "x"}) { id } }')
    assert (answer.status, answer.error["path"]) == (200, ["rename"])


def test_http_errors_keep_their_status_in_both_types(reader: Person) -> None:
    for accept in (JSON, GRAPHQL):
        answer = reader.souk.get({"query": "{ __typename }"}, {"Accept": accept})
        assert (answer.status, answer.headers["Content-Type"]) == (401, f"{accept}; charset=utf-8")


@pytest.mark.parametrize("accept", [None, GRAPHQL])
@pytest.mark.parametrize("query", [{}, {"query": ""}, {"query": None}])
def test_persisted_query_gets_apollos_answer(reader: Person, accept: str | None, query: dict[str, Any]) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "a" * 64}}
    answers = [sent(reader, accept, extensions=extensions, **query)]
    if None not in query.values():
        answers.append(got(reader, accept, extensions=orjson.dumps(extensions).decode(), **query))
    for answer in answers:
        assert (answer.status, answer.code) == (200, "PERSISTED_QUERY_NOT_SUPPORTED")
        assert answer.error["message"] == "PersistedQueryNotSupported"


def test_document_beside_its_hash_runs(reader: Person) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "a" * 64}}
    assert sent(reader, query=QUERY, extensions=extensions).data == {"book": {"title": "Book 3"}}
