"""Random documents on a small schema, for property tests of the graph layer."""

import random
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

SDL: Final = """
scalar Stamp
enum Colour { RED GREEN }
input Pagination { first: Int  after: String }
input ShopFilter { name: String  pagination: Pagination  limit: Int }
interface Named { id: ID!  name: String  friends(limit: Int): [Person!] }
union Thing = Shop | Person
type Query {
  shop(id: ID): Shop
  shops(pagination: Pagination): ShopConnection!
  found(filter: ShopFilter): ShopConnection
  things(ids: [ID!]): [Thing]
  named: [Named!]!
  grid: [[Cell]]
  cell: Cell!
}
type ShopConnection { totalCount: Int  edges: [ShopEdge]  pageInfo: PageInfo! }
type PageInfo { hasNextPage: Boolean!  endCursor: String }
type ShopEdge { cursor: String!  node: Shop }
type Shop implements Named {
  id: ID!
  name: String
  colour: Colour
  colours: [Colour!]!
  stamp: Stamp
  rating: Float
  open: Boolean!
  visits: Int!
  tags: [String!]
  matrix: [[Int]]
  owner: Person!
  cells: [Cell!]!
  branches(pagination: Pagination): [Shop]
  customers(pagination: Pagination): ShopConnection
  friends(limit: Int): [Person!]
  greeting(to: String = "you", times: Int): String
}
type Person implements Named { id: ID!  name: String  shop: Shop  things: [Thing!]  friends(limit: Int): [Person!] }
type Cell { x: Int!  y: Int  label: String!  owner: Named  thing: Thing  right: Cell! }
"""
SCHEMA: Final = build_schema(SDL)

VARIABLES: Final = {
    "size": "Int",
    "few": "Int = 3",
    "yes": "Boolean = true",
    "maybe": "Boolean!",
    "page": "Pagination",
    "part": "ShopFilter = {pagination: {first: 7}}",
    "ids": "[ID!]",
    "word": "String",
}
_SCALARS = {"Int": ["0", "2", "50", "1000", "-3"], "ID": ['"a"', "7"], "String": ['"w"', "null"]}
_OF_TYPE = {"Int": ["$size", "$few"], "Pagination": ["$page"], "ShopFilter": ["$part"], "String": ["$word"]}


class Writer:
    """Writes one random document, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets
        self.schema = SCHEMA
        self._composite = [
            named
            for named in self.schema.type_map.values()
            if is_composite_type(named) and not named.name.startswith("__")
        ]

    def document(self) -> str:
        """Return a document with one operation and up to four fragments, which spread only later ones."""
        fragments: dict[str, Any] = {}
        texts: list[str] = []
        for number in range(self._chance.randrange(5)):
            on = self._chance.choice(self._composite)
            texts.append(f"fragment F{number} on {on.name} {self._selections(on, 2, list(fragments))}")
            fragments[f"F{number}"] = on
        declared = ", ".join(f"${name}: {kind}" for name, kind in VARIABLES.items())
        body = self._selections(self.schema.query_type, 5, list(fragments))
        return "\n".join([f"query Q({declared}) {body}", *texts])

    def variables(self) -> dict[str, Any]:
        """Return values for some of the variables."""
        chance = self._chance
        values = {
            "size": chance.choice([None, 1, 5, 500]),
            "few": chance.choice([1, 40]),
            "yes": chance.choice([True, False]),
            "page": chance.choice([None, {}, {"first": 4}, {"first": 1000}, {"after": "x"}]),
            "part": chance.choice([{"limit": 30}, {"name": "a"}, {"pagination": {"first": 9}, "limit": 3}, None]),
            "ids": chance.choice([None, [], ["1"], ["1", "2", "3"], "1"]),
            "word": chance.choice([None, "hello"]),
        }
        return {name: value for name, value in values.items() if chance.random() < 0.7} | {
            "maybe": chance.choice([True, False])
        }

    def _selections(self, on: Any, depth: int, fragments: list[str]) -> str:
        count = self._chance.randint(1, 4)
        return "{ " + " ".join(self._selection(on, depth, fragments) for _ in range(count)) + " }"

    def _selection(self, on: Any, depth: int, fragments: list[str]) -> str:
        choice = self._chance.random()
        if fragments and choice < 0.2:
            return f"...{self._chance.choice(fragments)}{self._directive()}"
        if choice < 0.3 and depth:
            condition = self._chance.choice(self._composite) if self._chance.random() < 0.6 else None
            target = f" on {condition.name}" if condition else ""
            return f"...{target}{self._directive()} {self._selections(condition or on, depth - 1, fragments)}"
        if choice < 0.35 or not isinstance(on, GraphQLObjectType | GraphQLInterfaceType):
            return "__typename"
        name, field = self._chance.choice(list(on.fields.items()))
        named = get_named_type(field.type)
        if is_composite_type(named) and not depth:
            return "__typename"
        alias = f"{self._chance.choice('ab')}: " if self._chance.random() < 0.2 else ""
        below = self._selections(named, depth - 1, fragments) if is_composite_type(named) else ""
        return f"{alias}{name}{self._arguments(field)}{self._directive()} {below}"

    def _directive(self) -> str:
        if self._chance.random() < 0.85:
            return ""
        name = self._chance.choice(["skip", "include"])
        return f" @{name}(if: {self._chance.choice(['true', 'false', '$yes', '$maybe'])})"

    def _arguments(self, field: Any) -> str:
        given = [
            f"{name}: {self._value(each.type)}" for name, each in field.args.items() if self._chance.random() < 0.6
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, kind: Any) -> str:
        named = get_named_type(kind)
        if is_list_type(get_nullable_type(kind)):
            return self._chance.choice(["$ids", "[]", '["1", "2"]', '"1"'])
        if self._chance.random() < 0.4 and named.name in _OF_TYPE:
            return self._chance.choice(_OF_TYPE[named.name])
        if isinstance(named, GraphQLInputObjectType):
            fields = [
                f"{name}: {self._value(each.type)}"
                for name, each in named.fields.items()
                if isinstance(each.type, GraphQLNonNull) or self._chance.random() < 0.6
            ]
            return "{" + ", ".join(fields) + "}"
        if isinstance(named, GraphQLEnumType):
            return str(self._chance.choice(list(named.values)))
        return self._chance.choice(_SCALARS[named.name])
