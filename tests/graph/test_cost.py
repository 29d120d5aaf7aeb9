"""The cost of a request: how it is counted, and what is refused."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    parse,
    value_from_ast_untyped,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.graph.cost import Cost, Costs
from souk.graph.domain import ListSize
from souk.values.errors import LimitExceeded
from tests.graph.hostile import doubling
from tests.support.random_documents import Writer

SCHEMA = build_schema("""
    type Query { shop: Shop  shops(first: Int): ShopConnection  rooms(pagination: Page): RoomConnection!  a: Int }
    type Mutation { open: Shop  shut: Boolean }
    input Page { first: Int  after: String }
    type Shop {
      id: ID
      owner: Person
      people: [Person!]
      branches(filter: Filter): ShopConnection
      byId(ids: [ID!]): [Person]
      owned: Person
    }
    input Filter { pagination_eq: Page  limit: Int }
    type ShopConnection { totalCount: Int  edges: [ShopEdge]  pageInfo: PageInfo }
    type ShopEdge { cursor: String  node: Shop }
    type RoomConnection { rooms: [Shop] }
    type PageInfo { endCursor: String }
    type Person { name: String  shop: Shop }
""")


def cost(
    source: str,
    variables: Mapping[str, Any] | None = None,
    schema: GraphQLSchema = SCHEMA,
    sizes: Mapping[str, ListSize] | None = None,
) -> Cost:
    document = parse(source)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return Costs(schema, sizes or {}, fragments).prepare(operation).of(variables or {})


@pytest.mark.parametrize(
    ("source", "total"),
    [
        ("{ a }", 0),
        ("{ __schema { types { name } } __typename }", 0),
        ("{ shop { id } }", 1),
        ("{ shop { owner { shop { id } } } }", 3),
        ("mutation { open { owner { name } } shut }", 2),
        ("{ shop { people { shop { id } } } }", 2 + 10),
        ("{ shop { people { shop { people { shop { id } } } } } }", 2 + 10 * 2 + 100),
        ("{ shops(first: 3) { totalCount edges { cursor } } }", 2),
        ("{ shops(first: 3) { pageInfo { endCursor } edges { node { id } } } }", 3 + 3),
        ("{ shops { edges { node { id owner { name } } } } }", 2 + 20 * 2),
        ("{ shops(first: 1000) { edges { node { id } } } }", 2 + 100),
        ("{ shops(first: 0) { edges { node { id } } } }", 2 + 100),
        ("{ shops(first: -5) { edges { node { id } } } }", 2 + 100),
        ("{ shops(first: 99999999999999999999999) { edges { node { id } } } }", 2 + 100),
        ("{ shops(first: null) { edges { node { id } } } }", 2 + 20),
        ("{ rooms(pagination: {first: 7}) { rooms { owner { name } } } }", 2 + 7),
        ("{ shop { branches(filter: {pagination_eq: {first: 7}}) { edges { node { id } } } } }", 3 + 7),
        ("{ shop { branches(filter: {pagination_eq: {first: 7}, limit: 9}) { edges { node { id } } } } }", 3 + 9),
        ('{ shop { byId(ids: ["1", "2", "3"]) { shop { id } } } }', 2 + 3),
        ('{ shop { byId(ids: "1") { shop { id } } } }', 2 + 1),
        ("{ shop @skip(if: true) { id } ...@include(if: false) { shop { id } } }", 0),
        ("{ shop { id } shop { id } }", 2),
        ("{ shops(first: 4) { ...A } } fragment A on ShopConnection { ... { edges { node { id } } } }", 2 + 4),
        ("{ ...A ...A } fragment A on Query { shop { ...B } } fragment B on Shop { owner { name } }", 4),
    ],
)
def test_cost_of_document(source: str, total: int) -> None:
    assert cost(source).total == total


@pytest.mark.parametrize(
    ("variables", "total"),
    [
        ({}, 2 + 5),
        ({"n": 8}, 2 + 8),
        ({"n": 8.0}, 2 + 8),
        ({"n": None}, 2 + 20),
        ({"n": True}, 2 + 20),
        ({"n": "8"}, 2 + 8),
        ({"n": {"a": 1}}, 2 + 20),
        ({"n": 8, "on": False}, 0),
    ],
)
def test_cost_reads_variables(variables: dict[str, Any], total: int) -> None:
    source = "query ($n: Int = 5, $on: Boolean = true) { shops(first: $n) @include(if: $on) { edges { node { id } } } }"
    assert cost(source, variables).total == total


def test_cost_reads_variables_within_inputs() -> None:
    source = "query ($p: Page) { rooms(pagination: $p) { rooms { owner { name } } } }"
    assert cost(source, {"p": {"first": 30}}).total == 2 + 30
    assert cost(source, {"p": {"after": "x"}}).total == cost(source).total == 2 + 20


def test_cost_is_worked_out_anew_for_other_variables() -> None:
    document = parse("query ($n: Int) { shops(first: $n) { edges { node { id } } } }")
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    prepared = Costs(SCHEMA, {}, {}).prepare(operation)
    assert [prepared.of({"n": n}).total for n in (1, 2, 1)] == [3, 4, 3]


def test_declared_sizes_replace_defaults() -> None:
    sizes = {"Query.shops": ListSize(default=50, greatest=500), "Shop.people": ListSize(default=3, greatest=3)}
    assert cost("{ shops { edges { node { id } } } }", sizes=sizes).total == 2 + 50
    assert cost("{ shops(first: 1000) { edges { node { id } } } }", sizes=sizes).total == 2 + 500
    assert cost("{ shop { people { shop { id } } } }", sizes=sizes).total == 2 + 3


def test_dearest_path_has_response_keys() -> None:
    source = """
        { cheap: shops(first: 2) { edges { node { people { shop { id } } } } } ...dear }
        fragment dear on Query { most: shops(first: 90) { pageInfo { endCursor } edges { ...edge } } }
        fragment edge on ShopEdge { node { owned: owner { name } } }
    """
    assert cost(source).dearest == ("most", "edges", "node", "owned")


def test_cost_of_doubling_fragments_is_worked_out_once_each() -> None:
    source = doubling(2, 90).replace("on Query {a}", "on Query {shop {id}}")
    assert cost(source).total == 2**90


def test_number_of_a_refused_cost_is_readable_by_json_parsers() -> None:
    source = doubling(2, 90).replace("on Query {a}", "on Query {shop {id}}")
    [operation, *_] = parse(source).definitions
    assert isinstance(operation, OperationDefinitionNode)
    with pytest.raises(LimitExceeded, match="costs more than 1000000000; the limit is 10000") as refused:
        cost(source).check(operation, 10_000)
    assert refused.value.details["actual"] == 10**9


# Any document costs what its naive expansion costs.


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_cost_of_random_document_equals_expansion(seed: int) -> None:
    writer = Writer(seed)
    source, variables = writer.document(), writer.variables()
    assert cost(source, variables, writer.schema).total == _Expansion(writer.schema, source, variables).total()


class _Expansion:
    """Walks every field of a document as often as it would be executed at most."""

    def __init__(self, schema: GraphQLSchema, source: str, variables: dict[str, Any]) -> None:
        self.schema = schema
        self.definitions = parse(source).definitions
        operation = self.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        self.operation = operation
        defaults = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value
        }
        self.variables = defaults | variables

    def total(self) -> int:
        return self.below(self.schema.query_type, self.operation.selection_set, 1, None)

    def below(self, on: Any, selections: Any, times: int, page: int | None) -> int:
        total = 0
        for node in selections.selections:
            if not self.included(node):
                continue
            if isinstance(node, FieldNode):
                total += self.field(on, node, times, page)
            elif isinstance(node, FragmentSpreadNode):
                [fragment] = [
                    each
                    for each in self.definitions
                    if isinstance(each, FragmentDefinitionNode) and each.name.value == node.name.value
                ]
                type_ = self.schema.get_type(fragment.type_condition.name.value)
                total += self.below(type_, fragment.selection_set, times, page)
            else:
                type_ = self.schema.get_type(node.type_condition.name.value) if node.type_condition else on
                total += self.below(type_, node.selection_set, times, page)
        return total

    def field(self, on: Any, node: FieldNode, times: int, page: int | None) -> int:
        if node.name.value == "__typename":
            return 0
        field = on.fields[node.name.value]
        named = get_named_type(field.type)
        if is_leaf_type(named):
            return 0
        arguments = {
            each.name.value: value_from_ast_untyped(each.value, self.variables) for each in node.arguments or ()
        }
        asked = self.asked(arguments)
        if is_list_type(get_nullable_type(field.type)):
            usual = 20 if field.args else page or 10
            return times + self.below(named, node.selection_set, times * (usual if asked is None else asked), None)
        is_page = "edges" in getattr(named, "fields", {})
        return times + self.below(named, node.selection_set, times, (asked or 20) if is_page else None)

    def asked(self, arguments: dict[str, Any]) -> int | None:
        """Return the greatest size that the arguments ask for."""
        ids = arguments.get("ids")
        filter_ = arguments.get("filter") or {}
        pages = [arguments.get("pagination") or {}, filter_.get("pagination") or {}]
        numbers = [page.get("first") for page in pages] + [filter_.get("limit"), arguments.get("limit")]
        sizes = [(min(number, 100) if number > 0 else 100) for number in numbers if isinstance(number, int)]
        sizes += [len(ids)] if isinstance(ids, list) else [1] if isinstance(ids, str) else []
        return max(sizes, default=None)

    def included(self, node: Any) -> bool:
        for directive in node.directives or ():
            value = value_from_ast_untyped(directive.arguments[0].value, self.variables)
            if value is (directive.name.value == "skip"):
                return False
        return True
