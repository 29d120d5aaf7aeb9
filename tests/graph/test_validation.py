"""The errors of every rule of graphql-core."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError, build_schema, parse
from graphql import validation as core
from graphql.execution import get_variable_values

from souk.graph.limits import LIMITS
from souk.graph.validation import validate, variable_errors
from souk.graph.validation.rules import RULES
from souk.values.errors import LimitExceeded

SCHEMA = build_schema("""
    directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
    directive @stream(if: Boolean! = true, label: String, initialCount: Int! = 0) on FIELD
    directive @scale(by: Float!) on FIELD
    type Query {
      job(id: ID!, state: State, filter: Filter, limit: Int = 10): Job
      jobs(ids: [ID!], filters: [[Filter!]], pick: Pick): [Job!]!
      tags: [String]
      node: Node
      thing: Thing
    }
    type Mutation { close(id: ID!): Job again: Job }
    type Subscription { closed: Job opened: Job }
    interface Node { id: ID! }
    type Job implements Node { id: ID! title: String budget(currency: String!): Money owner: Person }
    type Person implements Node { id: ID! name: String }
    type Money { amount: Float }
    union Thing = Job | Person
    enum State { OPEN CLOSED }
    input Filter { title: String! budget: Range state: State tags: [String!] }
    input Range { least: Float most: Float! }
    input Pick @oneOf { first: Int last: Int }
""")

QUERIES_ONLY = build_schema("type Query { tags: [String] }")


def cases() -> list[tuple[str, str, list[str]]]:
    """Read the table of cases: the rule, a query that breaks it, and its errors without their common prefix."""
    rows: list[tuple[str, str, list[str]]] = []
    rule = ""
    for line in (Path(__file__).parent / "validation_errors.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            rule = line.removeprefix("# ")
        elif line.startswith("    "):
            rows[-1][2].append(line.strip())
        elif line:
            rows.append((rule, line, []))
    return rows


def shown(errors: list[GraphQLError]) -> list[str]:
    """Return errors in the format of the table."""
    lines = []
    for error in errors:
        assert error.extensions
        extensions = {name: value for name, value in error.extensions.items() if name not in ("fields", "missing")}
        assert extensions == {"classification": "ValidationError", "code": "GRAPHQL_VALIDATION_FAILED"}
        places = " ".join(f"{place.line}:{place.column}" for place in error.locations or ())
        lines.append(f"{error.message.removeprefix('Validation error of type ')} at {places}")
    return lines


@pytest.mark.parametrize(("rule", "query", "expected"), cases())
def test_errors_of_each_rule(rule: str, query: str, expected: list[str]) -> None:
    schema = QUERIES_ONLY if rule == "KnownOperationTypesRule" else SCHEMA
    assert core.validate(schema, parse(query), [getattr(core, rule)]), "graphql-core finds nothing there"
    assert shown(validate(schema, parse(query))) == expected


def test_every_rule_is_covered() -> None:
    assert set(RULES) == set(core.specified_rules)
    assert {rule for rule, _, _ in cases()} == {rule.__name__ for rule in core.specified_rules}


VALID = [
    "{ tags }",
    (
        "query ($a: ID!, $s: State = OPEN) { job(id: $a, state: $s) { ...A } } fragment A on Job { owner { ...B } } "
        "fragment B on Node { id ... on Person { name } }"
    ),
    '{ a: job(id: 1, filter: {title: "x", budget: {most: 2}, tags: "one"}) { id } }',
    '{ job(id: "2", limit: null, filter: null) { id } }',
    '{ jobs(ids: 1, filters: {title: "x"}) { id } }',
    '{ jobs(ids: ["1", 2], filters: [[{title: "x"}], null], pick: {last: 1}) { id } }',
    "query ($n: Int!) { jobs(pick: {first: $n}) { id } }",
    "{ thing { ... on Job { id title } ... on Person { id name } } }",
    "mutation { close(id: 1) { id } again { id } }",
    "{ tags @scale(by: 2) @include(if: true) }",
    '{ tags @stream(label: "a") node { ... @defer(label: "b") { id } } }',
]


@pytest.mark.parametrize("query", VALID)
def test_valid_document_has_no_errors(query: str) -> None:
    assert core.validate(SCHEMA, parse(query)) == []
    assert validate(SCHEMA, parse(query)) == []


def test_errors_are_in_document_order() -> None:
    query = "{ job { id nope budget { amount } } tags { x } node } fragment A on Job { id }"
    columns = [error.locations[0].column for error in validate(SCHEMA, parse(query)) if error.locations]
    assert columns == sorted(columns)
    assert len(columns) == 6


def test_duplicate_errors_are_merged() -> None:
    query = "query A { ...F } query B { ...F } fragment F on Query { job(id: $x) { id } }"
    undefined = [line for line in shown(validate(SCHEMA, parse(query))) if line.startswith("UndefinedVariable")]
    assert undefined == ["UndefinedVariable: Undefined variable x @ 'F/job' at 1:65"]


def test_number_of_errors_is_limited() -> None:
    errors = validate(SCHEMA, parse("{ " + " ".join(f"f{i}" for i in range(500)) + " }"))
    assert len(errors) == LIMITS.errors + 1
    assert errors[-1].message == (
        "Validation error of type MaxValidationErrorsReached: only the first 20 errors are shown"
    )


LONG = "x" * 50_000


@pytest.mark.parametrize(
    "query",
    [
        f"{{ {LONG} }}",
        f"{{ node {{ ...{LONG} }} }}",
        f"{{ node {{ ... on {LONG} {{ id }} }} }}",
        f"{{ tags({LONG}: 1) }}",
        f"{{ tags @{LONG} }}",
        f'{{ job(id: 1, limit: "{LONG}") {{ id }} }}',
        f"{{ job(id: 1, state: {LONG}) {{ id }} }}",
        f"{{ job(id: 1, limit: [{'1 ' * 20_000}]) {{ id }} }}",
        f"{{ job(id: 1, filter: {{title: [{'[' * 50}{']' * 50}]}}) {{ id }} }}",
        f'{{ job(id: 1, filter: {{title: "x", {LONG}: 1}}) {{ id }} }}',
        f'{{ job(id: 1, filter: {{title: "x", {LONG}: 1, {LONG}: 1}}) {{ id }} }}',
        f"query (${LONG}: Int) {{ tags }}",
        f"query {LONG} {{ tags }} query {LONG} {{ tags }}",
        f"{{ {LONG}: tags {LONG}: node {{ id }} }}",
    ],
)
def test_long_texts_are_shortened_in_messages(query: str) -> None:
    errors = validate(SCHEMA, parse(query))
    assert errors
    assert max(len(error.message) for error in errors) < 800


def test_suggestions_are_not_computed() -> None:
    (error,) = validate(SCHEMA, parse("{ tag }"))
    assert "mean" not in error.message


def test_too_many_overlapping_selections_are_refused() -> None:
    level = "id title"
    for _ in range(3):
        level = " ".join(["... on Job { owner { ... on Node { id } id name } }", level] * 4)
    with pytest.raises(LimitExceeded) as refused:
        validate(SCHEMA, parse("{ " + f"job(id: 1) {{ {level} }} " * 20 + "}"))
    assert refused.value.details == {"limit": "comparisons", "maximum": LIMITS.comparisons}


DECLARED = "query ($limit: Int, $filter: Filter, $ids: [ID!], $id: ID!) { tags }"


def refused_variables(**values: Any) -> list[str]:
    (operation,) = parse(DECLARED).definitions
    errors = get_variable_values(SCHEMA, operation.variable_definitions, values)  # type: ignore[attr-defined]
    assert isinstance(errors, list)
    return shown(variable_errors(errors, SCHEMA))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"id": 1, "limit": "x"},
            "Variable 'limit' has an invalid value: Int cannot represent non-integer value: 'x' at 1:8",
        ),
        (
            {"id": 1, "filter": {"title": "x", "budget": {"most": "9"}}},
            (
                "Variable 'filter' has an invalid value at .budget.most: "
                "Float cannot represent non numeric value: '9' at 1:21"
            ),
        ),
        (
            {"id": 1, "ids": [1, None]},
            (
                "Variable 'ids' has an invalid value at [1]: "
                "Expected value of non-null type 'ID!' not to be None at 1:38"
            ),
        ),
        (
            {},
            ("Variable 'id' has an invalid value: Expected a value of non-null type 'ID!' to be provided at 1:51"),
        ),
    ],
)
def test_variable_error_message(values: dict[str, Any], message: str) -> None:
    assert refused_variables(**values) == [message]


def test_variable_error_does_not_echo_value() -> None:
    (message,) = refused_variables(id="1", filter={"title": "x", LONG * 20: 1})
    assert len(message) < 600


def test_number_of_variable_errors_is_limited() -> None:
    assert len(refused_variables(id="1", ids=[None] * 1_000)) == LIMITS.errors + 1
