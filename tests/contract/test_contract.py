"""The served schema contains the whole published contract unchanged; additions are optional."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from graphql import build_schema

import souk
from tests.contract.snapshot import build, structure

CONTRACT: dict[str, str] = json.loads(Path(__file__).with_name("contract.json").read_text())


def type_of(coordinate: str) -> str:
    return coordinate.partition(".")[0].partition(" ")[0]


def by_type(entries: dict[str, str]) -> dict[str, dict[str, str]]:
    types: dict[str, dict[str, str]] = defaultdict(dict)
    for coordinate, what in entries.items():
        types[type_of(coordinate)][coordinate] = what
    return types


def departures(contract: dict[str, str], served: dict[str, str]) -> list[str]:
    """Return the incompatible changes of a served type."""
    broken = [
        f"{coordinate} is {served.get(coordinate, 'missing')}, not {what}"
        for coordinate, what in contract.items()
        if served.get(coordinate) != what
    ]
    for coordinate in served.keys() - contract.keys():
        kind = contract.get(type_of(coordinate))
        field, _, argument = coordinate.partition("(")
        is_input = kind == "input" or (argument and field in contract)
        if is_input and served[coordinate].endswith("!"):
            broken.append(f"{coordinate} is new and required")
        elif kind in {"enum", "union"}:
            broken.append(f"{coordinate} is new, and callers switch on the ones they know")
    return broken


CONTRACT_TYPES = by_type(CONTRACT)


@pytest.fixture(scope="module")
def served() -> dict[str, dict[str, str]]:
    return by_type(structure(build(sorted(Path(souk.__file__).parent.rglob("*.graphql")))))


@pytest.mark.parametrize("name", CONTRACT_TYPES)
def test_type_is_served_as_the_contract_has_it(name: str, served: dict[str, dict[str, str]]) -> None:
    assert departures(CONTRACT_TYPES[name], served.get(name, {})) == []


def test_contract_is_whole() -> None:
    kinds = [what for coordinate, what in CONTRACT.items() if coordinate == type_of(coordinate)]
    assert len(kinds) == 680  # 678 types of the published text and the two roots
    assert len(CONTRACT_TYPES["Query"]) > 85
    assert len(CONTRACT_TYPES["Mutation"]) > 90


BASE = """
    interface Named { name: String! }
    type Query implements Named { name: String! price(currency: Coin, at: When): Float! this: Any }
    input When { day: String! hour: Int = 12 }
    enum Coin { EUR MAD }
    type A { id: ID! }
    type B { id: ID! }
    union Any = A | B
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("name: String! price", "price", "Query.name is missing, not String!"),
        ("price(currency: Coin,", "price(", "Query.price(currency:) is missing, not Coin"),
        ("): Float!", "): Float", "Query.price is Float, not Float!"),
        ("at: When", "at: When!", "Query.price(at:) is When!, not When"),
        ("at: When", "at: When, on: ID!", "Query.price(on:) is new and required"),
        ("hour: Int = 12", "hour: Int", "When.hour is Int, not Int = 12"),
        ("day: String!", "day: String! zone: String!", "When.zone is new and required"),
        ("EUR MAD", "EUR", "Coin.MAD is missing, not value"),
        ("EUR MAD", "EUR MAD USD", "Coin.USD is new, and callers switch on the ones they know"),
        ("= A | B", "= A", "Any.B is missing, not member"),
        ("Query implements Named", "Query", "Query implements Named is missing, not interface"),
    ],
)
def test_a_break_is_seen(before: str, after: str, said: str) -> None:
    assert before in BASE
    contract, changed = (structure(build_schema(sdl)) for sdl in (BASE, BASE.replace(before, after, 1)))
    assert said in departures(contract, changed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: String! price", "name: String! age: Int! price"),
        ("at: When", 'at: When, on: ID, zone: String! = "UTC"'),
        ("day: String!", "day: String! zone: String"),
        ("type A { id: ID! }", "type A { id: ID! near(place: ID!): ID }"),
        ("enum Coin", '"What one pays in." enum Coin'),
    ],
)
def test_an_optional_addition_is_no_break(before: str, after: str) -> None:
    assert before in BASE
    contract, changed = (structure(build_schema(sdl)) for sdl in (BASE, BASE.replace(before, after, 1)))
    assert departures(contract, changed) == []
