"""Round trips depend on the depth of a query, not on the length of its lists."""

import pytest

from tests.support.api import Person

AUTHENTICATION = 1
ROOT = 1


def trips(reader: Person, query: str, first: int | None = None) -> int:
    answer = reader.call(query, {"first": first})
    assert answer.data
    return answer.trips - AUTHENTICATION


@pytest.mark.parametrize("first", [1, 5, 10])
def test_one_level_of_links_is_one_round_trip(reader: Person, first: int) -> None:
    query = (
        "query ($first: Int!) { books(first: $first) { title author { name } publisher { name } coAuthors { name } } }"
    )
    assert trips(reader, query, first) == ROOT + 1


@pytest.mark.parametrize("first", [2, 10])
def test_nested_links_take_one_round_trip_per_level(reader: Person, first: int) -> None:
    links = "author { publisher { name } } edition { editor { publisher { id } } }"
    query = f"query ($first: Int!) {{ books(first: $first) {{ {links} }} }}"
    assert trips(reader, query, first) == ROOT + 2


def test_links_in_projections_are_batched_with_their_level(reader: Person) -> None:
    answer = reader.call("{ shelf { books { edition { year editor { name } } author { name } } } }")
    assert answer.trips - AUTHENTICATION == ROOT + 1
    assert answer.data["shelf"]["books"][2] == {
        "edition": {"year": 1999, "editor": {"name": "A2"}},
        "author": {"name": "A2"},
    }


def test_projection_gets_models_when_links_are_prefetched(reader: Person) -> None:
    query = "query ($n: NoteInput) { books(first: 3) { a: edition(note: $n) { editor { name } } edition { year } } }"
    answer = reader.call(query, {"n": {"text": "5"}})
    assert answer.data["books"] == [{"a": {"editor": {"name": "A5"}}, "edition": {"year": 1999}}] * 3
    assert answer.trips - AUTHENTICATION == ROOT + 1


@pytest.mark.parametrize("first", [2, 10])
def test_links_of_substitutes_are_batched(reader: Person, first: int) -> None:
    query = "query ($first: Int!) { books(first: $first) { sequel { id author { name } sequel { id } } } }"
    assert trips(reader, query, first) == ROOT + 1
    shown = reader.call(query, {"first": 4}).data["books"]
    assert [one["sequel"]["id"] for one in shown] == ["1", "after 1", "1", "after 3"]
    assert [one["sequel"]["author"] for one in shown] == [{"name": f"A{number}"} for number in (1, 1, 1, 3)]


@pytest.mark.parametrize("first", [3, 10])
def test_links_of_derived_values_are_batched(reader: Person, first: int) -> None:
    query = "query ($first: Int!) { books(first: $first) { byline { text publisher { name } } } }"
    assert trips(reader, query, first) == ROOT + 2
    shown = [one["byline"] for one in reader.call(query, {"first": 4}).data["books"]]
    assert shown[2] is None
    assert [shown[at]["text"] for at in (0, 1, 3)] == ["0 by A0", "1 by A1", "3 by A3"]


@pytest.mark.parametrize("first", [3, 10])
def test_entities_that_fields_need_are_batched_with_links(reader: Person, first: int) -> None:
    query = """query ($first: Int!) { books(first: $first) {
      coAuthors { name } credit(prefix: "by ") { text publisher { name } } twin { credit { text } } } }"""
    assert trips(reader, query, first) == ROOT + 2
    shown = reader.call(query, {"first": 4}).data["books"]
    assert [one["credit"]["text"] for one in shown] == [f"by A{number}" for number in range(4)]
    assert [one["twin"]["credit"]["text"] for one in shown] == [f"A{number}" for number in range(4)]
    assert shown[1]["credit"]["publisher"] == {"name": "P1"}


def test_query_without_links_reads_nothing_more(reader: Person) -> None:
    assert trips(reader, "{ books(first: 10) { id title edition { year } } }") == ROOT


def test_links_work_in_fragments_aliases_and_interfaces(reader: Person) -> None:
    answer = reader.call(
        """
        query ($no: Boolean = false) {
          things { id ...more ... on Author { by: publisher { name } } }
          skipped: book(id: "1") { author @include(if: $no) { name } publisher @skip(if: true) { name } }
        }
        fragment more on Thing { ... on Book { written: author { publisher { id } } } }
        """
    )
    assert answer.data["things"] == [
        {"id": "0", "written": {"publisher": None}},
        {"id": "1", "written": {"publisher": {"id": "1"}}},
        {"id": "1", "by": {"name": "P1"}},
        {"id": "2", "by": {"name": "P0"}},
    ]
    assert answer.data["skipped"] == {}
    roots, level = 2, 1  # `things` reads twice; the targets of the second level are cached by then
    assert answer.trips - AUTHENTICATION == roots + level


def test_missing_target_is_null_or_error_if_required(reader: Person) -> None:
    table = reader.souk.table
    from tests.graph import sample_library  # noqa: PLC0415 - only here

    transaction = table.transaction()
    transaction.create(
        sample_library.BOOKS,
        sample_library.Book(id="99", author_id="none", publisher_id="none", co_author_ids=["1", "none"]),
    )
    transaction.commit()
    answer = reader.call('{ book(id: "99") { author { name } coAuthors { id } } }')
    assert answer.data == {"book": {"author": None, "coAuthors": [{"id": "1"}]}}
    answer = reader.call('{ book(id: "99") { id publisher { name } } }')
    assert answer.json["data"] == {"book": None}
    assert answer.code == "NOT_FOUND"
    assert answer.error["path"] == ["book", "publisher"]
