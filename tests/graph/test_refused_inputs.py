"""Refusals of inputs tell programs where the input is wrong, what is missing, and which values are possible."""

from typing import Any

import pytest
from graphql import GraphQLError, get_variable_values, parse

from souk.graph.validation import validate, variable_errors
from souk.values.errors import Unprocessable
from souk.values.problems import Problems
from tests.graph.test_validation import SCHEMA


def refused(document: str, **variables: Any) -> GraphQLError:
    """Return the only error of a document, or of its variables."""
    parsed = parse(document)
    errors = validate(SCHEMA, parsed)
    if not errors:
        found = get_variable_values(SCHEMA, parsed.definitions[0].variable_definitions, variables)  # type: ignore[attr-defined]
        assert isinstance(found, list)
        errors = variable_errors(found, SCHEMA)
    (error,) = errors
    return error


def details(error: GraphQLError) -> dict[str, Any]:
    assert error.extensions
    return dict(error.extensions)


@pytest.mark.parametrize(
    "error",
    [
        refused("{ job(id: 1, state: GONE) { id } }"),
        refused('{ job(id: 1, state: "OPEN") { id } }'),
        refused("query ($state: State) { job(id: 1, state: $state) { id } }", state="GONE"),
        refused("query ($state: State) { job(id: 1, state: $state) { id } }", state=5),
        refused("query ($state: State = GONE) { job(id: 1, state: $state) { id } }"),
    ],
    ids=lambda error: error.message,
)
def test_wrong_enum_value_names_the_right_ones(error: GraphQLError) -> None:
    assert "; use one of OPEN, CLOSED" in error.message


@pytest.mark.parametrize(
    ("error", "path", "missing"),
    [
        (refused("{ job(id: 1, state: GONE) { id } }"), "state", None),
        (refused("{ job(id: 1, filter: {}) { id } }"), "filter", ["filter.title"]),
        (refused('{ job(id: 1, filter: {title: "x", budget: {most: "9"}}) { id } }'), "filter.budget.most", None),
        (refused('{ jobs(ids: ["1", null]) { id } }'), "ids.1", None),
        (refused("query ($ids: [ID!]) { jobs(ids: $ids) { id } }", ids=["1", None]), "ids.1", None),
        (refused("query ($f: Filter) { job(id: 1, filter: $f) { id } }", f={}), "f", ["f.title"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_error_has_the_path_of_the_input(error: GraphQLError, path: str, missing: list[str] | None) -> None:
    (field,) = details(error)["fields"]
    assert field["path"] == path
    assert field["message"] in error.message
    assert details(error).get("missing") == missing


def test_error_about_no_input_has_no_fields() -> None:
    assert "fields" not in details(refused("{ nope }"))


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("input.tier: not offered.", [{"path": "input.tier", "message": "not offered."}]),
        ("ids: at most 10: these are 11.", [{"path": "ids", "message": "at most 10: these are 11."}]),
        ("The payment was declined: no money.", None),
        ("Only fixed-price work has milestones.", None),
    ],
)
def test_message_with_a_path_has_fields(message: str, fields: list[dict[str, str]] | None) -> None:
    assert Unprocessable(message).details.get("fields") == fields


def test_problems_list_what_is_missing() -> None:
    problems = Problems("input")
    problems.add("title", "is required.", missing=True)
    problems.add("price", "must be above zero.")
    with pytest.raises(Unprocessable) as caught:
        problems.raise_if_any()
    assert caught.value.details["missing"] == ["input.title"]
    assert [one["path"] for one in caught.value.details["fields"]] == ["input.title", "input.price"]
