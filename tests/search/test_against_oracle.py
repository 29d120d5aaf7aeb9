"""Every engine must return the results of a plain scan, for any documents and any query."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.search import RELEVANCE, And, AnyOf, Boost, Document, Near, Page, Query, Search, SearchIndex, Sort, Words
from souk.search.memory import MemoryIndex
from souk.search.query import has_words
from souk.search.tantivy_index import TantivyIndex
from tests.search.samples import SCHEMA, boosts, circles, documents, orders, queries

EVERYTHING = 1000


@pytest.fixture(autouse=True, scope="module")
def _small_limits() -> Iterator[None]:
    """Lower the limits, so that a few documents exceed one engine request and unions are broad enough to plan."""
    with (
        patch("souk.search.tantivy_view._EXTRA_RESULTS", 1),
        patch("souk.search.tantivy_plan._BROAD", 0),
        patch("souk.search.opensearch.searching._WINDOW", 5),
    ):
        yield


class Engine(NamedTuple):
    """An engine that is compared with the oracle."""

    make: Callable[[], SearchIndex]
    """Returns an empty index."""
    share: int
    """The part of the examples that it gets. A cluster answers in milliseconds, not microseconds."""


@pytest.fixture(scope="module", params=["tantivy", "opensearch"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "tantivy":
        return Engine(lambda: TantivyIndex(SCHEMA), 1)
    shared: SearchIndex = request.getfixturevalue("shared_index")

    def emptied() -> SearchIndex:
        shared.apply(dict.fromkeys(shared.ids()))
        return shared

    return Engine(emptied, 30)


def indexed(index: SearchIndex, batches: list[list[Document]]) -> SearchIndex:
    """Fill an index in several commits, with documents that are replaced and one that is removed."""
    index.apply({document.id: document for document in batches[0]})
    for batch in batches[1:]:
        index.apply({document.id: document for document in batch} | {batch[0].id: None})
    return index


def slices(index: SearchIndex, search: Search, size: int) -> Iterator[Page]:
    for offset in range(0, index.search(search).total + size, size):
        yield index.search(replace(search, offset=offset, limit=size))


batches = st.lists(st.lists(documents(), min_size=1, max_size=8), min_size=1, max_size=3)


def test_engine_returns_the_oracles_documents_in_order(engine: Engine) -> None:
    @settings(max_examples=90 // engine.share)
    @given(batches, st.lists(st.tuples(queries, orders), min_size=1, max_size=12), st.integers(1, 4))
    def check(stored: list[list[Document]], searches: list[tuple[Query, tuple[Sort, ...]]], size: int) -> None:
        oracle = indexed(MemoryIndex(SCHEMA), stored)
        index = indexed(engine.make(), stored)
        assert index.fingerprints() == oracle.fingerprints()
        for where, order in searches:
            search = Search(where, order, limit=EVERYTHING)
            expected = oracle.search(search)
            assert index.search(search) == expected
            pages = list(slices(index, search, size))
            assert [hit for page in pages for hit in page.hits] == list(expected.hits)
            assert {page.total for page in pages} == {expected.total}

    check()


def test_distance_and_weights_order_like_the_oracle(engine: Engine) -> None:
    @settings(max_examples=max(15 // engine.share, 2))
    @given(batches, st.lists(st.tuples(queries, orders, circles, boosts), min_size=1, max_size=6), st.integers(1, 4))
    def check(
        stored: list[list[Document]],
        searches: list[tuple[Query, tuple[Sort, ...], Near, tuple[Boost, ...]]],
        size: int,
    ) -> None:
        oracle = indexed(MemoryIndex(SCHEMA), stored)
        index = indexed(engine.make(), stored)
        for where, order, circle, weighted in searches:
            without_words = AnyOf("tag", ("a", "b")) if has_words(where) else where
            for search in (
                Search(where, (circle, *order), limit=EVERYTHING),
                Search(without_words, (Sort(RELEVANCE), *order), limit=EVERYTHING, boosts=weighted),
            ):
                expected = oracle.search(search).ids
                assert index.search(search).ids == expected
                pages = [index.search(replace(search, offset=at, limit=size)) for at in range(0, len(expected), size)]
                assert [id_ for page in pages for id_ in page.ids] == expected
                assert {page.total for page in pages} <= {len(expected)}

    check()


def test_relevance_finds_the_same_and_slices_join(engine: Engine) -> None:
    @settings(max_examples=60 // engine.share)
    @given(batches, queries, orders, boosts, st.integers(1, 4))
    def check(
        stored: list[list[Document]], where: Query, order: tuple[Sort, ...], weighted: tuple[Boost, ...], size: int
    ) -> None:
        search = Search(where, (Sort(RELEVANCE), *order), limit=EVERYTHING, boosts=weighted)
        oracle = indexed(MemoryIndex(SCHEMA), stored)
        for index in (oracle, indexed(engine.make(), stored)):
            page = index.search(search)
            assert sorted(page.ids) == sorted(oracle.search(search).ids)
            assert [id_ for piece in slices(index, search, size) for id_ in piece.ids] == page.ids
            scores = [hit.score or 0.0 for hit in page.hits]
            assert scores == sorted(scores, reverse=True)

    check()


@pytest.mark.parametrize(
    "order", [(), (Sort("rating"),), (Sort("rating", descending=False), Sort("budget")), (Sort(RELEVANCE),)]
)
@patch("souk.search.opensearch.searching._WINDOW", 300)
def test_equal_results_are_not_lost_between_slices(engine: Engine, order: tuple[Sort, ...]) -> None:
    """Hundreds of equal results in several files exceed one engine request."""
    stored = [
        [
            Document(str(number), {"title": "python", "rating": number % 3 or None, "budget": number % 2})
            for number in range(start, start + 200)
        ]
        for start in (0, 200, 400)
    ]
    oracle, index = indexed(MemoryIndex(SCHEMA), stored), indexed(engine.make(), stored)
    search = Search(Words(("title",), "python"), order)
    pages = list(slices(index, search, 70))
    ids = [id_ for page in pages for id_ in page.ids]
    assert len(ids) == pages[0].total == oracle.search(search).total
    if order != (Sort(RELEVANCE),):
        assert ids == [id_ for page in slices(oracle, search, 70) for id_ in page.ids]
    else:
        assert len(set(ids)) == len(ids)


def test_a_search_can_name_thousands_of_values(engine: Engine) -> None:
    """Stories are searched in the rooms of their reader, who may be in two thousand."""
    numbers = range(0, 3_000, 20)
    stored = [[Document(str(number), {"title": "python", "tag": f"room-{number}"}) for number in numbers]]
    oracle, index = indexed(MemoryIndex(SCHEMA), stored), indexed(engine.make(), stored)
    rooms = AnyOf("tag", tuple(f"room-{number}" for number in range(2_000)))
    for word, total in (("python", 100), ("java", 0)):
        search = Search(And((Words(("title",), word), rooms)))
        assert index.search(search) == oracle.search(search)
        assert index.search(search).total == total
