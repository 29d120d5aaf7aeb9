"""The percolator finds exactly the queries that find a document."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.search import All, And, AnyOf, Document, InvalidQuery, Not, Or, Phrase, Prefix, Query, Range, Search, Words
from souk.search.memory import MemoryIndex
from souk.search.percolator import Percolator, Prepared, compiled
from tests.search.samples import SCHEMA, documents, queries

IN_BOTH = ("title", "body")


def percolator(*stored: Query) -> Percolator:
    return Percolator({str(number): compiled(SCHEMA, query) for number, query in enumerate(stored)})


def document(**values: Any) -> Prepared:
    return Prepared(SCHEMA, Document("1", values))


@settings(max_examples=50, deadline=None)
@given(st.lists(queries, min_size=1, max_size=20), st.lists(documents(), min_size=1, max_size=6))
def test_percolation_equals_searches_of_one_document(stored: list[Query], postings: list[Document]) -> None:
    percolating = percolator(*stored)
    for posting in postings:
        index = MemoryIndex(SCHEMA)
        index.rebuild([posting])
        expected = [str(number) for number, query in enumerate(stored) if index.search(Search(query)).total]
        assert percolating.matching(Prepared(SCHEMA, posting)) == sorted(expected)


def test_document_meets_only_the_queries_of_its_terms() -> None:
    percolating = percolator(
        Words(IN_BOTH, "django"),
        And((AnyOf("tag", ("a",)), Words(IN_BOTH, "python"))),
        Or((AnyOf("tag", ("b",)), Phrase(("title",), "rest api"))),
        Prefix(IN_BOTH, "pyth"),
        Range("budget", lower=5),
        Not(AnyOf("tag", ("a",))),
        And((AnyOf("tag", ()), All())),
        Words(IN_BOTH, "--"),
    )
    assert percolating.candidates(document(title="django", tag="a")) == {"0", "4", "5"}
    assert percolating.candidates(document(body="Pythons")) == {"3", "4", "5"}
    assert percolating.candidates(document(body="python", tag="b")) == {"1", "2", "3", "4", "5"}
    assert percolating.matching(document(body="python", tag="b", budget=7)) == ["2", "3", "4", "5"]


def test_query_is_filed_under_its_rarest_term() -> None:
    common = [And((AnyOf("tag", ("hourly",)), Words(IN_BOTH, f"word{number}"))) for number in range(50)]
    percolating = percolator(*common)
    assert percolating.candidates(document(title="word7", tag="hourly")) == {"7"}


def test_too_long_text_is_refused() -> None:
    with pytest.raises(InvalidQuery):
        compiled(SCHEMA, Words(IN_BOTH, "a" * 1001))
