"""Souk's executor answers like the library's, for random documents on random data with every kind of mistake."""

import random
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
    is_object_type,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.graph.executor import PageExecutor
from souk.graph.resolvers import ContextResolver, default_resolver
from souk.values.errors import NotFound
from tests.support.random_documents import SDL, Writer


class Colour(StrEnum):
    RED = "RED"


_LEAVES: dict[str, list[Any]] = {
    "Int": [0, 7, -1, True, 2**31, 1.0, 1.5, "12", "x", float("nan")],
    "Float": [1.5, 2, float("inf"), "3", True, object],
    "String": ["text", "", 5, 1.5, True, Colour.RED, ["list"], {}],
    "ID": ["id", 9, 1.0, False, b"bytes"],
    "Boolean": [True, False, 0, 1.0, "yes"],
    "Colour": ["RED", Colour.RED, "BLUE", 3, []],
    "Stamp": ["now", 4, {"a": 1}, [1, 2]],
}


class Failure(Exception):
    """A bug in a resolver."""


class Node:
    """An object whose attributes are made of its seed when they are read, mostly without a mistake."""

    def __init__(self, type_: GraphQLObjectType, seed: str) -> None:
        self.graphql_type: Any = type_.name
        self._type, self.seed = type_, seed

    def __getattr__(self, name: str) -> Any:
        fields = {_snake(key): field for key, field in self._type.fields.items()}
        if name not in fields:
            raise AttributeError(name)
        return _read(fields[name].type, f"{self.seed}.{name}")


class Mapping(dict[str, Any]):
    """As Node, for sources that are dicts."""

    def __init__(self, type_: GraphQLObjectType, seed: str) -> None:
        super().__init__()
        self.graphql_type: Any = type_.name
        self._type, self.seed = type_, seed

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - as dict has it
        return _read(self._type.fields[name].type, f"{self.seed}.{name}")


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _read(kind: Any, seed: str) -> Any:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    mistake = chance.random()
    if mistake < 0.02:
        raise Failure(seed)
    if mistake < 0.03:
        raise AttributeError(seed)
    if mistake < 0.04:
        return NotFound(f"{seed} is not there")
    return _value(kind, seed, chance)


def _value(kind: Any, seed: str, chance: random.Random) -> Any:
    if chance.random() < (0.02 if isinstance(kind, GraphQLNonNull) else 0.15):
        return None
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        if chance.random() < 0.03:
            return chance.choice([5, "letters", object()])
        items = [_value(kind.of_type, f"{seed}.{at}", chance) for at in range(chance.randrange(4))]
        return chance.choice([list, tuple, iter, _broken if chance.random() < 0.05 else list])(items)
    if is_abstract_type(kind):
        type_ = chance.choice(list(SCHEMA.get_possible_types(kind)))
        node: Node | Mapping = chance.choice([Node, Mapping])(type_, seed)  # type: ignore[assignment] # no common base
        if chance.random() < 0.1:
            node.graphql_type = chance.choice([None, 7, "Nothing", "Colour", "Cell"])
        return node
    if is_object_type(kind):
        return chance.choice([Node, Mapping])(kind, seed)
    values = _LEAVES[kind.name]
    return chance.choice(values[:2] if chance.random() < 0.9 else values)


def _broken(items: list[Any]) -> Iterator[Any]:
    yield from items
    raise Failure("after the last item")


def _with_resolvers() -> GraphQLSchema:
    schema = build_schema(SDL)

    def field(coordinate: str) -> Any:
        name, _, field_name = coordinate.partition(".")
        type_ = schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        return type_.fields[field_name]

    def greet(source: Any, ctx: str, to: str | None = None, times: int | None = None) -> str | None:
        if times == 2:
            raise Failure("twice")
        return None if to is None else f"{ctx}, {to}" * (times or 1)

    def find(source: Any, ctx: str, filter: dict[str, Any] | None = None) -> Any:
        if filter is None:
            return None
        seen = filter.setdefault("seen", 0)  # a resolver that changes its argument does so for itself alone
        filter["seen"] += 1
        return Node(field("Shop.customers").type, f"found {seen} {sorted(map(str, filter))}")

    def locate(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> str:
        return f"{info.path.as_list()} {info.field_name} {info.parent_type} {len(info.field_nodes)} {arguments}"

    field("Shop.greeting").resolve = ContextResolver(greet)
    field("Query.found").resolve = ContextResolver(find)
    field("Person.name").resolve = locate
    field("Person.friends").resolve = lambda source, _info, limit=1: [source] * min(max(limit or 0, 0), 3)
    field("Cell.thing").resolve = default_resolver
    page_info: Any = schema.type_map["PageInfo"]
    page_info.is_type_of = lambda value, info: "7" not in value.seed and info.field_name == "pageInfo"
    return schema


SCHEMA = _with_resolvers()


def _type_of(value: Any, info: GraphQLResolveInfo[Any], _abstract: Any) -> Any:
    if info.path.as_list()[-1] == "b":  # an alias: the info's path is that of the field
        return "Person"
    return value.graphql_type


def run(source: str, variables: dict[str, Any], seed: int, executor: Any = None) -> ExecutionResult:
    result = execute(
        SCHEMA,
        parse(source),
        root_value=Node(SCHEMA.query_type, str(seed)),  # type: ignore[arg-type] # there is one
        context_value="hello",
        variable_values=variables,
        field_resolver=default_resolver,
        type_resolver=_type_of,
        is_awaitable=lambda _: False,  # type: ignore[arg-type]
        hide_suggestions=True,
        executor_class=executor,
    )
    assert isinstance(result, ExecutionResult)
    return result


def described(error: GraphQLError) -> tuple[Any, ...]:
    nodes = [node.loc for node in error.nodes or ()]
    return error.message, error.path, error.locations, nodes, repr(error.original_error), error.extensions


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32))
def test_random_document_has_the_result_of_the_library(seed: int) -> None:
    writer = Writer(seed)
    source, variables = writer.document(), writer.variables()
    expected, ours = run(source, variables, seed), run(source, variables, seed, PageExecutor)
    assert repr(ours.data) == repr(expected.data)  # also the order of keys, and the classes of values
    assert [described(error) for error in ours.errors or ()] == [described(error) for error in expected.errors or ()]


def test_random_documents_reach_every_kind_of_result() -> None:
    """Guards the test above: its documents have data, errors of several kinds, and nulls that spread."""
    results = []
    for seed in range(150):
        writer = Writer(seed)
        results.append(run(writer.document(), writer.variables(), seed, PageExecutor))
    messages = " ".join(error.message for result in results for error in result.errors or ())
    for kind in (
        "Cannot return null for non-nullable field",
        "Expected Iterable",
        "cannot represent",
        "must resolve to an Object type",
        "Expected value of type",
        "is not there",
        "does not have it yet",
    ):
        assert kind in messages, kind
    assert sum(result.data is not None and not result.errors for result in results) > 15
    assert any(result.data is None for result in results)


@pytest.mark.parametrize("source", ["{ shop { name unknown } }", "{ shop { ...Missing } }"])
def test_unvalidated_document_has_the_result_of_the_library(source: str) -> None:
    assert run(source, {"maybe": True}, 1, PageExecutor) == run(source, {"maybe": True}, 1)
