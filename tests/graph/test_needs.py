"""Fields that say what they need: aliases and lists of them take as many round trips as one."""

import pytest

from tests.support.api import Person

AUTHENTICATION = 1
PAIR = "pair(ids: [{}, {}]) {{ id author {{ name publisher {{ name }} }} }}"


@pytest.mark.parametrize("aliases", [1, 6])
def test_aliases_at_the_root_take_one_round_trip_for_each_level(reader: Person, aliases: int) -> None:
    fields = " ".join(f"a{number}: " + PAIR.format(f'"{number}"', f'"{number + 1}"') for number in range(aliases))
    answer = reader.call(f"{{ {fields} }}")
    assert answer.data["a0"][1] == {"id": "1", "author": {"name": "A1", "publisher": {"name": "P1"}}}
    assert len(answer.data) == aliases
    assert answer.trips - AUTHENTICATION == 3


@pytest.mark.parametrize("first", [2, 9])
def test_fields_below_lists_take_the_round_trips_of_their_needs(reader: Person, first: int) -> None:
    query = """query ($first: Int!, $one: Int = 1) { books(first: $first) { author {
      next: colleague(offset: $one) { name publisher { name } } colleague(offset: 2) { name } } } }"""
    answer = reader.call(query, {"first": first})
    assert answer.data["books"][1]["author"] == {
        "next": {"name": "A2", "publisher": {"name": "P0"}},
        "colleague": {"name": "A3"},
    }
    assert answer.trips - AUTHENTICATION == 4, "books, authors, colleagues, and what is needed of these"


def test_wrong_arguments_of_one_alias_leave_the_others(reader: Person) -> None:
    wrong = reader.call('{ a: pair(ids: ["wrong"]) { id } b: book(id: "2") { id } }')
    assert wrong.code == "UNPROCESSABLE_CONTENT"
    assert wrong.error["path"] == ["a"]
    query = """query ($if: Boolean = true, $ids: [ID!]!) { pair(ids: $ids) @include(if: $if) { id } ...more }
      fragment more on Query { a: pair(ids: [3]) { id } }"""
    assert reader.call(query, {"if": True, "ids": ["1"]}).data == {"pair": [{"id": "1"}], "a": [{"id": "3"}]}
    assert reader.call(query, {"if": None, "ids": ["1"]}).json["errors"]
    assert reader.call(query, {"if": True, "ids": [None]}).json["errors"]
