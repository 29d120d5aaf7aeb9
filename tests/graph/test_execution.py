"""Requests through HTTP, authentication, scopes and forwarding."""

import logging
from typing import Any

import orjson
import pytest

from souk.graph import Scope
from souk.graph.context import MAX_CONNECTIONS
from souk.values.errors import Forbidden, SoukError
from tests.graph import sample_library
from tests.support.api import EVERY_SCOPE, Person, Souk, person, proxy_event

JSON = {"Content-Type": "application/json"}


def without(*scopes: Scope) -> tuple[str, ...]:
    return tuple(scope for scope in EVERY_SCOPE if scope not in scopes)


def test_query_returns_data(reader: Person) -> None:
    assert reader.call("query ($id: ID!) { book(id: $id) { id title } }", {"id": "3"}).data == {
        "book": {"id": "3", "title": "Book 3"}
    }


def test_repeated_query_returns_same_data(reader: Person) -> None:
    query = "{ a: book(id: 1) { title } b: book(id: 2) { title } }"
    assert reader.call(query).data == reader.call(query).data == {"a": {"title": "Book 1"}, "b": {"title": "Book 2"}}


def test_unbuilt_root_field_returns_not_built(reader: Person) -> None:
    answer = reader.call("{ unbuilt { id } }")
    assert (answer.status, answer.code) == (200, "NOT_BUILT")
    assert "Query.unbuilt" in answer.error["message"]


def test_unbuilt_field_returns_not_built_instead_of_null(reader: Person) -> None:
    answer = reader.call('{ book(id: "1") { id missing } }')
    assert answer.json["data"] == {"book": {"id": "1", "missing": None}}
    assert answer.code == "NOT_BUILT"
    assert answer.error["path"] == ["book", "missing"]


def test_mutation_runs_in_owning_function(reader: Person) -> None:
    mutation = 'mutation { rename(bookId: 1, input: {newTitle: "New"}) { title author { name } } }'
    assert reader.call(mutation).data == {"rename": {"title": "New", "author": {"name": "A1"}}}
    assert reader.call(mutation, function="library").data["rename"]["title"] == "New"


def test_mutations_of_several_owners_run_in_order(reader: Person) -> None:
    answer = reader.call(
        """
        mutation ($title: String!) {
          first: rename(bookId: 1, input: {newTitle: "One"}) { ...shown }
          publish(id: 1)
          __typename
          ...rest
        }
        fragment rest on Mutation { last: rename(bookId: 1, input: {newTitle: $title}) { ...shown } }
        fragment shown on Book { title version: id }
        """,
        {"title": "Two"},
    )
    assert list(answer.data) == ["first", "publish", "__typename", "last"]
    assert (answer.data["first"]["title"], answer.data["last"]["title"]) == ("One", "Two")


def test_mutation_sees_changes_of_earlier_ones(reader: Person) -> None:
    answer = reader.call(
        """
        mutation {
          a: rename(bookId: 1, input: {newTitle: "One"}) { title twin { title } }
          b: rename(bookId: 1, input: {newTitle: "Two"}) { title twin { title } }
        }
        """
    )
    assert answer.data == {
        "a": {"title": "One", "twin": {"title": "One"}},
        "b": {"title": "Two", "twin": {"title": "Two"}},
    }


def test_mutations_read_the_table_consistently(reader: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bool] = []
    client = reader.souk.table.client
    read = client.batch_get_item

    def recorded(**request: Any) -> Any:
        calls.extend(table["ConsistentRead"] for table in request["RequestItems"].values())
        return read(**request)

    monkeypatch.setattr(client, "batch_get_item", recorded)
    reader.call('mutation { rename(bookId: 1, input: {newTitle: "x"}) { author { name } } }', function="library")
    reader.call("{ book(id: 1) { author { name } } }")
    authentication, mutation, query = [True], [True], [False]
    assert calls == authentication + mutation + authentication + query


def test_failing_mutation_stops_later_ones_and_has_location(reader: Person) -> None:
    answer = reader.call("mutation {\n  publish(id: 1)\n  burn(id: 1) { id }\n  publish2: publish(id: 2)\n}")
    assert answer.json["data"] is None
    assert answer.code == "NOT_BUILT"
    assert answer.error["locations"] == [{"line": 3, "column": 3}]
    assert answer.error["path"] == ["burn"]


def _broken(_event: Any, _context: Any) -> dict[str, Any]:
    raise SoukError("The function presses failed.")


def _closed(_event: Any, _context: Any) -> dict[str, Any]:
    """Answer like a function for a token that has just been revoked."""
    refused = {"message": "Revoked.", "extensions": {"classification": "ExecutionAborted", "code": "UNAUTHORIZED"}}
    return {"statusCode": 401, "headers": {}, "body": orjson.dumps({"errors": [refused]}).decode()}


@pytest.mark.parametrize(("presses", "code"), [(_broken, "INTERNAL_SERVER_ERROR"), (_closed, "UNAUTHORIZED")])
def test_unavailable_owner_fails_only_its_own_fields(
    reader: Person, monkeypatch: pytest.MonkeyPatch, presses: Any, code: str
) -> None:
    monkeypatch.setitem(reader.souk.apis, "presses", presses)
    rename = 'rename(bookId: 1, input: {newTitle: "New"}) { title }'
    answer = reader.call(f"mutation {{ {rename} a: shred(id: 1) b: shred(id: 2) again: {rename} }}")
    assert answer.json["data"] == {"rename": {"title": "New"}, "a": None, "b": None, "again": {"title": "New"}}
    assert [(error["path"], error["extensions"]["code"]) for error in answer.json["errors"]] == [
        (["a"], code),
        (["b"], code),
    ]
    assert answer.json["errors"][0]["locations"] == [{"line": 1, "column": 66}]
    answer = reader.call(f"mutation {{ {rename} publish(id: 1) again: {rename} }}")
    assert answer.json["data"] is None
    assert (answer.error["path"], answer.code) == (["publish"], code)


def test_owner_refuses_mutations_of_others(reader: Person) -> None:
    answer = reader.call("mutation { publish(id: 1) }", function="library")
    assert answer.code == "FORBIDDEN"
    assert "/graphql" in answer.error["message"]


def test_owner_that_refuses_part_of_document_runs_nothing(reader: Person) -> None:
    answer = reader.call(
        'mutation { rename(bookId: 1, input: {newTitle: "New"}) { id } publish(id: 1) }', function="library"
    )
    assert answer.code == "FORBIDDEN"
    assert reader.call("{ book(id: 1) { title } }").data == {"book": {"title": "Book 1"}}


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("query ($no: Boolean = true) { publish: book(id: 1) @include(if: $no) { id } }", "Argument 'if'"),
        ("query ($no: Boolean = true) { book(id: 1) { id author @skip(if: $no) { id } } }", "Argument 'if'"),
        ("mutation ($no: Boolean = true) { publish(id: 1) @include(if: $no) }", "Argument 'if'"),
        ("query ($no: ID = 1) { book(id: $no) { id } }", "Argument 'id'"),
    ],
)
def test_null_for_argument_with_default_is_validation_error(
    reader: Person, caplog: pytest.LogCaptureFixture, query: str, at: str
) -> None:
    answer = reader.call(query, {"no": None})
    assert answer.error["message"].startswith(f"{at} has an invalid value: Expected variable '$no'")
    assert answer.error["extensions"] == {"classification": "ValidationError", "code": "GRAPHQL_VALIDATION_FAILED"}
    assert "A request failed" not in caplog.text


def test_every_function_answers_queries(reader: Person) -> None:
    assert reader.call("{ book(id: 1) { title } }", function="presses").data == {"book": {"title": "Book 1"}}


def test_invalid_input_error_has_path(reader: Person) -> None:
    answer = reader.call(
        "mutation ($id: ID!, $input: RenameInput!) { rename(bookId: $id, input: $input) { id } }",
        {"id": "1", "input": {"newTitle": 5}},
    )
    assert "errors" in answer.json
    assert answer.error["extensions"]["classification"] == "ValidationError"


def test_root_scopes_cover_nested_fields(library: Souk) -> None:
    poor = person(library, "8", "80", scopes=without(Scope.ONTOLOGY_READ))
    answer = poor.call('{ book(id: "1") { title author { name } } }')
    assert answer.status == 200
    assert answer.error["message"] == (
        "The client or authentication token doesn't have enough oauth2 permissions/scopes to access: "
        "[Author.name, Book.author, Book.title, Query.book]."
    )
    assert answer.code == "FORBIDDEN"
    assert answer.error["extensions"]["requiredScopes"] == [Scope.ONTOLOGY_READ]
    assert "data" not in answer.json


def test_field_may_require_its_own_scope(library: Souk) -> None:
    poor = person(library, "8", "80", scopes=without(Scope.USER_DETAILS_READ))
    assert poor.call('{ book(id: "1") { title } }').data
    answer = poor.call("{ things { ... on Book { ...s } } } fragment s on Book { secret }")
    assert "[Book.secret]" in answer.error["message"]


@pytest.mark.parametrize(
    "query",
    [
        "{ things { secret } }",
        "{ things { ... on Thing { secret } } }",
        '{ book(id: "1") { ... on Thing { secret } } }',
        '{ book(id: "1") { ... on Thing { ...s } } } fragment s on Thing { secret }',
    ],
)
def test_field_scope_applies_through_interface(library: Souk, query: str) -> None:
    poor = person(library, "8", "80", scopes=without(Scope.USER_DETAILS_READ))
    answer = poor.call(query)
    assert answer.code == "FORBIDDEN"
    assert answer.error["extensions"]["requiredScopes"] == [Scope.USER_DETAILS_READ]


def test_common_entities_scope_is_always_required(library: Souk) -> None:
    poor = person(library, "8", "80", scopes=without(Scope.COMMON_ENTITIES_READ))
    answer = poor.call('{ book(id: "1") { title } }')
    assert answer.error["extensions"]["requiredScopes"] == [Scope.COMMON_ENTITIES_READ]


def test_mutation_without_scope_changes_nothing(library: Souk) -> None:
    poor = person(library, "8", "80", scopes=without(Scope.ORGANIZATIONS))
    answer = poor.call('mutation { rename(bookId: 1, input: {newTitle: "x"}) { id } }')
    assert "Mutation.rename" in answer.error["message"]
    assert poor.call('{ book(id: "1") { title } }').data == {"book": {"title": "Book 1"}}


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        (JSON, '{"query": "{ __typename }"}', 401, "UNAUTHORIZED"),
        (None, '{"query": "{ __typename }"}', 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"Content-Type": "text/plain"}, '{"query": "{ __typename }"}', 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({**JSON, "Authorization": "Basic abc"}, "{}", 401, "UNAUTHORIZED"),
        (JSON, " " * 1_000_001, 413, "LIMIT_EXCEEDED"),
    ],
)
def test_http_errors(library: Souk, headers: dict[str, str] | None, body: str, status: int, code: str) -> None:
    answer = library.post(body, headers)
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_invalid_base64_body_is_bad_request(library: Souk) -> None:
    event = {**proxy_event("ümlaut", JSON), "isBase64Encoded": True}
    assert library.invoke("graphql", event)["statusCode"] == 400


def test_busy_table_returns_503(reader: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise SoukError("The storage is busy; try again.")

    monkeypatch.setattr("souk.storage.table.Table.batch_get", busy)
    answer = reader.call("{ __typename }")
    assert (answer.status, answer.code) == (503, "INTERNAL_SERVER_ERROR")


def test_too_large_response_returns_limit_exceeded(reader: Person) -> None:
    author = sample_library.Author(id="1000", name='"' * 150_000)
    transaction = reader.souk.table.transaction()
    transaction.create(sample_library.AUTHORS, author)
    transaction.create(sample_library.BOOKS, sample_library.Book(id="100", author_id="1000"))
    transaction.commit()

    def names(count: int) -> str:
        return f"{{ book(id: 100) {{ author {{ {' '.join(f'n{at}: name' for at in range(count))} }} }} }}"

    assert reader.call(names(9)).data["book"]["author"]["n8"] == author.name
    answer = reader.call(names(11))
    assert (answer.status, answer.code) == (200, "LIMIT_EXCEEDED")
    assert "data" not in answer.json


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", '"x"', "null", "{}", '{"query": 1}', '{"query": "  "}', '{"query": "{a}", "variables": [1]}',
     '{"query": "{a}", "operationName": 1}', '[{"query": "{ __typename }"}]', "\x00"],
)  # fmt: skip
def test_invalid_body_is_bad_request(reader: Person, body: str) -> None:
    answer = reader.souk.post(body, {**JSON, "Authorization": f"bearer {reader.token}"})
    assert (answer.status, answer.code) == (400, "BAD_REQUEST")


def test_nested_list_is_read_once_per_arguments(reader: Person) -> None:
    answer = reader.call("{ book(id: 1) { author { x: books { id } y: books { id } z: books(first: 2) { id } } } }")
    authentication, root, link, lists = 1, 1, 1, 2
    assert answer.trips == authentication + root + link + lists


def test_nested_lists_are_limited_per_request(reader: Person) -> None:
    lists = " ".join(f"a{n}: books(first: {n}) {{ id }}" for n in range(1, 11))
    query = f"query ($first: Int!) {{ books(first: $first) {{ coAuthors {{ {lists} }} }} }}"
    assert reader.call(query, {"first": 9}).data  # ten authors with ten lists each
    answer = reader.call(query, {"first": 10})
    assert {error["extensions"]["code"] for error in answer.json["errors"]} == {"LIMIT_EXCEEDED"}
    assert str(MAX_CONNECTIONS) in answer.json["errors"][0]["message"]


def test_refused_nested_lists_count_towards_limit(reader: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        calls.append(arguments)
        raise Forbidden("Not yours.")

    monkeypatch.setattr("souk.storage.table.Table.query", refuse)
    authors = " ".join(f"a{n}: author {{ books(first: {n}) {{ id }} }}" for n in range(1, 11))
    reader.call(f"{{ books(first: 12) {{ {authors} }} }}")
    assert len(calls) == MAX_CONNECTIONS


def test_unexpected_error_is_logged_and_hidden(
    reader: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("bolts and nuts")

    monkeypatch.setattr("souk.storage.table.Table.query", explode)
    with caplog.at_level(logging.ERROR):
        answer = reader.call("{ book(id: 1) { author { books { id } } } }")
    assert answer.code == "INTERNAL_SERVER_ERROR"
    assert "bolts" not in orjson.dumps(answer.json).decode()
    assert "test-request" in answer.error["message"]
    assert "bolts and nuts" in caplog.text


def test_introspection_can_be_repeated(reader: Person) -> None:
    query = "query ($name: String!) { __type(name: $name) { name fields { name } } }"
    assert reader.call(query, {"name": "Shelf"}).data["__type"] == {"name": "Shelf", "fields": [{"name": "books"}]}
    assert reader.call(query, {"name": "Edition"}).data["__type"]["name"] == "Edition"
    for _ in range(2):
        kinds = "query A { __schema { queryType { name } } } query B { __schema { mutationType { name } } }"
        for operation, expected in (
            ("A", {"queryType": {"name": "Query"}}),
            ("B", {"mutationType": {"name": "Mutation"}}),
        ):
            body = orjson.dumps({"query": kinds, "operationName": operation}).decode()
            answer = reader.souk.post(body, {**JSON, "Authorization": f"Bearer {reader.token}"})
            assert answer.data == {"__schema": expected}
