"""The limits refuse hostile documents before validation and execution, but not large legitimate ones."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    build_ast_schema,
    get_introspection_query,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from graphql.language.parser import Parser

from souk.graph import assembly, limits
from souk.graph.limits import LIMITS, Limits
from souk.graph.validation import validate
from souk.values.errors import LimitExceeded
from tests.graph.hostile import COSTLY, DEAR, HOSTILE, UNREADABLE, answer, doubling


def read(source: str, bounds: Limits = LIMITS) -> None:
    limits.check_document(limits.parse(source, bounds), bounds)


def refusal(source: str, bounds: Limits = LIMITS) -> dict[str, Any]:
    with pytest.raises(LimitExceeded) as refused:
        read(source, bounds)
    assert len(refused.value.message) < 300
    assert str(refused.value.details["maximum"]) in refused.value.message
    return refused.value.details


@pytest.mark.parametrize(("source", "limit"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_document_is_refused_before_validation(source: str, limit: str) -> None:
    assert refusal(source)["limit"] == limit


@pytest.mark.parametrize("source", COSTLY.values(), ids=COSTLY)
def test_costly_document_returns_few_short_errors(source: str) -> None:
    limits.check_source(source)
    messages = answer(served(), source)
    assert 0 < len(messages) <= LIMITS.errors + 1
    assert max(map(len, messages)) < 800


@pytest.mark.parametrize("source", DEAR.values(), ids=DEAR)
def test_dear_document_is_refused_by_its_cost_alone(source: str) -> None:
    read(source)
    (message,) = answer(served(), source)
    assert re.match(r"The operation costs (more than )?\d+; the limit is 10000\. ", message)
    assert len(message) < 500


@pytest.mark.parametrize("source", UNREADABLE.values(), ids=UNREADABLE)
def test_invalid_document_is_syntax_error(source: str) -> None:
    (message,) = answer(served(), source)
    assert message.startswith("Invalid syntax: ")
    assert len(message) < 200


EDGES = {  # for a limit of 4: a document at the limit, and one above it
    "tokens": ("{a b}", "{a b c}"),
    "nesting": ("{a(b: [{c: 1}])}", "{a(b: [[{c: 1}]])}"),
    "depth": ("{a {a {a {a}}}}", "{a {a {a {a {a}}}}}"),
    "fields": ("{a {b} c {d}}", "{a {b} c {d e}}"),
    "aliases": ("{a: x b: x v {c: x d: x}}", "{a: x b: x v {c: x d: x e: x}}"),
    "repeats": ("{a a ... {a a}}", "{a a ... {a a a}}"),
    "directives": ("{a @x @x b @x @x}", "{a @x @x b @x @x ...A @x}"),
    "arguments": ("{a(b: 1 c: 1 d: 1 e: 1)}", "{a(b: 1 c: 1 d: 1 e: 1 f: 1)}"),
    "root_fields": ("{a b {c d e f} ... {g h}}", "{a b {c d e f} ... {g h i}}"),
    "operations": ("{a}" * 4, "{a}" * 5),
    "fragments": ("{a}" + "fragment A on Q {a}" * 4, "{a}" + "fragment A on Q {a}" * 5),
    "variables": ("query ($a: A $b: A $c: A $d: A) {a}", "query ($a: A $b: A $c: A $d: A $e: A) {a}"),
}


@pytest.mark.parametrize("limit", EDGES)
def test_limit_itself_is_allowed(limit: str) -> None:
    within, beyond = EDGES[limit]
    bounds = replace(LIMITS, **{limit: 4})
    read(within, bounds)
    details = refusal(beyond, bounds)
    assert details == {"limit": limit, "maximum": 4, "actual": 5} or (limit, details["actual"]) == ("tokens", 5)


def test_message_has_limit_and_actual_value() -> None:
    with pytest.raises(LimitExceeded, match=r"^Operation 'Q' selects 2500 fields; the limit is 2000\.$"):
        read("query Q {v {" + " ".join(f"f{i}" for i in range(2_499)) + "}}")


def test_message_keeps_names_short_and_numbers_readable() -> None:
    details = refusal(f"query {'N' * 10_000} {{{'a ' * 30}}}")
    assert details["limit"] == "repeats"
    details = refusal(doubling(20, 60))
    assert details["actual"] == 10**9


@pytest.mark.parametrize(
    "source",
    [
        '{a(b: "((((( [[[[[ {{{{{ \\" {{{{{") # {{{{{\n}',
        '{a(b: """ {{{{{ " {{{{{ "" {{{{{ \\""" {{{{{ """) {b}}',
        '{a(b: "")}',
        '{a(b: "\\\\") {b}}',
        '{a(b: """""") {b}}',
        "#{{{{{\r{a {b}}",
    ],
)
def test_brackets_in_strings_and_comments_do_not_nest(source: str) -> None:
    read(source, replace(LIMITS, nesting=2))


@pytest.mark.parametrize(
    "source",
    [
        get_introspection_query(),
        'query Q($a: [Int!]! = [1, -2.5e-3], $b: X = {c: "d", e: """f \\""" g"""}) @x {b(c: $a) {...F ... on T {h}}}',
        "# one\n{a # two\n\ufeff b,,,c\t}\r\n#three",
        "fragment F on T {__typename}",
    ],
)
def test_token_count_matches_parser(source: str) -> None:
    parser = Parser(source)
    parser.parse_document()
    count = parser._token_counter  # noqa: SLF001 - the property leaves out the comments, which max_tokens counts
    limits.check_source(source, replace(LIMITS, tokens=count))
    with pytest.raises(LimitExceeded):
        limits.check_source(source, replace(LIMITS, tokens=count - 1))


def test_deepest_document_is_parsed_within_the_recursion_limit() -> None:
    nested = "[" * (LIMITS.nesting - 2) + "]" * (LIMITS.nesting - 2)
    assert limits.parse(f"{{a(b: {nested})}}")


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        ("{\n  a(\n}", "Invalid syntax: Expected Name, found '}' at line 3 column 1", 3, 1),
        ("", "Invalid syntax: Unexpected <EOF> at line 1 column 1", 1, 1),
        ("{}", "Invalid syntax: Expected Name, found '}' at line 1 column 2", 1, 2),
        ('{a(b: "x', "Invalid syntax: Unterminated string at line 1 column 9", 1, 9),
        ("{a\0}", "Invalid syntax: U+0000 is not a character of text at line 1 column 3", 1, 3),
        ('{a(b:\n"\ud800")}', "Invalid syntax: U+D800 is not a character of text at line 2 column 2", 2, 2),
    ],
)
def test_syntax_error_has_location(source: str, message: str, line: int, column: int) -> None:
    with pytest.raises(GraphQLError) as caught:
        limits.parse(source)
    assert caught.value.formatted == {
        "message": message,
        "locations": [{"line": line, "column": column}],
        "extensions": {"classification": "InvalidSyntax", "code": "GRAPHQL_PARSE_FAILED"},
    }


def test_syntax_error_does_not_echo_the_document() -> None:
    with pytest.raises(GraphQLError) as caught:
        limits.parse("x" * 50_000)
    assert len(caught.value.message) < 200


def test_cycle_of_fragments_is_left_to_validation() -> None:
    source = "{...A} fragment A on Query {...B ...B} fragment B on Query {...A ...A __typename}"
    read(source)
    errors = validate(served(), limits.parse(source))
    assert {error.message.split(":")[0] for error in errors} == {"Validation error of type FragmentCycle"}


@pytest.mark.parametrize(
    ("variables", "limit"),
    [
        ({"a": 1, "b": [1, {"c": [True, None]}]}, None),
        ({"a": list(range(9_000))}, None),
        ({"a": list(range(20_000))}, "variable_values"),
        ({str(i): i for i in range(20_000)}, "variable_values"),
        ({"a": {str(i): [[i]] for i in range(9_000)}}, "variable_values"),
    ],
)
def test_number_of_values_in_variables(variables: dict[str, object], limit: str | None) -> None:
    assert variables_refused(variables) == limit


@pytest.mark.parametrize(("levels", "limit"), [(20, None), (21, "variable_depth"), (5_000, "variable_depth")])
def test_depth_of_variables(levels: int, limit: str | None) -> None:
    nested: object = "x"
    for level in range(levels):
        nested = [nested] if level % 2 else {"a": nested}
    assert variables_refused({"a": nested}) == limit


def variables_refused(variables: dict[str, object]) -> str | None:
    try:
        limits.check_variables(variables)
    except LimitExceeded as refused:
        return str(refused.details["limit"])
    return None


@cache
def served() -> GraphQLSchema:
    return build_ast_schema(assembly.assemble().document, assume_valid=True)


INTROSPECTION = [
    get_introspection_query(),
    get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    ),
    '{__type(name: "Query") {name fields {name args {name type {name ofType {name}}} type {kind name}}}}',
    '{a: __type(name: "Node") {possibleTypes {name fields {name}}} b: __type(name: "Query") {name}}',
    "{__schema {queryType {fields {name type {name fields {name}}}}}}",
]


@pytest.mark.parametrize("source", INTROSPECTION, ids=["standard", "complete", "one type", "two types", "two levels"])
def test_introspection_queries_of_tools_are_allowed(source: str) -> None:
    read(source)
    assert validate(served(), limits.parse(source)) == []


def everything(type_: GraphQLObjectType, levels: int, above: tuple[GraphQLObjectType, ...] = ()) -> str:
    """Select every field without arguments, down to some levels, without recursion."""
    selected = []
    for name, field in type_.fields.items():
        target = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(target):
            selected.append(name)
        elif (
            isinstance(target, GraphQLObjectType)
            and levels
            and target not in above
            and (within := everything(target, levels - 1, (*above, target)))
        ):
            selected.append(f"{name} {{{within}}}")
    return " ".join(selected)


@pytest.mark.parametrize("name", ["JobPosting", "MarketplaceJobPosting"])
def test_every_scalar_field_of_a_posting_is_within_limits(name: str) -> None:
    posting = served().get_type(name)
    assert isinstance(posting, GraphQLObjectType)
    root = {"JobPosting": 'jobPosting(jobPostingId: "1")', "MarketplaceJobPosting": 'marketplaceJobPosting(id: "1")'}
    source = f"{{{root[name]} {{{everything(posting, 3)}}}}}"
    assert len(source) > 5_000
    read(source)
    assert validate(served(), limits.parse(source)) == []
